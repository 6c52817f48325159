"""Routes of 集体选班 for units: list, detail, candidates of a row, 确定, 查看, 提交 and 撤回. A selection is addressed by its plan."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.training.classes.selection import candidates, overview, placing, repository, service
from services.training.classes.selection.schemas import (
    CandidatesRead,
    Operation,
    PlacementsOfPlan,
    PlacementsPut,
    PlacementsRead,
    SelectionListItem,
    SelectionRead,
)
from services.training.classes.selection.workflow import SELECTION
from shared.app import api_router
from shared.clock import beijing_today, now_utc
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.lists import PageOf, page_of
from shared.web.route import Session

Unit = Annotated[Actor, caller(Permission.GROUP_REGISTRATION)]
Name = Annotated[str, Query(max_length=100)]

router = api_router(Service.TRAINING, "selections", "集体选班")
add_action_routes(router, SELECTION, service.act_on_selection, SelectionRead)


def _item(row: repository.PlanToSelect) -> SelectionListItem:
    plan, status, ends = row.plan, row.status, row.next_deadline
    return SelectionListItem.of(
        plan,
        plan_id=plan.id,
        class_session_count=row.sessions,
        capacity=row.capacity,
        selected=row.placed,
        status=status,
        operation=Operation.SELECT if status is SELECTION.initial else Operation.VIEW,
        next_deadline=ends,
        days_left=(ends - beijing_today(now_utc())).days if ends else None,
    )


@router.get("", summary="集体选班列表")
async def list_selections(
    session: Session, actor: Unit, page: PageOf, wanted: Annotated[repository.SelectionFilter, Query()]
) -> Page[SelectionListItem]:
    return page_of(await repository.list_selections(session, actor, wanted, page), _item)


@router.get("/{plan_id}", summary="选班详情")
async def get_selection(plan_id: UUID, session: Session, actor: Unit) -> SelectionRead:
    return await overview.read_selection(session, actor, plan_id)


@router.get("/{plan_id}/candidates", summary="可选班人员")
async def list_candidates(
    plan_id: UUID,
    session: Session,
    actor: Unit,
    class_session_id: UUID,
    specialty_code: Annotated[str, Query(max_length=50)],
    name: Name = "",
) -> CandidatesRead:
    return await candidates.read_candidates(session, actor, plan_id, class_session_id, specialty_code, name)


@router.put("/{plan_id}/placements", summary="确定选班人员")
async def put_placements(plan_id: UUID, body: PlacementsPut, session: Session, actor: Unit) -> PlacementsRead:
    return await placing.place_people(session, actor=actor, plan_id=plan_id, body=body)


@router.get("/{plan_id}/placements", summary="查看选班人员")
async def get_placements(plan_id: UUID, session: Session, actor: Unit) -> PlacementsOfPlan:
    return await overview.read_placements(session, actor, plan_id)
