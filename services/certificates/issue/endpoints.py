"""The routes of certificates (STAFF-10): list, record, PDF, history, and one route per action of the workflow."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from services.certificates.issue import pages, repository, service
from services.certificates.issue.buttons import actions_on
from services.certificates.issue.filters import CertificateFilters
from services.certificates.issue.schemas import CertificateListItem, CertificateRead, EditionRead, list_item
from services.certificates.issue.workflow import CERTIFICATE, CertificateAction
from shared.app import api_router
from shared.clock import now_utc
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.downloads import stored_file
from shared.web.histories import HistoryEntry
from shared.web.lists import PageOf, page_of, tagged
from shared.web.route import MAY_BE_LATE, RuntimeOf, Session
from shared.workflow.definition import ActionBody

router = api_router(Service.CERTIFICATES, "certificates", "培训合格证书")

Reader = Annotated[
    Actor,
    caller(Permission.GROUP_REGISTRATION, Permission.CERTIFICATE_MANAGEMENT, Permission.TRAINING_OVERSIGHT),
]
# The page shows the resident id in full.
Downloader = Annotated[Actor, caller(*service.FULL_VIEW)]


@router.get("", summary="证书列表", dependencies=[MAY_BE_LATE])
async def list_certificates(
    session: Session, actor: Reader, page: PageOf, filters: Annotated[CertificateFilters, Query()]
) -> Page[CertificateListItem]:
    rows = await repository.list_certificates(session, actor=actor, filters=filters, page=page)
    now = now_utc()
    return page_of(rows, lambda row: list_item(row, actions_on(row, actor, now)))


@router.get("/{certificate_id}", summary="证书详情")
async def read_certificate(
    certificate_id: UUID, session: Session, actor: Reader, response: Response
) -> CertificateRead:
    return tagged(response, await service.read_certificate(session, actor=actor, certificate_id=certificate_id))


@router.get("/{certificate_id}/history", summary="证书变更记录")
async def read_certificate_history(certificate_id: UUID, session: Session, actor: Reader) -> list[HistoryEntry]:
    return await service.certificate_history(session, actor=actor, certificate_id=certificate_id)


@router.get("/{certificate_id}/editions", summary="证书各版")
async def list_certificate_editions(certificate_id: UUID, session: Session, actor: Reader) -> list[EditionRead]:
    return await pages.list_editions(session, actor=actor, certificate_id=certificate_id)


@router.get(
    "/{certificate_id}/pdf",
    summary="下载证书",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def download_certificate(
    certificate_id: UUID,
    session: Session,
    actor: Downloader,
    runtime: RuntimeOf,
    inline: Annotated[bool, Query(description="在页面中显示，而不是下载")] = False,
) -> StreamingResponse:
    key, name = await pages.file_to_download(session, actor=actor, certificate_id=certificate_id)
    return await stored_file(runtime.storage, key, name, inline=inline)


@router.get(
    "/{certificate_id}/editions/{edition}/pdf",
    summary="下载某一版证书",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def download_certificate_edition(
    certificate_id: UUID,
    edition: Annotated[int, Path(ge=1, le=10_000, description="版次，从1开始")],
    session: Session,
    actor: Downloader,
    runtime: RuntimeOf,
) -> StreamingResponse:
    key, name = await pages.edition_to_download(session, actor=actor, certificate_id=certificate_id, number=edition)
    return await stored_file(runtime.storage, key, name)


async def _perform(
    session: AsyncSession, actor: Actor, certificate_id: UUID, action: CertificateAction, body: ActionBody
) -> CertificateRead:
    return await service.act_on_certificate(
        session, actor=actor, certificate_id=certificate_id, action=action, body=body
    )


add_action_routes(router, CERTIFICATE, _perform, CertificateRead)
