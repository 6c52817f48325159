"""The HTTP face of number patterns, for the province's centre, which keeps them."""

from typing import Annotated

from fastapi import Path, Response

from services.certificates.patterns import service
from services.certificates.patterns.schemas import (
    NumberPatternCreate,
    NumberPatternRead,
    NumberPatternTry,
    NumberPatternUpdate,
    NumberPreview,
)
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.histories import HistoryEntry
from shared.web.lists import ExpectedVersion, tagged
from shared.web.route import Session

router = api_router(Service.CERTIFICATES, "number-patterns", "证书编号规则")
Keeper = Annotated[Actor, caller(Permission.CERTIFICATE_MANAGEMENT, Permission.ADMINISTRATION)]
PlanType = Annotated[
    str, Path(pattern=r"^[a-z0-9_*]{1,40}$", max_length=40, description="培训班类型代码，* 为通用规则")
]


@router.get("", summary="全部编号规则")
async def list_number_patterns(session: Session, actor: Keeper) -> list[NumberPatternRead]:
    return await service.list_patterns(session)


@router.post("", status_code=201, summary="为培训班类型新增编号规则")
async def create_number_pattern(
    body: NumberPatternCreate, session: Session, response: Response, actor: Keeper
) -> NumberPatternRead:
    made = await service.create_pattern(session, actor=actor, body=body)
    return tagged(response, made, at=f"/api/certificates/number-patterns/{made.plan_type}")


@router.post("/preview", summary="试算编号，不保存")
async def preview_number_pattern(body: NumberPatternTry, session: Session, actor: Keeper) -> NumberPreview:
    return await service.preview_pattern(session, body)


@router.get("/{plan_type}", summary="一条编号规则")
async def read_number_pattern(
    plan_type: PlanType, session: Session, response: Response, actor: Keeper
) -> NumberPatternRead:
    return tagged(response, await service.read_pattern(session, plan_type))


@router.patch("/{plan_type}", summary="修改编号规则")
async def change_number_pattern(
    plan_type: PlanType,
    body: NumberPatternUpdate,
    session: Session,
    response: Response,
    actor: Keeper,
    expected: ExpectedVersion,
) -> NumberPatternRead:
    changed = await service.change_pattern(
        session, actor=actor, plan_type=plan_type, body=body, expected_version=expected
    )
    return tagged(response, changed)


@router.delete("/{plan_type}", status_code=204, summary="删除编号规则，此后按通用规则编号")
async def delete_number_pattern(
    plan_type: PlanType, session: Session, actor: Keeper, expected: ExpectedVersion
) -> None:
    await service.delete_pattern(session, actor=actor, plan_type=plan_type, expected_version=expected)


@router.get("/{plan_type}/history", summary="编号规则的变更记录")
async def read_number_pattern_history(plan_type: PlanType, session: Session, actor: Keeper) -> list[HistoryEntry]:
    return await service.pattern_history(session, actor=actor, plan_type=plan_type)
