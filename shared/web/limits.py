"""How often one network address does something within a time that begins with the first. Counted in Redis, which may forget or be away; what
must hold is counted in PostgreSQL by whoever needs it; this only slows a flood down. What is counted here is told in the answer.
"""

from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.errors import TooManyRequests
from shared.quotas import tell


async def count(redis: "Redis", what: str, address: str, *, seconds: int) -> tuple[int, int]:
    """One more; gives (how many by now, seconds until counting begins anew), or (0, 0) while Redis is away."""
    key = f"{what}:{address}"
    try:
        async with redis.pipeline(transaction=True) as commands:
            commands.incr(key)
            commands.expire(key, seconds, nx=True)
            commands.ttl(key)
            number, _, left = await commands.execute()
    except (RedisError, OSError):
        return 0, 0
    return number, max(1, left)


async def counted(redis: "Redis", what: str, address: str) -> tuple[int, int]:
    """As ``count``, without one more."""
    key = f"{what}:{address}"
    try:
        return int(await redis.get(key) or 0), max(1, await redis.ttl(key))
    except (RedisError, OSError):
        return 0, 0


async def count_up_to(
    redis: "Redis",
    what: str,
    address: str,
    *,
    cap: int,
    seconds: int,
    refusal: type[TooManyRequests],
    told: bool = True,
) -> None:
    """One more; raises ``refusal`` with the seconds to wait when that is more than ``cap``. Not ``told`` is what others count against,
    too."""
    number, left = await count(redis, what, address, seconds=seconds)
    if number and told:
        tell(what, most=cap, seconds=seconds, used=number, left=left)
    if number > cap:
        raise refusal(retry_after=left)


async def refuse_from(
    redis: "Redis", what: str, address: str, *, cap: int, seconds: int, refusal: type[TooManyRequests]
) -> None:
    """Without one more: raises ``refusal`` when ``cap`` were counted. For what is counted only when it fails."""
    number, left = await counted(redis, what, address)
    if number:
        tell(what, most=cap, seconds=seconds, used=number, left=left)
    if number >= cap:
        raise refusal(retry_after=left)
