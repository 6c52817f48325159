"""Routes of 分班 before there are class sessions: demand and proposal, by plan."""

from typing import Annotated
from uuid import UUID

from services.training.classes.class_sessions import repository as class_sessions
from services.training.classes.planning import service
from services.training.classes.planning.schemas import DemandRead, ProposalAsked, ProposalRead
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.route import Session

Scheduler = Annotated[Actor, caller(Permission.CLASS_SCHEDULING)]
Reader = Annotated[Actor, caller(*class_sessions.READERS)]

router = api_router(Service.TRAINING, "class-planning", "分班测算")


@router.get("/{plan_id}/demand", summary="分班需求：各专业类别、培训类型的人数与名额")
async def read_demand(plan_id: UUID, session: Session, _actor: Reader) -> DemandRead:
    return await service.read_demand(session, plan_id)


@router.post("/{plan_id}/proposal", summary="分班建议：按未安排的人数、工作日测算，不保存")
async def propose_class_sessions(
    plan_id: UUID, body: ProposalAsked, session: Session, _actor: Scheduler
) -> ProposalRead:
    return await service.propose(session, plan_id, body)
