"""代审 over HTTP."""

from typing import Annotated
from uuid import UUID

from services.declaration.stand_ins import service
from services.declaration.stand_ins.schemas import StandInCreate, StandInRead
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.route import Session

router = api_router(Service.DECLARATION, "stand-ins", "代审")
Superior = Annotated[Actor, caller(Permission.DECLARATION_OVERSIGHT)]
Reader = Annotated[Actor, caller(Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT)]


@router.get("", summary="由市级代审的区县与期限")
async def list_stand_ins(session: Session, actor: Reader) -> list[StandInRead]:
    return await service.list_stand_ins(session, actor=actor)


@router.post("", status_code=201, summary="指定市级在一段时间内代审一个区县")
async def order_stand_in(body: StandInCreate, session: Session, actor: Superior) -> StandInRead:
    return await service.order_stand_in(session, actor=actor, body=body)


@router.post("/{stand_in_id}/end", summary="提前结束代审")
async def end_stand_in(stand_in_id: UUID, session: Session, actor: Superior) -> StandInRead:
    return await service.end_stand_in(session, actor=actor, stand_in_id=stand_in_id)
