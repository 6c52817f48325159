"""How many public checks one address may make in a minute, counted in Redis. When Redis is away everyone may: a check protects people,
and the signed token and the pair of number and name already keep out who only guesses.
"""

import time

from fastapi import Request
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.certificates.settings import certificates_settings
from shared.errors import TooManyRequests
from shared.logging import get_logger
from shared.web.route import RuntimeOf

WINDOW_SECONDS = 60
log = get_logger(__name__)


class TooManyChecks(TooManyRequests):
    code = "too_many_checks"
    detail = "查询过于频繁，请稍后再试"


async def count_check(redis: "Redis", address: str, *, limit: int, now: float) -> None:
    """Counts one check of ``address``; raises ``TooManyChecks`` with the seconds until the next window."""
    window, passed = divmod(int(now), WINDOW_SECONDS)
    key = f"checks:{address}:{window}"
    try:
        async with redis.pipeline(transaction=False) as pipeline:
            pipeline.incr(key)
            pipeline.expire(key, WINDOW_SECONDS * 2)
            counted, _ = await pipeline.execute()
    except (RedisError, OSError) as error:
        log.warning("checks_not_counted", error=repr(error))
        return
    if counted > limit:
        raise TooManyChecks(retry_after=WINDOW_SECONDS - passed)


async def within_rate(request: Request, runtime: RuntimeOf) -> None:
    """The rule of every public check."""
    address = request.client.host if request.client else ""
    limit = certificates_settings().checks_per_minute
    await count_check(runtime.redis, address, limit=limit, now=time.time())
