"""The platform's own client is patient with a platform that is away for a moment, and only where asking twice does no harm."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from ops import client
from ops.client import CodeUnreadable, PlatformClient, Refused

AWAY = {"status_code": 503, "headers": {"Retry-After": "2"}}
CODE = {"address": "13912345678", "text": "验证码 123456，用于登录"}


class Clock:
    """Time that passes only by waiting."""

    def __init__(self) -> None:
        self.waited: list[float] = []

    def monotonic(self) -> float:
        return sum(self.waited)

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(client, "time", clock)
    monkeypatch.setattr(client, "asyncio", SimpleNamespace(sleep=clock.sleep, to_thread=asyncio.to_thread))
    return clock


class Platform(httpx.AsyncBaseTransport):
    """Says 503 to the first ``away`` calls, then 200 with ``body()``."""

    def __init__(self, away: int, body: Callable[[], Any] = dict, **refusal: Any) -> None:
        self.away, self.body, self.refusal, self.calls = away, body, refusal or AWAY, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        return httpx.Response(**self.refusal) if self.calls <= self.away else httpx.Response(200, json=self.body())


def opened(platform: Platform) -> PlatformClient:
    return PlatformClient("http://platform", transport=platform)


class TestAway:
    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
    async def test_what_may_come_twice_is_asked_again_when_the_platform_said(self, clock: Clock, method: str) -> None:
        platform = Platform(away=3)
        async with opened(platform) as program:
            answer = await program.request(method, "/api/training/plans")
        assert answer.status_code == 200
        assert clock.waited == [2.0, 2.0, 2.0]

    async def test_what_carries_a_key_may_come_twice(self, clock: Clock) -> None:
        async with opened(Platform(away=1)) as program:
            assert await program.post("/api/training/plans", headers={"Idempotency-Key": "1"}) == {}
        assert clock.waited == [2.0]

    @pytest.mark.parametrize("method", ["POST", "PATCH"])
    async def test_what_might_be_done_twice_is_not(self, clock: Clock, method: str) -> None:
        platform = Platform(away=1)
        async with opened(platform) as program:
            with pytest.raises(Refused, match="503"):
                await program.request(method, "/api/training/plans")
        assert (platform.calls, clock.waited) == (1, [])

    async def test_it_ends(self, clock: Clock) -> None:
        platform = Platform(away=10_000)
        async with opened(platform) as program:
            with pytest.raises(Refused, match="503"):
                await program.get("/api/training/plans")
        assert sum(clock.waited) == 60

    @pytest.mark.parametrize(
        "refusal",
        [
            {"status_code": 503},
            {"status_code": 503, "headers": {"Retry-After": "soon"}},
            {"status_code": 503, "headers": {"Retry-After": "3600"}},
            {"status_code": 429, "headers": {"Retry-After": "2"}},
        ],
    )
    async def test_any_other_refusal_is_believed_at_once(self, clock: Clock, refusal: dict[str, Any]) -> None:
        async with opened(Platform(1, **refusal)) as program:
            with pytest.raises(Refused):
                await program.get("/api/training/plans")
        assert clock.waited == []

    async def test_at_once_is_not_again_and_again(self, clock: Clock) -> None:
        async with opened(Platform(2, status_code=503, headers={"Retry-After": "0"})) as program:
            await program.get("/api/training/plans")
        assert clock.waited == [1.0, 1.0]


class TestCodes:
    REFUSED = Refused(
        httpx.Response(
            401,
            headers={"Content-Type": "application/problem+json"},
            json={"code": "code_required", "detail": "需要验证码", "phone": "139****5678", "ticket": "t"},
            request=httpx.Request("POST", "http://platform/api/auth/sessions"),
        )
    )

    async def test_a_code_that_comes_late_is_still_good(self, clock: Clock) -> None:
        def caught() -> Iterator[list[dict[str, str]]]:
            while clock.monotonic() < 200:
                yield []
            yield [CODE]

        messages = caught()
        async with opened(Platform(away=0, body=lambda: {"items": next(messages)})) as program:
            assert await program._read_code(self.REFUSED, datetime.now(UTC)) == "123456"

    async def test_looking_for_it_is_no_load(self, clock: Clock) -> None:
        platform = Platform(away=0, body=lambda: {"items": []})
        async with opened(platform) as program:
            with pytest.raises(CodeUnreadable, match=r"0:05:00.*does the fast worker of auth run"):
                await program._read_code(self.REFUSED, datetime.now(UTC))
        assert clock.waited[0] < 1
        assert platform.calls < 200

    async def test_a_catcher_that_is_away_is_waited_for(self, clock: Clock) -> None:
        async with opened(Platform(away=40, body=lambda: {"items": [CODE]})) as program:
            assert await program._read_code(self.REFUSED, datetime.now(UTC)) == "123456"
