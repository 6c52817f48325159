"""How often one network address may look things up while its user types, without a proof before each key stroke: so that the look-ups are
not read out as a whole.
"""

from redis.asyncio import Redis

from services.auth.settings import auth_settings
from shared.errors import TooManyRequests
from shared.web.limits import count_up_to


class TooManyLookups(TooManyRequests):
    code = "too_many_lookups"
    detail = "查询过于频繁，请稍后再试；也可以直接填写"


async def count_lookup(redis: "Redis", address: str) -> None:
    """One more look-up from this address. Raises TooManyLookups with the seconds to wait."""
    cap = auth_settings().lookups_per_address_a_minute
    await count_up_to(redis, "lookups", address, cap=cap, seconds=60, refusal=TooManyLookups)
