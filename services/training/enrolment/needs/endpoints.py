"""The checklist of a new unit and the needs of a plan (FAQ-M1)."""

from typing import Annotated
from uuid import UUID

from services.training.enrolment.needs import service
from services.training.enrolment.needs.schemas import ChecklistStep, PersonNeed, PlanPublicationRead
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.route import Session

router = api_router(Service.TRAINING, "", "集体报名")
Planner = Annotated[Actor, caller(Permission.PLAN_MANAGEMENT)]
Unit = Annotated[Actor, caller(Permission.GROUP_REGISTRATION)]


@router.get("/first-steps", summary="首次使用：下一步做什么")
async def list_first_steps(session: Session, actor: Unit) -> list[ChecklistStep]:
    return await service.first_steps(session, actor)


@router.get("/plans/{plan_id}/needs", summary="本单位谁需要参加，初训还是复训")
async def list_plan_needs(plan_id: UUID, session: Session, actor: Unit) -> list[PersonNeed]:
    return await service.needs_of_plan(session, actor, plan_id)


@router.get("/plans/{plan_id}/publication", summary="发布前检查：会通知多少单位，谁到期应复训")
async def check_plan_publication(plan_id: UUID, session: Session, actor: Planner) -> PlanPublicationRead:
    return await service.check_publication(session, actor, plan_id)
