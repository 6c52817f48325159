"""Routes of 分班排课, for the province; other officials may read."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, Query, Response

from services.training.classes.class_sessions import form_service, reading, repository, service
from services.training.classes.class_sessions.form import form_definition
from services.training.classes.class_sessions.repository import ClassSessionFilter, ScheduleFilter
from services.training.classes.class_sessions.schemas import (
    ClassSessionCreate,
    ClassSessionRead,
    ClassSessionUpdate,
    ScheduleRead,
    schedule_read,
)
from services.training.classes.class_sessions.workflow import SCHEDULE
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.forms import RecordFormCheckRead, RecordFormRead
from shared.web.lists import ExpectedVersion, PageOf, page_of, tag
from shared.web.route import Session

Scheduler = Annotated[Actor, caller(Permission.CLASS_SCHEDULING)]
Reader = Annotated[Actor, caller(*repository.READERS)]


Wanted = Annotated[ClassSessionFilter, Query()]

router = api_router(Service.TRAINING, "class-sessions", "分班")
schedules = api_router(Service.TRAINING, "schedules", "分班排课")
add_action_routes(schedules, SCHEDULE, service.act_on_schedule, ScheduleRead)


@router.post("", status_code=201, summary="添加班次")
async def create_class_session(
    body: ClassSessionCreate, session: Session, response: Response, actor: Scheduler
) -> ClassSessionRead:
    row = await service.create_class_session(session, actor=actor, body=body)
    response.headers["Location"] = f"/api/training/class-sessions/{row.id}"
    tag(response, row.version)
    return await reading.shown(session, actor, row)


@router.get("", summary="班次列表")
async def list_class_sessions(session: Session, actor: Reader, page: PageOf, wanted: Wanted) -> Page[ClassSessionRead]:
    return await reading.read_page(session, actor=actor, wanted=wanted, page=page)


@router.get("/form-definition", summary="班次的栏目、选项与规则")
async def read_class_session_form(_actor: Scheduler) -> RecordFormRead:
    return form_definition()


@router.post("/check", summary="班次边填边查，不保存")
async def check_class_session(
    given: Annotated[dict[str, object], Body(max_length=100)], session: Session, _actor: Scheduler
) -> RecordFormCheckRead:
    return await form_service.check_form(session, given)


@router.get("/{class_session_id}", summary="班次详情")
async def get_class_session(
    class_session_id: UUID, session: Session, response: Response, actor: Reader
) -> ClassSessionRead:
    row = await repository.require_class_session(session, actor, class_session_id)
    tag(response, row.version)
    return await reading.shown(session, actor, row)


@router.patch("/{class_session_id}", summary="修改班次")
async def update_class_session(
    class_session_id: UUID,
    body: ClassSessionUpdate,
    session: Session,
    response: Response,
    actor: Scheduler,
    expected: ExpectedVersion,
) -> ClassSessionRead:
    row = await service.update_class_session(
        session, actor=actor, class_session_id=class_session_id, version=expected, body=body
    )
    tag(response, row.version)
    return await reading.shown(session, actor, row)


@router.delete("/{class_session_id}", status_code=204, summary="删除班次")
async def delete_class_session(class_session_id: UUID, session: Session, actor: Scheduler) -> None:
    await service.delete_class_session(session, actor=actor, class_session_id=class_session_id)


@schedules.get("", summary="分班排课列表")
async def list_schedules(
    session: Session, actor: Reader, page: PageOf, wanted: Annotated[ScheduleFilter, Query()]
) -> Page[ScheduleRead]:
    rows = await repository.list_schedules(session, actor, wanted, page)
    return page_of(rows, lambda row: schedule_read(row, actor))
