"""HTTP on a socket: uvicorn's own protocol, which waits as long as somebody sends slowly and takes in as much as he likes before it asks us,
with bounds on both (PLAT-17). What it refuses is a problem document, has its line in the log, and is read to its end for a moment, because
who still sends does not hear a refusal.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from shared.errors import AppError, Unavailable
from shared.logging import get_logger
from shared.settings import platform_settings
from shared.web.bodies import (
    MAX_ADDRESS_BYTES,
    MAX_HEADER_BYTES,
    MAX_HEADERS,
    AddressTooLong,
    HeadersTooLarge,
    MalformedRequest,
    RequestTimeout,
)
from shared.web.headers import with_security
from shared.web.problems import of_app_error
from shared.web.streams import ENDLESS

MAX_HEAD_BYTES = MAX_HEADER_BYTES + MAX_ADDRESS_BYTES
LINGER_SECONDS = 2.0
log = get_logger("http")


class BoundedProtocol(HttpToolsProtocol):
    """One connection. A head has ``PLATFORM_HEAD_SECONDS`` to come whole, a body ``PLATFORM_BODY_SECONDS``; who reads nothing of an answer
    for as long is left."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        settings = platform_settings()
        self._head_seconds, self._body_seconds = settings.head_seconds, settings.body_seconds
        self._most_connections = settings.connections
        self._timer: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._in_head = self._ended = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self._are_too_many():
            self._refuse(Unavailable())
        else:
            self._within(self._head_seconds)

    def _are_too_many(self) -> bool:
        """Streams are bounded by whoever opens them, and take nobody's place."""
        over = len(self.connections) - self._most_connections
        return over > 0 and over > sum(each.is_endless() for each in self.connections)  # type: ignore[union-attr]

    def is_endless(self) -> bool:
        """Whether the answer that is on its way does not end by itself."""
        return not self._is_idle() and bool(self.cycle.scope.get(ENDLESS))

    def shutdown(self) -> None:
        """The server stops: nobody waits for what does not end; its reader comes back to another."""
        super().shutdown()
        if self.is_endless():
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._in_time()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._ended:
            return
        if self._timer is None and self._is_idle():
            self._within(self._head_seconds)
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._refuse(AddressTooLong() if len(self.url) > MAX_ADDRESS_BYTES else HeadersTooLarge())

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        if self._timer is None:  # it came along with the end of another
            self._within(self._head_seconds)

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        if len(self.headers) > MAX_HEADERS:
            raise HeadersTooLarge  # ends the parser, which has us send the refusal of what it could not parse

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._within(self._body_seconds)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_time()
        super().on_message_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread = self.loop.call_later(self._body_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        if self._unread:
            self._unread.cancel()
            self._unread = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        self._refuse(HeadersTooLarge() if self.headers and len(self.headers) > MAX_HEADERS else MalformedRequest())

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _in_time(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _within(self, seconds: float) -> None:
        self._in_time()
        self._timer = self.loop.call_later(seconds, self._too_slow)

    def _too_slow(self) -> None:
        if self.flow.read_paused:  # it is we who do not read
            self._within(self._body_seconds)
        elif self._is_idle() and not self._in_head:
            self.transport.close()
        else:
            self._refuse(RequestTimeout())

    def _refuse(self, error: AppError) -> None:
        """The last word on this connection, unless an answer is already on its way."""
        if self._ended or self.transport.is_closing():
            return
        self._ended = True
        self._in_time()
        self._unset_keepalive_if_required()
        address = self.client[0] if self.client else ""
        log.info("request", route="unknown", status=error.status, reason=error.code, address=address)
        if self._is_idle() or not (self._in_head or self.cycle.response_started):
            self.transport.write(_written(error))
        if not self._is_idle():
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write_eof()
        self._timer = self.loop.call_later(LINGER_SECONDS, self.transport.close)


def _written(error: AppError) -> bytes:
    answer = of_app_error(error)
    fields = with_security(answer.raw_headers, https=platform_settings().secure_cookie)
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in [*fields, (b"connection", b"close")])
    return STATUS_LINE[error.status] + lines + b"\r\n" + bytes(answer.body)
