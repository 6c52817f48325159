"""Five services in one process: picks the app by the path's service, and enters all their lifespans, which mounted apps would not get.
Also serves the portal's files and the catcher of the embedded stack.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ops.catalogue import APPS
from ops.up.portal import portal_routes
from shared.services import Service

BY_NAME = {str(service): app for service, app in APPS.items()}
# Paths of people, outside of /api, that a service answers itself.
OWN_PATHS: dict[str, FastAPI] = {"verify": APPS[Service.CERTIFICATES], "dev": APPS[Service.NOTIFICATIONS]}


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for app in APPS.values():
            await stack.enter_async_context(app.router.lifespan_context(app))
        yield


async def ready(_: Request) -> JSONResponse:
    """All lifespans have been entered when this answers; each service's own ``/readyz`` asks its database."""
    return JSONResponse({"status": "ok"})


rest = Starlette(
    routes=[Route("/healthz", ready), Route("/readyz", ready), *portal_routes()],
    lifespan=lifespan,
)


class Dispatcher:
    """``/api/<service>/…`` and ``/internal/<service>/…`` go to that service, the rest to the portal."""

    def __init__(self, others: ASGIApp) -> None:
        self.others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        parts = scope.get("path", "").split("/", 3)
        target: ASGIApp = self.others
        if len(parts) > 2 and parts[1] in {"api", "internal"}:
            target = BY_NAME.get(parts[2], self.others)
        elif len(parts) > 1:
            target = OWN_PATHS.get(parts[1], self.others)
        await target(scope, receive, send)


app = Dispatcher(rest)
