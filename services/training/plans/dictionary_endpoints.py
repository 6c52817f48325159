"""The HTTP face of the dictionaries behind plans, for the administration, which keeps them (AUTH-31); everybody
reads them with ``/plan-types``."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.training.plans import dictionaries, dictionary_switching
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
from shared.web.histories import HistoryEntry
from shared.web.lists import ExpectedVersion, tagged
from shared.web.route import Session
from shared.workflow.definition import ActionBody

types_router = api_router(Service.TRAINING, "plan-types", "培训班类型")
specialties_router = api_router(Service.TRAINING, "specialties", "专业类别")
routers: tuple[APIRouter, ...] = (types_router, specialties_router)
Keeper = Annotated[Actor, caller(Permission.ADMINISTRATION)]
Reader = Annotated[Actor, caller(Permission.PLAN_MANAGEMENT, Permission.ADMINISTRATION)]
Code = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{1,39}$", max_length=40, description="代码")]


@types_router.post("", status_code=201, summary="新增培训班类型")
async def create_plan_type(body: PlanTypeCreate, session: Session, response: Response, actor: Keeper) -> PlanTypeDetail:
    made = await dictionaries.create_type(session, actor=actor, body=body)
    return tagged(response, made, at=f"/api/training/plan-types/{made.code}")


@types_router.get("/{code}", summary="一个培训班类型")
async def read_plan_type(code: Code, session: Session, response: Response, actor: Reader) -> PlanTypeDetail:
    return tagged(response, await dictionaries.read_type(session, actor, code))


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


@specialties_router.get("/{code}", summary="一个专业类别")
async def read_specialty(code: Code, session: Session, response: Response, actor: Reader) -> SpecialtyDetail:
    return tagged(response, await dictionaries.read_specialty(session, actor, code))


@specialties_router.patch("/{code}", summary="修改专业类别")
async def change_specialty(
    code: Code, body: SpecialtyUpdate, session: Session, response: Response, actor: Keeper, expected: ExpectedVersion
) -> SpecialtyDetail:
    changed = await dictionaries.change_specialty(session, actor=actor, code=code, body=body, expected_version=expected)
    return tagged(response, changed)


@types_router.post("/{code}/disable", summary="停用培训班类型")
async def disable_plan_type(
    code: Code, body: ActionBody, session: Session, response: Response, actor: Keeper
) -> PlanTypeDetail:
    entry = await dictionaries.require_type(session, code)
    await dictionary_switching.disable(session, actor=actor, entry=entry, reason=body.reason)
    return tagged(response, await dictionaries.read_type(session, actor, code))


@types_router.post("/{code}/enable", summary="启用培训班类型")
async def enable_plan_type(
    code: Code, body: ActionBody, session: Session, response: Response, actor: Keeper
) -> PlanTypeDetail:
    entry = await dictionaries.require_type(session, code)
    await dictionary_switching.enable(session, actor=actor, entry=entry, reason=body.reason)
    return tagged(response, await dictionaries.read_type(session, actor, code))


@types_router.delete("/{code}", status_code=204, summary="删除从未使用过的培训班类型")
async def delete_plan_type(code: Code, session: Session, actor: Keeper, expected: ExpectedVersion) -> None:
    entry = await dictionaries.require_type(session, code)
    await dictionary_switching.remove(session, actor=actor, entry=entry, expected_version=expected)


@types_router.get("/{code}/history", summary="培训班类型的变更记录")
async def plan_type_history(code: Code, session: Session, actor: Reader) -> list[HistoryEntry]:
    return await dictionary_switching.entry_history(
        session, actor=actor, entry=await dictionaries.require_type(session, code)
    )


@specialties_router.post("/{code}/disable", summary="停用专业类别")
async def disable_specialty(
    code: Code, body: ActionBody, session: Session, response: Response, actor: Keeper
) -> SpecialtyDetail:
    entry = await dictionaries.require_specialty(session, code)
    await dictionary_switching.disable(session, actor=actor, entry=entry, reason=body.reason)
    return tagged(response, await dictionaries.read_specialty(session, actor, code))


@specialties_router.post("/{code}/enable", summary="启用专业类别")
async def enable_specialty(
    code: Code, body: ActionBody, session: Session, response: Response, actor: Keeper
) -> SpecialtyDetail:
    entry = await dictionaries.require_specialty(session, code)
    await dictionary_switching.enable(session, actor=actor, entry=entry, reason=body.reason)
    return tagged(response, await dictionaries.read_specialty(session, actor, code))


@specialties_router.delete("/{code}", status_code=204, summary="删除从未使用过的专业类别")
async def delete_specialty(code: Code, session: Session, actor: Keeper, expected: ExpectedVersion) -> None:
    entry = await dictionaries.require_specialty(session, code)
    await dictionary_switching.remove(session, actor=actor, entry=entry, expected_version=expected)


@specialties_router.get("/{code}/history", summary="专业类别的变更记录")
async def specialty_history(code: Code, session: Session, actor: Reader) -> list[HistoryEntry]:
    return await dictionary_switching.entry_history(
        session, actor=actor, entry=await dictionaries.require_specialty(session, code)
    )
