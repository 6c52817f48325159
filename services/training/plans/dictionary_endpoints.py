"""The HTTP face of the dictionaries behind plans, for those who keep them; everybody reads them with ``/plan-types``."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.training.plans import dictionaries
from services.training.plans.dictionary_schemas import (
    PlanTypeCreate,
    PlanTypeDetail,
    PlanTypeUpdate,
    SpecialtyCreate,
    SpecialtyDetail,
    SpecialtyUpdate,
)
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.lists import ExpectedVersion, tagged
from shared.web.route import Session

types_router = api_router(Service.TRAINING, "plan-types", "培训班类型")
specialties_router = api_router(Service.TRAINING, "specialties", "专业类别")
routers: tuple[APIRouter, ...] = (types_router, specialties_router)
Planner = Annotated[Actor, caller(Permission.PLAN_MANAGEMENT)]
Code = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{1,39}$", max_length=40, description="代码")]


@types_router.post("", status_code=201, summary="新增培训班类型")
async def create_plan_type(
    body: PlanTypeCreate, session: Session, response: Response, actor: Planner
) -> PlanTypeDetail:
    made = await dictionaries.create_type(session, actor=actor, body=body)
    return tagged(response, made, at=f"/api/training/plan-types/{made.code}")


@types_router.get("/{code}", summary="一个培训班类型")
async def read_plan_type(code: Code, session: Session, response: Response, actor: Planner) -> PlanTypeDetail:
    return tagged(response, await dictionaries.read_type(session, code))


@types_router.patch("/{code}", summary="修改培训班类型")
async def change_plan_type(
    code: Code, body: PlanTypeUpdate, session: Session, response: Response, actor: Planner, expected: ExpectedVersion
) -> PlanTypeDetail:
    changed = await dictionaries.change_type(session, actor=actor, code=code, body=body, expected_version=expected)
    return tagged(response, changed)


@specialties_router.get("", summary="全部专业类别")
async def list_specialties(session: Session, actor: Planner) -> list[SpecialtyDetail]:
    return await dictionaries.list_specialties(session)


@specialties_router.post("", status_code=201, summary="新增专业类别")
async def create_specialty(
    body: SpecialtyCreate, session: Session, response: Response, actor: Planner
) -> SpecialtyDetail:
    made = await dictionaries.create_specialty(session, actor=actor, body=body)
    return tagged(response, made, at=f"/api/training/specialties/{made.code}")


@specialties_router.get("/{code}", summary="一个专业类别")
async def read_specialty(code: Code, session: Session, response: Response, actor: Planner) -> SpecialtyDetail:
    return tagged(response, await dictionaries.read_specialty(session, code))


@specialties_router.patch("/{code}", summary="修改专业类别")
async def change_specialty(
    code: Code, body: SpecialtyUpdate, session: Session, response: Response, actor: Planner, expected: ExpectedVersion
) -> SpecialtyDetail:
    changed = await dictionaries.change_specialty(session, actor=actor, code=code, body=body, expected_version=expected)
    return tagged(response, changed)
