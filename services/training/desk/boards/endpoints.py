"""The HTTP face of the boards: the province's, also for who oversees a region of it, and a unit's (STAFF-12)."""

from typing import Annotated

from services.training.desk.boards import first_steps, service, unit_service
from services.training.desk.boards.schemas import ProvinceBoard, UnitBoard
from services.training.enrolment.needs.schemas import ChecklistStep
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.route import Session

router = api_router(Service.TRAINING, "boards", "看板")

Official = Annotated[Actor, caller(Permission.PROVINCE_REVIEW, Permission.TRAINING_OVERSIGHT)]
Organiser = Annotated[Actor, caller(Permission.PLAN_MANAGEMENT)]
Unit = Annotated[Actor, caller(Permission.GROUP_REGISTRATION)]


@router.get("/province", summary="看板：待办、各状态和各地区人数、席位")
async def read_province_board(session: Session, actor: Official) -> ProvinceBoard:
    return await service.province_board(session, actor=actor)


@router.get("/unit", summary="看板：本单位待办")
async def read_unit_board(session: Session, actor: Unit) -> UnitBoard:
    return await unit_service.unit_board(session, actor=actor)


@router.get("/first-steps", summary="首次办班：下一步做什么")
async def list_organiser_steps(session: Session, actor: Organiser) -> list[ChecklistStep]:
    return await first_steps.first_steps(session, actor=actor)
