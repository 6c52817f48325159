"""Routes of 选班进度, by plan: for the province, and for whoever oversees a region, which reads its own units."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.training.classes.class_sessions import repository as class_sessions
from services.training.classes.progress import service
from services.training.classes.progress.filters import ProgressFilter
from services.training.classes.progress.schemas import ProgressRead, RemindersAsked, RemindersRead, UnitProgress
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.lists import PageOf
from shared.web.route import Session

Scheduler = Annotated[Actor, caller(Permission.CLASS_SCHEDULING)]
Reader = Annotated[Actor, caller(*class_sessions.READERS)]

router = api_router(Service.TRAINING, "selection-progress", "选班进度")


@router.get("/{plan_id}", summary="选班进度：培训计划")
async def read_selection_progress(plan_id: UUID, session: Session, actor: Reader) -> ProgressRead:
    return await service.read_progress(session, actor=actor, plan_id=plan_id)


@router.get("/{plan_id}/units", summary="选班进度：各单位")
async def list_selection_progress(
    plan_id: UUID, session: Session, actor: Reader, page: PageOf, wanted: Annotated[ProgressFilter, Query()]
) -> Page[UnitProgress]:
    return await service.list_units(session, actor=actor, plan_id=plan_id, wanted=wanted, page=page)


@router.post("/{plan_id}/reminders", summary="提醒单位选班")
async def remind_of_selection(plan_id: UUID, body: RemindersAsked, session: Session, actor: Scheduler) -> RemindersRead:
    return await service.remind(session, actor=actor, plan_id=plan_id, body=body)
