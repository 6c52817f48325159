"""The portal's built files and the platform's whole OpenAPI document, as the gateway serves them in compose: with the same headers,
compressed, and a problem document where there is nothing.
"""

import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Lifespan, Scope

from shared.errors import NotFound
from shared.web.problems import install_problem_handlers
from shared.web.requests import RequestScope

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "web" / "dist"
OPENAPI = ROOT / "docs" / "openapi.json"
API_PAGE = ROOT / "docs" / "api.html"
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Bytes, as in gateway/nginx.conf.
_WORTH_COMPRESSING = 1000
_FOR_GOOD = "public, max-age=31536000, immutable"


class Assets(StaticFiles):
    """Kept for good, because their names change with their content."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        answer = super().file_response(full_path, stat_result, scope, status_code)
        answer.headers["Cache-Control"] = _FOR_GOOD
        return answer


async def ready(_: Request) -> JSONResponse:
    """All lifespans have been entered when this answers; each service's own ``/readyz`` asks its database."""
    return JSONResponse({"status": "ok"})


async def page(_: Request) -> Response:
    """Every address of the portal is one page; its script finds the rest."""
    if (DIST / "index.html").exists():
        return FileResponse(DIST / "index.html", headers={"Cache-Control": "no-cache"})
    raise NotFound("网页尚未构建，接口可用")


async def no_such_api(_: Request) -> Response:
    """An address that no service has is a problem document, as behind the gateway, and not the portal's page."""
    raise NotFound("没有找到该地址")


async def openapi(_: Request) -> Response:
    return FileResponse(OPENAPI, media_type="application/json", headers={"Cache-Control": "no-cache"})


async def api_page(_: Request) -> Response:
    return FileResponse(API_PAGE, media_type="text/html", headers={"Cache-Control": "no-cache"})


def routes() -> list[BaseRoute]:
    probes = [Route("/healthz", ready), Route("/readyz", ready)]
    assets = Mount("/assets", Assets(directory=DIST / "assets", check_dir=False))
    strays = [Route(f"/{root}/{{path:path}}", no_such_api, methods=_METHODS) for root in ("api", "internal")]
    documents = [Route("/api/openapi.json", openapi), Route("/api/docs", api_page)]
    return [*probes, assets, *documents, *strays, Route("/{path:path}", page)]


def portal_app(lifespan: Lifespan[Starlette]) -> Starlette:
    """What no service answers."""
    app = Starlette(routes=routes(), lifespan=lifespan)
    # Nothing here is secret, so that its length tells nobody anything (BREACH); answers of the services are never compressed.
    app.add_middleware(GZipMiddleware, minimum_size=_WORTH_COMPRESSING)
    app.add_middleware(RequestScope, service="portal")
    install_problem_handlers(app)
    return app
