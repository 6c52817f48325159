"""What happens around every request, as plain ASGI: correlation id, a bound on the body, security headers, one log line and two metrics.
Nothing here decides about the request's content.
"""

import re
import time
from typing import Any

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import MalformedBody, PayloadTooLarge
from shared.logging import correlation_id, get_logger, new_correlation_id
from shared.web.problems import of_app_error

MAX_BODY = 12 * 1024 * 1024
REQUESTS = Counter("http_requests_total", "Requests answered", ["service", "method", "route", "status"])
SECONDS = Histogram("http_request_seconds", "Time to answer", ["service", "route"])
_ACCEPTABLE_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
_SECURITY = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)
log = get_logger("http")


class BodyTooLarge(PayloadTooLarge):
    code = "body_too_large"
    detail = f"提交的内容超过 {MAX_BODY // 1024 // 1024} MB，请压缩或拆分后再提交"


class RequestScope:
    """Wraps one service's app."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"").decode("latin-1")
        identity = given if _ACCEPTABLE_ID.fullmatch(given) else new_correlation_id()
        correlation_id.set(identity)
        started, status = time.perf_counter(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                present = {name for name, _ in message["headers"]}
                extra = [(name, value) for name, value in _SECURITY if name not in present]
                message["headers"] = [*message["headers"], *extra, (b"x-request-id", identity.encode())]
            await send(message)

        try:
            length = headers.get(b"content-length", b"0")
            if not length.isdigit():
                await of_app_error(MalformedBody("请求头 Content-Length 应为数字"))(scope, receive, answer)
            elif len(length) > 18 or int(length) > MAX_BODY:
                await of_app_error(BodyTooLarge())(scope, receive, answer)
            else:
                await self.app(scope, _bounded(receive), answer)
        finally:
            self._note(scope, status, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unknown")
        REQUESTS.labels(self.service, scope["method"], route, status).inc()
        SECONDS.labels(self.service, route).observe(seconds)
        if not route.endswith(("/healthz", "/readyz", "/events")):
            milliseconds = round(seconds * 1000, 1)
            log.info(
                "request", service=self.service, method=scope["method"], route=route, status=status, ms=milliseconds
            )


def _bounded(receive: Receive) -> Receive:
    """Ends a body without a length once it is too large."""
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message: Any = await receive()
        seen += len(message.get("body", b""))
        if seen > MAX_BODY:
            raise BodyTooLarge
        return dict(message)

    return bounded
