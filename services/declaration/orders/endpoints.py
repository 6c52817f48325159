"""复核指令 over HTTP: superiors give them, the office in charge answers (FAQ-D22)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.declaration.orders import service
from services.declaration.orders.filters import OrderFilter
from services.declaration.orders.schemas import OrderCreate, OrderRead
from services.declaration.orders.workflow import ORDER
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.histories import HistoryEntry, history_entries
from shared.web.lists import PageOf, tagged
from shared.web.route import Session

router = api_router(Service.DECLARATION, "review-orders", "复核指令")
Superior = Annotated[Actor, caller(Permission.DECLARATION_OVERSIGHT)]
Reader = Annotated[Actor, caller(Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT)]


@router.get("", summary="复核指令列表")
async def list_review_orders(
    session: Session, actor: Reader, page: PageOf, wanted: Annotated[OrderFilter, Query()]
) -> Page[OrderRead]:
    return await service.list_orders(session, actor=actor, wanted=wanted, page=page)


@router.post("", status_code=201, summary="下达复核指令")
async def give_review_order(body: OrderCreate, session: Session, actor: Superior, response: Response) -> OrderRead:
    order = await service.give_order(session, actor=actor, body=body)
    shown = await service.read_order(session, order, actor)
    return tagged(response, shown, at=f"/api/declaration/review-orders/{order.id}")


@router.get("/{order_id}", summary="复核指令")
async def read_review_order(order_id: UUID, session: Session, actor: Reader, response: Response) -> OrderRead:
    return tagged(response, await service.get_order(session, actor=actor, order_id=order_id))


@router.get("/{order_id}/history", summary="复核指令的办理记录")
async def read_review_order_history(order_id: UUID, session: Session, actor: Reader) -> list[HistoryEntry]:
    rows = await service.history_of_order(session, actor=actor, order_id=order_id)
    return history_entries(rows, actor, ORDER, {"create": "下达"})


add_action_routes(router, ORDER, service.act_on_order, OrderRead)
