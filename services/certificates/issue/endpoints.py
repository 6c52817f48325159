"""The routes of certificates (STAFF-10): list, record, PDF, history, and one route per action of the workflow."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from services.certificates.issue import repository, service
from services.certificates.issue.repository import CertificateFilters
from services.certificates.issue.schemas import CertificateListItem, CertificateRead, list_item
from services.certificates.issue.workflow import CERTIFICATE, CertificateAction, CertificateStatus
from shared.app import api_router
from shared.db.paging import Page
from shared.fields import CleanText
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.downloads import stored_file
from shared.web.histories import HistoryEntry
from shared.web.lists import PageOf, page_of, tagged
from shared.web.route import RuntimeOf, Session
from shared.workflow.definition import ActionBody

router = api_router(Service.CERTIFICATES, "certificates", "培训合格证书")

Reader = Annotated[
    Actor,
    caller(Permission.GROUP_REGISTRATION, Permission.CERTIFICATE_MANAGEMENT, Permission.TRAINING_OVERSIGHT),
]
# The page shows the resident id in full.
Downloader = Annotated[Actor, caller(*service.FULL_VIEW)]
Part = Annotated[str, CleanText(100)] | None


def _filters(
    plan_name: Annotated[Part, Query(description="培训班名称，可填一部分")] = None,
    holder_name: Annotated[Part, Query(description="姓名，可填一部分或拼音首字母")] = None,
    number: Annotated[Part, Query(description="证书编号，可填前一部分")] = None,
    class_session_id: UUID | None = None,
    registration_id: UUID | None = None,
    status: Annotated[list[CertificateStatus] | None, Query(description="状态，可重复")] = None,
) -> CertificateFilters:
    return CertificateFilters(
        plan_name, holder_name, number, class_session_id, registration_id, frozenset(status or ())
    )


@router.get("", summary="证书列表")
async def list_certificates(
    session: Session, actor: Reader, page: PageOf, filters: Annotated[CertificateFilters, Depends(_filters)]
) -> Page[CertificateListItem]:
    rows = await repository.list_certificates(session, actor=actor, filters=filters, page=page)
    return page_of(rows, list_item)


@router.get("/{certificate_id}", summary="证书详情")
async def read_certificate(
    certificate_id: UUID, session: Session, actor: Reader, response: Response
) -> CertificateRead:
    return tagged(response, await service.read_certificate(session, actor=actor, certificate_id=certificate_id))


@router.get("/{certificate_id}/history", summary="证书变更记录")
async def read_certificate_history(certificate_id: UUID, session: Session, actor: Reader) -> list[HistoryEntry]:
    return await service.certificate_history(session, actor=actor, certificate_id=certificate_id)


@router.get(
    "/{certificate_id}/pdf",
    summary="下载证书",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def download_certificate(
    certificate_id: UUID, session: Session, actor: Downloader, runtime: RuntimeOf
) -> StreamingResponse:
    key, name = await service.file_to_download(session, actor=actor, certificate_id=certificate_id)
    return await stored_file(runtime.storage, key, name)


async def _perform(
    session: AsyncSession, actor: Actor, certificate_id: UUID, action: CertificateAction, body: ActionBody
) -> CertificateRead:
    return await service.act_on_certificate(
        session, actor=actor, certificate_id=certificate_id, action=action, body=body
    )


add_action_routes(router, CERTIFICATE, _perform, CertificateRead)
