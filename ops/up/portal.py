"""The portal's built files and the platform's whole OpenAPI document, as the gateway serves them in compose."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from shared.errors import NotFound
from shared.web.problems import of_app_error

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "web" / "dist"
OPENAPI = ROOT / "docs" / "openapi.json"
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


async def page(_: Request) -> Response:
    """Every address of the portal is one page; its script finds the rest."""
    if (DIST / "index.html").exists():
        return FileResponse(DIST / "index.html", headers={"Cache-Control": "no-cache"})
    return JSONResponse({"detail": "网页尚未构建，接口可用"}, 404)


async def no_such_api(_: Request) -> Response:
    """An address that no service has is a problem document, as behind the gateway, and not the portal's page."""
    return of_app_error(NotFound("没有找到该地址"))


async def openapi(_: Request) -> Response:
    return FileResponse(OPENAPI, media_type="application/json")


def portal_routes() -> list[BaseRoute]:
    """Assets are cached for good, because their names change with their content."""
    assets = Mount("/assets", StaticFiles(directory=DIST / "assets", check_dir=False))
    strays = [Route(f"/{root}/{{path:path}}", no_such_api, methods=_METHODS) for root in ("api", "internal")]
    return [assets, Route("/api/openapi.json", openapi), *strays, Route("/{path:path}", page)]
