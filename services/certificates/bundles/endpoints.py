"""The route by which bundles of certificates are ordered; progress, files and calling off are those of every job (STAFF-10, PLAT-09)."""

from typing import Annotated

from fastapi import Response

from services.certificates.bundles import service
from services.certificates.bundles.schemas import BundleCreate
from services.certificates.issue.service import FULL_VIEW
from services.certificates.jobs.kinds import JOBS
from shared.app import api_router
from shared.identity import Actor
from shared.services import Service
from shared.web.callers import caller
from shared.web.jobs import JobRead, accepted
from shared.web.route import RuntimeOf, Session

router = api_router(Service.CERTIFICATES, "bundles", "打包证书")

# The pages show resident ids in full.
Downloader = Annotated[Actor, caller(*FULL_VIEW)]


@router.post(
    "",
    summary="打包证书（后台任务）",
    status_code=202,
    response_model=JobRead,
    responses={202: {"description": "已开始打包，进度、文件和取消见 Location"}},
)
async def create_bundle(session: Session, runtime: RuntimeOf, actor: Downloader, body: BundleCreate) -> Response:
    job = await service.order_bundle(session, runtime.storage, actor=actor, wanted=body)
    return accepted(JOBS, job)
