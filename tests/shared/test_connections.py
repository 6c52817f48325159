"""Connections are used again, never by two at once, and given back whatever becomes of a request (PLAT-11)."""

import asyncio

import httpx
import pytest

from shared import connections
from shared.connections import Connections

pytestmark = pytest.mark.req("PLAT-11", "BEY-12")


class Made(httpx.AsyncBaseTransport):
    """One connection, which says who uses it."""

    def __init__(self, line: "Line") -> None:
        self.line, self.asked, self.busy, self.closed = line, 0, False, False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert not self.busy
        self.busy, self.asked = True, self.asked + 1
        try:
            if sum(each.busy for each in self.line.made) == 2:
                self.line.both.set()
            await self.line.gate.wait()
            if request.url.path == "/fails":
                raise httpx.ReadError("cut off")
        finally:
            self.busy = False
        return httpx.Response(200, stream=httpx.ByteStream(b"ok"))

    async def aclose(self) -> None:
        self.closed = True


class Line:
    def __init__(self, **bounds: int) -> None:
        self.gate, self.both, self.made = asyncio.Event(), asyncio.Event(), list[Made]()
        self.gate.set()
        self.client = httpx.AsyncClient(transport=Connections(self._make, **bounds), base_url="http://provider")

    def _make(self) -> Made:
        self.made.append(Made(self))
        return self.made[-1]


async def test_one_after_the_other_share_a_connection_and_two_at_once_do_not() -> None:
    line = Line()
    async with line.client as client:
        for _ in range(3):
            assert (await client.get("/")).text == "ok"
        assert [each.asked for each in line.made] == [3]
        line.gate.clear()
        both = [asyncio.create_task(client.get("/")) for _ in range(2)]
        await line.both.wait()
        line.gate.set()
        await asyncio.gather(*both)
        await client.get("http://another/")
    assert [each.asked for each in line.made] == [4, 1, 1]
    assert all(each.closed for each in line.made)


async def test_what_failed_is_closed_and_makes_room() -> None:
    line = Line(most=1)
    async with line.client as client:
        for _ in range(2):
            with pytest.raises(httpx.ReadError):
                await client.get("/fails")
        assert (await client.get("/")).text == "ok"
    assert [each.closed for each in line.made[:2]] == [True, True]


async def test_one_that_is_being_read_is_nobody_elses() -> None:
    line = Line(most=1)
    async with line.client as client:
        async with client.stream("GET", "/") as answer:
            with pytest.raises(httpx.PoolTimeout):
                await client.get("/", timeout=httpx.Timeout(None, pool=0))
            await answer.aread()
        await client.get("/")
    assert len(line.made) == 1


async def test_no_more_stay_than_are_kept_and_none_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(kept=1)
    async with line.client as client:
        async with client.stream("GET", "/"), client.stream("GET", "/"):
            pass
        assert [each.closed for each in line.made].count(True) == 1
        monkeypatch.setattr(connections, "IDLE_SECONDS", -1.0)
        await client.get("/")
        assert all(each.closed for each in line.made)
