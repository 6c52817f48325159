"""The HTTP face of the dictionaries behind plans, for the administration, which keeps them (AUTH-31); everybody
reads them with ``/plan-types``."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.training.plans import dictionaries
from services.training.plans.dictionary_actions import PLAN_TYPES, SPECIALTIES
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
from shared.web.dictionaries import Code, Keeper, add_entry_routes
from shared.web.lists import ExpectedVersion, tagged
from shared.web.route import Session

types_router = api_router(Service.TRAINING, "plan-types", "培训班类型")
specialties_router = api_router(Service.TRAINING, "specialties", "专业类别")
routers: tuple[APIRouter, ...] = (types_router, specialties_router)
Reader = Annotated[Actor, caller(Permission.PLAN_MANAGEMENT, Permission.ADMINISTRATION)]

add_entry_routes(types_router, PLAN_TYPES, dictionaries.read_type, PlanTypeDetail, Permission.PLAN_MANAGEMENT)
add_entry_routes(
    specialties_router, SPECIALTIES, dictionaries.read_specialty, SpecialtyDetail, Permission.PLAN_MANAGEMENT
)


@types_router.post("", status_code=201, summary="新增培训班类型")
async def create_plan_type(body: PlanTypeCreate, session: Session, response: Response, actor: Keeper) -> PlanTypeDetail:
    made = await dictionaries.create_type(session, actor=actor, body=body)
    return tagged(response, made, at=f"/api/training/plan-types/{made.code}")


@types_router.patch("/{code}", summary="修改培训班类型")
async def change_plan_type(
    code: Code, body: PlanTypeUpdate, session: Session, response: Response, actor: Keeper, expected: ExpectedVersion
) -> PlanTypeDetail:
    changed = await dictionaries.change_type(session, actor=actor, code=code, body=body, expected_version=expected)
    return tagged(response, changed)


@specialties_router.get("", summary="全部专业类别")
async def list_specialties(session: Session, actor: Reader) -> list[SpecialtyDetail]:
    return await dictionaries.list_specialties(session, actor)


@specialties_router.post("", status_code=201, summary="新增专业类别")
async def create_specialty(
    body: SpecialtyCreate, session: Session, response: Response, actor: Keeper
) -> SpecialtyDetail:
    made = await dictionaries.create_specialty(session, actor=actor, body=body)
    return tagged(response, made, at=f"/api/training/specialties/{made.code}")


@specialties_router.patch("/{code}", summary="修改专业类别")
async def change_specialty(
    code: Code, body: SpecialtyUpdate, session: Session, response: Response, actor: Keeper, expected: ExpectedVersion
) -> SpecialtyDetail:
    changed = await dictionaries.change_specialty(session, actor=actor, code=code, body=body, expected_version=expected)
    return tagged(response, changed)
