"""Five services in one process: picks the app by the path's service, and enters all their lifespans, which mounted apps would not get.
Also serves the portal's files and the catcher of the embedded stack.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import ip_address

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from ops.catalogue import APPS
from ops.up.portal import portal_app
from shared.services import Service

BY_NAME = {str(service): app for service, app in APPS.items()}
# Paths of people, outside of /api, that a service answers itself.
OWN_PATHS: dict[str, FastAPI] = {
    "check-in": APPS[Service.TRAINING],
    "verify": APPS[Service.CERTIFICATES],
    "dev": APPS[Service.NOTIFICATIONS],
}


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for app in APPS.values():
            await stack.enter_async_context(app.router.lifespan_context(app))
        yield


class Dispatcher:
    """``/api/<service>/…`` goes to that service, ``/internal/<service>/…`` too when it comes from this machine, as it does from the
    other processes of the platform; the rest goes to the portal."""

    def __init__(self, others: ASGIApp) -> None:
        self.others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        parts = scope.get("path", "").split("/", 3)
        target: ASGIApp = self.others
        if len(parts) > 2 and (parts[1] == "api" or (parts[1] == "internal" and _is_from_here(scope))):
            target = BY_NAME.get(parts[2], self.others)
        elif len(parts) > 1:
            target = OWN_PATHS.get(parts[1], self.others)
        await target(scope, receive, send)


def _is_from_here(scope: Scope) -> bool:
    """The peer is loopback, or has the very address that it asks; and speaks for nobody else, as a proxy on this machine would."""
    if not scope.get("client") or any(name in {b"x-forwarded-for", b"forwarded"} for name, _ in scope["headers"]):
        return False
    peer = scope["client"][0]
    return peer == (scope.get("server") or ("",))[0] or _is_loopback(peer)


def _is_loopback(peer: str) -> bool:
    try:
        return ip_address(peer).is_loopback
    except ValueError:
        return False


app = Dispatcher(portal_app(lifespan))
