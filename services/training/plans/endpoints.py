"""The HTTP face of training plans."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response

from services.training.plans import dictionary_endpoints as dictionaries
from services.training.plans import form_service, service
from services.training.plans.repository import PlanFilter
from services.training.plans.schemas import (
    PlanCreate,
    PlanListItem,
    PlanRead,
    PlanTypeRead,
    PlanUpdate,
)
from services.training.plans.workflow import PLAN
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.forms import RecordFormCheckRead, RecordFormRead
from shared.web.histories import HistoryEntry
from shared.web.lists import ExpectedVersion, PageOf, tagged
from shared.web.route import RuntimeOf, Session

types_router = api_router(Service.TRAINING, "plan-types", "培训班类型")
plans_router = api_router(Service.TRAINING, "plans", "培训计划")
routers: tuple[APIRouter, ...] = (types_router, *dictionaries.routers, plans_router)

Reader = Annotated[Actor, caller(Permission.GROUP_REGISTRATION, *service.STAFF)]
# Whoever keeps the types reads them, too.
TypeReader = Annotated[Actor, caller(Permission.GROUP_REGISTRATION, Permission.ADMINISTRATION, *service.STAFF)]
Planner = Annotated[Actor, caller(Permission.PLAN_MANAGEMENT)]

add_action_routes(plans_router, PLAN, service.act_on_plan, PlanRead)


@types_router.get("", summary="培训班类型及其专业类别")
async def list_plan_types(session: Session, actor: TypeReader) -> list[PlanTypeRead]:
    return await service.plan_types(session)


@plans_router.post("", status_code=201, summary="新建培训计划（草稿）")
async def create_plan(
    body: PlanCreate, session: Session, runtime: RuntimeOf, response: Response, actor: Planner
) -> PlanRead:
    plan = await service.create_plan(session, runtime.storage, actor=actor, body=body)
    return tagged(response, plan, at=f"/api/training/plans/{plan.id}")


@plans_router.get("", summary="培训计划列表")
async def list_plans(
    session: Session, actor: Reader, page: PageOf, wanted: Annotated[PlanFilter, Query()]
) -> Page[PlanListItem]:
    return await service.plans_page(session, actor=actor, page=page, wanted=wanted)


@plans_router.get("/form-definition", summary="培训计划的栏目、选项与规则")
async def read_plan_form(session: Session, _actor: Planner) -> RecordFormRead:
    return await form_service.read_definition(session)


@plans_router.post("/check", summary="培训计划边填边查，不保存")
async def check_plan(
    given: Annotated[dict[str, object], Body(max_length=100)], session: Session, _actor: Planner
) -> RecordFormCheckRead:
    return await form_service.check_form(session, given)


@plans_router.get("/{plan_id}", summary="培训计划详情")
async def read_plan(plan_id: UUID, session: Session, response: Response, actor: Reader) -> PlanRead:
    return tagged(response, await service.read_plan(session, actor=actor, plan_id=plan_id))


@plans_router.patch("/{plan_id}", summary="修改培训计划")
async def change_plan(
    plan_id: UUID, body: PlanUpdate, session: Session, response: Response, actor: Planner, expected: ExpectedVersion
) -> PlanRead:
    plan = await service.change_plan(session, actor=actor, plan_id=plan_id, body=body, expected_version=expected)
    return tagged(response, plan)


@plans_router.delete("/{plan_id}", status_code=204, summary="删除草稿")
async def delete_plan(plan_id: UUID, session: Session, actor: Planner) -> None:
    await service.delete_plan(session, actor=actor, plan_id=plan_id)


@plans_router.get("/{plan_id}/history", summary="培训计划的修改记录")
async def list_plan_changes(
    plan_id: UUID,
    session: Session,
    actor: Annotated[Actor, caller(Permission.PLAN_MANAGEMENT, Permission.TRAINING_OVERSIGHT)],
) -> list[HistoryEntry]:
    return await service.plan_history(session, actor=actor, plan_id=plan_id)
