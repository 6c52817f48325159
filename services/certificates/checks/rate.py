"""How many public checks one address may make in a minute. When Redis is away everyone may look up: a check protects people, and the signed
token and the pair of number and name already keep out who only guesses. A file costs more, up to seconds in a process of its own,
and is counted by each API process for itself then.
"""

import time
from collections import Counter

from fastapi import Request
from redis.asyncio import Redis

from services.certificates.settings import certificates_settings
from shared.errors import TooManyRequests
from shared.quotas import tell
from shared.runtime import Runtime
from shared.web.limits import count, count_up_to

WINDOW_SECONDS = 60


class TooManyChecks(TooManyRequests):
    code = "too_many_checks"
    detail = "查询过于频繁，请稍后再试"


class TooManyFiles(TooManyRequests):
    code = "too_many_file_checks"
    detail = "上传文件查验过于频繁，请稍后再试，或改用证书编号和姓名查验"


class LocalWindow:
    """Counts in this process, all addresses in one window, which is forgotten as a whole."""

    def __init__(self) -> None:
        self._ends = 0.0
        self._counts: Counter[str] = Counter()

    def count(self, address: str) -> tuple[int, int]:
        """One more; gives (how many by now, seconds until counting begins anew)."""
        now = time.monotonic()
        if now >= self._ends:
            self._ends, self._counts = now + WINDOW_SECONDS, Counter()
        self._counts[address] += 1
        return self._counts[address], int(self._ends - now) + 1


_HERE = LocalWindow()


async def count_check(redis: "Redis", address: str, *, limit: int) -> None:
    """Counts one check of ``address``; raises ``TooManyChecks`` with the seconds until counting begins anew."""
    await count_up_to(redis, "checks", address, cap=limit, seconds=WINDOW_SECONDS, refusal=TooManyChecks)


async def count_file(redis: "Redis", address: str, *, limit: int, here: LocalWindow = _HERE) -> None:
    """Counts one file of ``address``, here while Redis is away; raises ``TooManyFiles`` as ``count_check`` does."""
    number, left = await count(redis, "file_checks", address, seconds=WINDOW_SECONDS)
    if not number:
        number, left = here.count(address)
    tell("file_checks", most=limit, seconds=WINDOW_SECONDS, used=number, left=left)
    if number > limit:
        raise TooManyFiles(retry_after=left)


def _caller(request: Request) -> tuple[Runtime, str]:
    runtime: Runtime = request.app.state.runtime
    return runtime, request.client.host if request.client else ""


async def within_rate(request: Request) -> None:
    """The rule of every look-up."""
    runtime, address = _caller(request)
    await count_check(runtime.redis, address, limit=certificates_settings().checks_per_minute)


async def within_file_rate(request: Request) -> None:
    """The rule of every file."""
    runtime, address = _caller(request)
    await count_file(runtime.redis, address, limit=certificates_settings().file_checks_per_minute)
