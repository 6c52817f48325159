"""How often a company may ask for a unit that there is not: each wrong pair of code and name is a guess at who is on the platform."""

from redis.asyncio import Redis

from shared.errors import TooManyRequests
from shared.identity import Actor
from shared.web.limits import count, refuse_from

WRONG, AN_HOUR = 60, 3600


class TooManyWrongInvitations(TooManyRequests):
    code = "too_many_wrong_invitations"
    detail = "信用代码与单位名称不符的邀请过多，请核对营业执照后再试"


async def refuse_guesser(redis: Redis, actor: Actor) -> None:
    """Raises ``TooManyWrongInvitations``."""
    organisation = str(actor.organisation_id)
    refusal = TooManyWrongInvitations
    await refuse_from(redis, "group-invitations", organisation, cap=WRONG, seconds=AN_HOUR, refusal=refusal)


async def count_guess(redis: Redis, actor: Actor) -> None:
    """One more."""
    await count(redis, "group-invitations", str(actor.organisation_id), seconds=AN_HOUR)
