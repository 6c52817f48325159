"""发送记录 over HTTP (STAFF-06, BEY-12), for officials: of units of their region, about their own field; all for the administration."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from services.notifications.deliveries.workflow import DELIVERY, OVERSEERS
from services.notifications.oversight import scope, service
from services.notifications.oversight.filters import DeliveryFilter, UnreachedFilter
from services.notifications.oversight.schemas import (
    DeliveryBatch,
    DeliveryListItem,
    DeliveryRead,
    DeliveryResults,
    DeliveryScope,
    UnreachedItem,
)
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.histories import HistoryEntry
from shared.web.lists import PageOf
from shared.web.route import MAY_BE_LATE, Session

router = api_router(Service.NOTIFICATIONS, "deliveries", "发送记录")
unreached_router = api_router(Service.NOTIFICATIONS, "unreached", "发送记录")
DeliveryId = Annotated[UUID, Path(description="发送记录的编号")]
Overseer = Annotated[Actor, caller(*sorted(OVERSEERS))]


@router.get("", summary="发送记录：谁收到、谁没有收到、为什么", dependencies=[MAY_BE_LATE])
async def list_deliveries(
    session: Session, actor: Overseer, page: PageOf, wanted: Annotated[DeliveryFilter, Query()]
) -> Page[DeliveryListItem]:
    return await service.list_deliveries(session, actor=actor, wanted=wanted, page=page)


@router.get("/scope", summary="发送记录中有谁的短信和邮件")
async def read_delivery_scope(actor: Overseer) -> DeliveryScope:
    return DeliveryScope(words=scope.words_of(actor))


@router.post("/send-again", summary="重新发送，一条或多条，逐条返回结果")
async def send_deliveries_again(body: DeliveryBatch, session: Session, actor: Overseer) -> DeliveryResults:
    return await service.send_again(session, actor=actor, body=body)


@router.get("/{delivery_id}", summary="一条发送记录")
async def read_delivery(delivery_id: DeliveryId, session: Session, actor: Overseer) -> DeliveryRead:
    return await service.read_delivery(session, actor=actor, delivery_id=delivery_id)


@router.get("/{delivery_id}/history", summary="发送记录的变更记录")
async def delivery_history(delivery_id: DeliveryId, session: Session, actor: Overseer) -> list[HistoryEntry]:
    return await service.delivery_history(session, actor=actor, delivery_id=delivery_id)


add_action_routes(router, DELIVERY, service.act_on_delivery, DeliveryRead)


@unreached_router.get("", summary="收不到短信或邮件的账号")
async def list_unreached(
    session: Session, actor: Overseer, page: PageOf, wanted: Annotated[UnreachedFilter, Query()]
) -> Page[UnreachedItem]:
    return await service.list_unreached(session, actor=actor, wanted=wanted, page=page)
