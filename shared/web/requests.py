"""What happens around every request, as plain ASGI: the caller's address, a correlation id, bounds on head and body, security headers, one
log line and the metrics. Nothing here decides about the request's content.
"""

import re
import time
from typing import Any

from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import quotas, traces
from shared.disks import Room
from shared.errors import AppError, LittleRoom
from shared.identity import Actor
from shared.logging import correlation_id, get_logger, new_correlation_id
from shared.settings import platform_settings
from shared.web.bodies import bounded, check_head
from shared.web.forwarded import see_through
from shared.web.headers import with_security
from shared.web.problems import of_app_error

REQUESTS = Counter("http_requests_total", "Requests answered", ["service", "method", "route", "status"])
SECONDS = Histogram("http_request_seconds", "Time to answer", ["service", "route"])
UNAUTHORISED = Counter(
    "authorisation_refused_total",
    "Requests refused because of who asks; not_found is also what others' records are to somebody signed in",
    ["service", "method", "route", "reason"],
)
_ACCEPTABLE_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_TO_READ = ("/api/auth/sessions", "/api/auth/challenge", "/api/auth/pictures")
_ROOM = Room()
log = get_logger("http")


class RequestScope:
    """Wraps one service's app."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        settings = platform_settings()
        see_through(scope, settings.trusted_proxies)
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        identity = given if _ACCEPTABLE_ID.fullmatch(given) else new_correlation_id()
        correlation_id.set(identity)
        used = quotas.begin()
        started, status = time.perf_counter(), 500
        https = settings.secure_cookie or scope["scheme"] == "https"

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                fields = with_security(list(message["headers"]), https=https)
                message["headers"] = [*fields, (b"x-request-id", identity.encode()), *quotas.headers(used)]
            await send(message)

        with traces.serving(self.service, scope["method"], scope["path"], headers.get("traceparent", "")) as served:
            try:
                await self._pass_on(scope, headers, receive, answer)
            finally:
                self._note(scope, status, time.perf_counter() - started)
                if served is not None:
                    served.answered(getattr(scope.get("route"), "path", "unknown"), status, identity)

    async def _pass_on(self, scope: Scope, headers: Headers, receive: Receive, answer: Send) -> None:
        try:
            _check_room(scope)
            check_head(scope, headers)
            read = await bounded(receive, headers)
        except AppError as error:
            scope.setdefault("state", {})["refusal"] = error.code
            await of_app_error(error)(scope, receive, answer)
            return
        await self.app(scope, read, answer)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route, method = getattr(scope.get("route"), "path", "unknown"), scope["method"]
        REQUESTS.labels(self.service, method, route, status).inc()
        SECONDS.labels(self.service, route).observe(seconds)
        state = scope.get("state", {})
        actor, reason = state.get("actor"), state.get("refusal", "")
        if _is_about_who_asks(status, route, actor):
            UNAUTHORISED.labels(self.service, method, route, reason).inc()
        if not route.endswith(("/healthz", "/readyz", "/events")) or status >= 400:
            self._log(scope, route=route, status=status, ms=round(seconds * 1000, 1), actor=actor, reason=reason)

    def _log(self, scope: Scope, *, actor: Actor | None, reason: str, **facts: object) -> None:
        """One line, with the account's id and never a name, and with the route in place of the address, in which people look for names."""
        who: dict[str, Any] = {"address": scope["client"][0] if scope.get("client") else ""}
        if actor is not None:
            who["actor"] = str(actor.account_id)
        if reason:
            who["reason"] = reason
        log.info("request", service=self.service, method=scope["method"], **facts, **who)


def _check_room(scope: Scope) -> None:
    """Reading goes on, and so does signing in, without which nobody could. Raises ``LittleRoom``."""
    reads = scope["method"] in _READING or not scope["path"].startswith("/api/") or scope["path"].startswith(_TO_READ)
    if not reads and _ROOM.is_little(platform_settings()):
        raise LittleRoom


def _is_about_who_asks(status: int, route: str, actor: Actor | None) -> bool:
    return status in {401, 403} or (status == 404 and (actor is not None or route.startswith("/internal/")))
