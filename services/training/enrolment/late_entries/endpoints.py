"""The HTTP face of the requests to register late (补报申请, FAQ-M8)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.training.enrolment.late_entries import service
from services.training.enrolment.late_entries.schemas import LateEntryCreate, LateEntryRead
from services.training.enrolment.late_entries.workflow import LATE_ENTRY, LateEntryStatus
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.lists import PageOf
from shared.web.route import Session

router = api_router(Service.TRAINING, "late-entries", "补报申请")
Unit = Annotated[Actor, caller(Permission.GROUP_REGISTRATION)]
Reader = Annotated[Actor, caller(Permission.GROUP_REGISTRATION, Permission.PROVINCE_REVIEW)]

add_action_routes(router, LATE_ENTRY, service.act_on_late_entry, LateEntryRead)


@router.post("", status_code=201, summary="报名截止后申请补报")
async def request_late_entry(body: LateEntryCreate, session: Session, response: Response, actor: Unit) -> LateEntryRead:
    entry = await service.request_late_entry(session, actor=actor, body=body)
    response.headers["Location"] = f"/api/training/late-entries/{entry.id}"
    return entry


@router.get("", summary="补报申请列表")
async def list_late_entries(
    session: Session,
    actor: Reader,
    page: PageOf,
    plan_id: Annotated[UUID | None, Query(description="培训计划")] = None,
    status: Annotated[list[LateEntryStatus], Query(max_length=20, description="状态，可多选")] = [],  # noqa: B006  # FastAPI copies it
) -> Page[LateEntryRead]:
    return await service.late_entries_page(session, actor=actor, page=page, plan_id=plan_id, statuses=status)


@router.get("/{late_entry_id}", summary="补报申请")
async def read_late_entry(late_entry_id: UUID, session: Session, actor: Reader) -> LateEntryRead:
    return await service.read_late_entry(session, actor=actor, late_entry_id=late_entry_id)
