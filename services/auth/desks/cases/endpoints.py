"""Cases for those who decide or oversee them: list, one, its files, the decision (AUTH-26, AUTH-30, ORG-08, BEY-13)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.auth.desks.cases import service
from services.auth.desks.cases.repository import READERS, CaseFilter
from services.auth.desks.cases.schemas import CaseListItem, CaseRead
from services.auth.desks.cases.workflow import CASE
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.downloads import shown_attachment
from shared.web.lists import PageOf, tagged
from shared.web.route import RuntimeOf, Session

router = api_router(Service.AUTH, "cases", "申诉与办理")
add_action_routes(router, CASE, service.act_on_case, CaseRead)
Reader = Annotated[Actor, caller(*READERS)]


@router.get("", summary="申诉与办理列表")
async def list_cases(
    session: Session, actor: Reader, page: PageOf, wanted: Annotated[CaseFilter, Query()]
) -> Page[CaseListItem]:
    return await service.list_cases(session, actor, wanted, page)


@router.get("/{case_id}", summary="申诉与办理详情")
async def get_case(case_id: UUID, session: Session, response: Response, actor: Reader) -> CaseRead:
    return tagged(response, await service.get_case(session, actor, case_id))


@router.get("/{case_id}/attachments/{attachment_id}", summary="证明材料", response_class=Response)
async def get_case_file(
    case_id: UUID, attachment_id: UUID, session: Session, runtime: RuntimeOf, actor: Reader
) -> Response:
    file = await service.case_evidence_file(session, actor, case_id, attachment_id)
    return await shown_attachment(session, runtime.storage, file, actor)
