"""The HTTP face of 从事科室 and 职务 for the administration, which keeps them (AUTH-31); forms read them with
``/personnel-dictionaries``."""

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.personnel import dictionary_service as service
from services.training.people.personnel.dictionary_schemas import (
    DepartmentCreate,
    DepartmentDetail,
    DepartmentUpdate,
    DutyCreate,
    DutyDetail,
    DutyUpdate,
)
from services.training.people.personnel.dictionary_service import DEPARTMENTS, DUTIES
from shared.app import api_router
from shared.identity import Actor
from shared.services import Service
from shared.web.dictionaries import Code, Keeper, add_entry_routes
from shared.web.lists import ExpectedVersion, tagged
from shared.web.route import Session

departments_router = api_router(Service.TRAINING, "departments", DEPARTMENTS.dictionary.label)
duties_router = api_router(Service.TRAINING, "duties", DUTIES.dictionary.label)
routers = (departments_router, duties_router)


async def _department(session: AsyncSession, actor: Actor, code: str) -> DepartmentDetail:
    return await service.read_entry(session, DEPARTMENTS, actor, code)


async def _duty(session: AsyncSession, actor: Actor, code: str) -> DutyDetail:
    return await service.read_entry(session, DUTIES, actor, code)


add_entry_routes(departments_router, DEPARTMENTS.dictionary, _department, DepartmentDetail)
add_entry_routes(duties_router, DUTIES.dictionary, _duty, DutyDetail)


@departments_router.get("", summary="全部从事科室")
async def list_departments(session: Session, _actor: Keeper) -> list[DepartmentDetail]:
    return await service.list_entries(session, DEPARTMENTS)


@departments_router.post("", status_code=201, summary="新增从事科室")
async def create_department(
    body: DepartmentCreate, session: Session, response: Response, actor: Keeper
) -> DepartmentDetail:
    made = await service.create_entry(session, DEPARTMENTS, actor=actor, body=body)
    return tagged(response, made, at=f"/api/training/departments/{made.code}")


@departments_router.patch("/{code}", summary="修改从事科室")
async def change_department(
    code: Code, body: DepartmentUpdate, session: Session, response: Response, actor: Keeper, expected: ExpectedVersion
) -> DepartmentDetail:
    changed = await service.change_entry(session, DEPARTMENTS, actor=actor, code=code, body=body, expected=expected)
    return tagged(response, changed)


@duties_router.get("", summary="全部职务")
async def list_duties(session: Session, _actor: Keeper) -> list[DutyDetail]:
    return await service.list_entries(session, DUTIES)


@duties_router.post("", status_code=201, summary="新增职务")
async def create_duty(body: DutyCreate, session: Session, response: Response, actor: Keeper) -> DutyDetail:
    made = await service.create_entry(session, DUTIES, actor=actor, body=body)
    return tagged(response, made, at=f"/api/training/duties/{made.code}")


@duties_router.patch("/{code}", summary="修改职务")
async def change_duty(
    code: Code, body: DutyUpdate, session: Session, response: Response, actor: Keeper, expected: ExpectedVersion
) -> DutyDetail:
    changed = await service.change_entry(session, DUTIES, actor=actor, code=code, body=body, expected=expected)
    return tagged(response, changed)
