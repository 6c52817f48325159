"""The routes by which who manages certificates sees the templates of all documents, and each version with sample data."""

from typing import Annotated

from fastapi import Path, Response

from services.certificates.previews import service
from services.certificates.previews.schemas import TemplateRead
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.downloads import content_disposition
from shared.web.headers import FRAMED
from shared.web.route import RuntimeOf

router = api_router(Service.CERTIFICATES, "templates", "文书模板")
Named = Annotated[str, Path(max_length=60)]
Keeper = Annotated[Actor, caller(Permission.CERTIFICATE_MANAGEMENT, Permission.ADMINISTRATION)]


@router.get("", summary="全部文书模板")
async def list_templates(_: Keeper) -> list[TemplateRead]:
    return service.list_templates()


@router.get(
    "/{kind}/{version}/preview",
    summary="用样例数据预览模板",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def preview_template(kind: Named, version: Named, runtime: RuntimeOf, _: Keeper) -> Response:
    pdf = await service.preview(f"{kind}/{version}", runtime.settings.cache_dir)
    headers = {"Content-Disposition": content_disposition(f"{kind}_{version}_样例.pdf", inline=True)}
    return Response(pdf, media_type="application/pdf", headers=headers | FRAMED)
