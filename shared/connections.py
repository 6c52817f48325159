"""The connections of a process's HTTP client, each with a pool of its own. A pool of httpcore looks at every connection that it has twice
for every request, and asks the system about each: with the twenty of a worker that sends text messages that was most of what a message
costs. Here a request takes the connection to its origin that was used last, or makes one; everything else is httpx's.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import httpx

# As httpx's own pool has them.
MOST, KEPT = 100, 20
IDLE_SECONDS = 30.0
Origin = tuple[str, str, int | None]


@dataclass(frozen=True)
class _Idle:
    connection: httpx.AsyncBaseTransport
    since: float


class Connections(httpx.AsyncBaseTransport):
    """``make`` gives the transport of one connection. Of each origin ``kept`` idle ones stay."""

    def __init__(self, make: Callable[[], httpx.AsyncBaseTransport], *, most: int = MOST, kept: int = KEPT) -> None:
        self._make, self._kept = make, kept
        self._room = asyncio.Semaphore(most)
        self._idle: dict[Origin, list[_Idle]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._enter(request)
        origin = (request.url.scheme, request.url.host, request.url.port)
        idle = self._idle.get(origin)
        connection = idle.pop().connection if idle else self._make()
        try:
            response = await connection.handle_async_request(request)
        except BaseException:
            self._room.release()
            await connection.aclose()
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _Stream(response.stream, partial(self._leave, origin, connection))
        return response

    async def _enter(self, request: httpx.Request) -> None:
        try:
            async with asyncio.timeout(request.extensions.get("timeout", {}).get("pool")):
                await self._room.acquire()
        except TimeoutError:
            raise httpx.PoolTimeout("no connection is free", request=request) from None

    async def _leave(self, origin: Origin, connection: httpx.AsyncBaseTransport) -> None:
        """The answer has been read, or is wanted no more: the connection is the next one's. Those that nobody has used for long go."""
        self._room.release()
        idle, now = self._idle.setdefault(origin, []), time.monotonic()
        idle.append(_Idle(connection, now))
        while idle and (len(idle) > self._kept or idle[0].since < now - IDLE_SECONDS):
            await idle.pop(0).connection.aclose()

    async def aclose(self) -> None:
        while self._idle:
            _, idle = self._idle.popitem()
            for each in idle:
                await each.connection.aclose()


class _Stream(httpx.AsyncByteStream):
    """An answer's body, whose end gives the connection back, once."""

    def __init__(self, body: httpx.AsyncByteStream, leave: Callable[[], Awaitable[None]]) -> None:
        self._body, self._leave, self._left = body, leave, False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._body:
            yield part

    async def aclose(self) -> None:
        if self._left:
            return
        self._left = True
        try:
            await self._body.aclose()
        finally:
            await self._leave()
