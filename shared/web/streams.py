"""Answers that do not end: server-sent events (WHATWG HTML, 9.2). What is said to a stream waits in memory until its reader has taken it;
an open one holds no connection to a database and costs two small tasks. What is said, and to whom, is the business of a service.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

# In the scope of a request whose answer does not end by itself: the socket counts it apart, and does not wait for it when it stops.
ENDLESS: Final = "endless"
HEARTBEAT: Final = b":\n\n"
# A browser asks again after so long.
_RETRY_MILLISECONDS = 5000
# Nobody takes what is said: it comes back, and says what it had last.
MOST_WAITING = 50


def event(name: str, data: object, place: str = "") -> bytes:
    """One event; ``place`` is what the reader says as Last-Event-ID when it comes back, and is left as it was without."""
    lines = ([f"id: {place}"] if place else []) + [f"event: {name}", f"data: {json.dumps(data, ensure_ascii=False)}"]
    return ("\n".join(lines) + "\n\n").encode()


class Stream:
    """What is said to one reader."""

    __slots__ = ("_is_over", "_said", "_woken")

    def __init__(self) -> None:
        self._said: deque[bytes] = deque()
        self._woken = asyncio.Event()
        self._is_over = False

    def say(self, piece: bytes) -> None:
        """Ends the stream instead where too much waits already."""
        if len(self._said) >= MOST_WAITING:
            self.end()
        elif not self._is_over:
            self._said.append(piece)
            self._woken.set()

    def end(self, last: bytes = b"") -> None:
        """After what was said, and ``last``, nothing more comes."""
        if last and not self._is_over:
            self._said.append(last)
        self._is_over = True
        self._woken.set()

    async def heard(self) -> bytes:
        """What was said since the last call, as soon as there is any; nothing at the end."""
        while not self._said and not self._is_over:
            self._woken.clear()
            await self._woken.wait()
        pieces = b"".join(self._said)
        self._said.clear()
        return pieces


class EventStream(Response):
    """The answer that passes a stream on until it ends or its reader leaves; ``left`` is called then, however it ended."""

    media_type = "text/event-stream"

    def __init__(self, stream: Stream, left: Callable[[], None]) -> None:
        self.stream, self.left = stream, left
        self.status_code, self.background = 200, None
        self.init_headers({"X-Accel-Buffering": "no"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[ENDLESS] = True
        leaving = asyncio.ensure_future(self._end_with_reader(receive))
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            said = f"retry: {_RETRY_MILLISECONDS}\n\n".encode()
            while said:
                await send({"type": "http.response.body", "body": said, "more_body": True})
                said = await self.stream.heard()
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            scope[ENDLESS] = False
            leaving.cancel()
            self.left()

    async def _end_with_reader(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.stream.end()
