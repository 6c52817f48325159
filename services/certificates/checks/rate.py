"""How many public checks one address may make in a minute. When Redis is away everyone may: a check protects people, and the signed
token and the pair of number and name already keep out who only guesses.
"""

from fastapi import Request
from redis.asyncio import Redis

from services.certificates.settings import certificates_settings
from shared.errors import TooManyRequests
from shared.web.limits import count_up_to
from shared.web.route import RuntimeOf

WINDOW_SECONDS = 60


class TooManyChecks(TooManyRequests):
    code = "too_many_checks"
    detail = "查询过于频繁，请稍后再试"


async def count_check(redis: "Redis", address: str, *, limit: int) -> None:
    """Counts one check of ``address``; raises ``TooManyChecks`` with the seconds until counting begins anew."""
    await count_up_to(redis, "checks", address, cap=limit, seconds=WINDOW_SECONDS, refusal=TooManyChecks)


async def within_rate(request: Request, runtime: RuntimeOf) -> None:
    """The rule of every public check."""
    address = request.client.host if request.client else ""
    await count_check(runtime.redis, address, limit=certificates_settings().checks_per_minute)
