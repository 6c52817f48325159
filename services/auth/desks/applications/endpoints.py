"""The HTTP face of applications for the account managers, and all routers of this domain in the order in which they are tried."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.auth.desks.applications import applicant_endpoints, form_endpoints, review
from services.auth.desks.applications.deciding import act_on_application
from services.auth.desks.applications.reading import list_item
from services.auth.desks.applications.repository import ApplicationFilter
from services.auth.desks.applications.schemas import ApplicationListItem, ApplicationRead
from services.auth.desks.applications.workflow import APPLICATION
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.downloads import shown_attachment
from shared.web.histories import HistoryEntry
from shared.web.lists import PageOf, page_of, tagged
from shared.web.route import RuntimeOf, Session

Manager = Annotated[Actor, caller(Permission.ACCOUNT_MANAGEMENT)]

managers = api_router(Service.AUTH, "applications", "账号申请审核")
routers: tuple[APIRouter, ...] = (form_endpoints.router, applicant_endpoints.router, managers)
add_action_routes(managers, APPLICATION, act_on_application, ApplicationRead)


@managers.get("", summary="账号申请列表")
async def list_applications(
    session: Session, actor: Manager, page: PageOf, wanted: Annotated[ApplicationFilter, Query()]
) -> Page[ApplicationListItem]:
    rows = await review.list_applications(session, actor=actor, wanted=wanted, page=page)
    return page_of(rows, lambda application: list_item(application, actor))


@managers.get("/{application_id}", summary="账号申请详情")
async def read_application(
    application_id: UUID,
    session: Session,
    response: Response,
    actor: Manager,
    full: Annotated[bool, Query(description="显示完整的身份证号和手机号码，将记入历史")] = False,
) -> ApplicationRead:
    found = await review.get_application(session, actor=actor, application_id=application_id, full=full)
    return tagged(response, found)


@managers.get("/{application_id}/history", summary="账号申请的办理记录")
async def read_application_history(application_id: UUID, session: Session, actor: Manager) -> list[HistoryEntry]:
    return await review.application_history(session, actor=actor, application_id=application_id)


@managers.get("/{application_id}/attachments/{attachment_id}", summary="附件内容", response_class=Response)
async def read_application_file(
    application_id: UUID, attachment_id: UUID, session: Session, runtime: RuntimeOf, actor: Manager
) -> Response:
    file = await review.get_file(session, actor=actor, application_id=application_id, attachment_id=attachment_id)
    return await shown_attachment(session, runtime.storage, file, actor)
