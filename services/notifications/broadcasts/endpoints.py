"""群发 over HTTP, for offices that may (``Permission.MASS_NOTICE``); each sees its own."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.notifications.broadcasts import service
from services.notifications.broadcasts.filters import BroadcastFilter
from services.notifications.broadcasts.schemas import (
    BroadcastListItem,
    BroadcastRead,
    BroadcastWrite,
    PlanChoice,
    RecipientItem,
)
from services.notifications.broadcasts.workflow import BROADCAST
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.histories import HistoryEntry
from shared.web.lists import ExpectedVersion, PageOf, tagged
from shared.web.route import Session

router = api_router(Service.NOTIFICATIONS, "broadcasts", "群发")
Sender = Annotated[Actor, caller(Permission.MASS_NOTICE)]


@router.get("", summary="本机构的群发通知")
async def list_broadcasts(
    session: Session, actor: Sender, page: PageOf, wanted: Annotated[BroadcastFilter, Query()]
) -> Page[BroadcastListItem]:
    return await service.list_broadcasts(session, actor=actor, wanted=wanted, page=page)


@router.post("", status_code=201, summary="起草群发通知")
async def create_broadcast(body: BroadcastWrite, session: Session, response: Response, actor: Sender) -> BroadcastRead:
    made = await service.create_broadcast(session, actor=actor, body=body)
    return tagged(response, made, at=f"/api/notifications/broadcasts/{made.id}")


@router.get("/plans", summary="可按其选择收件单位的培训计划")
async def list_broadcast_plans(session: Session, actor: Sender) -> list[PlanChoice]:
    return await service.list_plans(session)


@router.get("/{broadcast_id}", summary="群发通知、收件人数和进度")
async def read_broadcast(broadcast_id: UUID, session: Session, response: Response, actor: Sender) -> BroadcastRead:
    return tagged(response, await service.read_broadcast(session, actor=actor, broadcast_id=broadcast_id))


@router.patch("/{broadcast_id}", summary="修改群发通知的草稿")
async def change_broadcast(
    broadcast_id: UUID,
    body: BroadcastWrite,
    session: Session,
    response: Response,
    actor: Sender,
    expected: ExpectedVersion,
) -> BroadcastRead:
    changed = await service.change_broadcast(
        session, actor=actor, broadcast_id=broadcast_id, body=body, expected=expected
    )
    return tagged(response, changed)


@router.post("/{broadcast_id}/remove", status_code=204, summary="删除群发通知的草稿")
async def remove_broadcast(broadcast_id: UUID, session: Session, actor: Sender) -> None:
    await service.remove_broadcast(session, actor=actor, broadcast_id=broadcast_id)


@router.get("/{broadcast_id}/recipients", summary="群发通知的收件人")
async def list_broadcast_recipients(
    broadcast_id: UUID, session: Session, actor: Sender, page: PageOf
) -> Page[RecipientItem]:
    return await service.list_recipients(session, actor=actor, broadcast_id=broadcast_id, page=page)


@router.get("/{broadcast_id}/history", summary="群发通知的办理记录")
async def broadcast_history(broadcast_id: UUID, session: Session, actor: Sender) -> list[HistoryEntry]:
    return await service.broadcast_history(session, actor=actor, broadcast_id=broadcast_id)


add_action_routes(router, BROADCAST, service.act_on_broadcast, BroadcastRead)
