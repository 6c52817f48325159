"""Routes of what a unit has pushed (消息推送, BEY-16): its own people's, whoever of them made it."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from services.notifications.hooks import service
from services.notifications.hooks.schemas import HookChange, HookCreate, HookMade, HookRead, Hooks, SendingRead
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.lists import PageOf
from shared.web.route import Session

router = api_router(Service.NOTIFICATIONS, "hooks", "消息推送")
Unit = Annotated[
    Actor, caller(Permission.INSTITUTION_FILING, Permission.GROUP_REGISTRATION, Permission.HAZARD_DECLARATION)
]
HookId = Annotated[UUID, Path(description="消息推送的编号")]
SendingId = Annotated[UUID, Path(description="推送记录的编号")]


@router.get("", summary="本单位的消息推送")
async def list_hooks(session: Session, actor: Unit) -> Hooks:
    return await service.list_hooks(session, actor=actor)


@router.post("", status_code=201, summary="添加消息推送")
async def create_hook(body: HookCreate, session: Session, actor: Unit) -> HookMade:
    return await service.make_hook(session, actor=actor, body=body)


@router.patch("/{hook_id}", summary="修改消息推送")
async def change_hook(hook_id: HookId, body: HookChange, session: Session, actor: Unit) -> HookRead:
    return await service.change_hook(session, actor=actor, hook_id=hook_id, body=body)


@router.post("/{hook_id}/renew-secret", summary="更换消息推送的签名密钥")
async def renew_hook_secret(hook_id: HookId, session: Session, actor: Unit) -> HookMade:
    return await service.renew_secret(session, actor=actor, hook_id=hook_id)


@router.post("/{hook_id}/remove", status_code=204, summary="删除消息推送及其推送记录")
async def remove_hook(hook_id: HookId, session: Session, actor: Unit) -> None:
    await service.delete_hook(session, actor=actor, hook_id=hook_id)


@router.post("/{hook_id}/stop", summary="停用消息推送")
async def stop_hook(hook_id: HookId, session: Session, actor: Unit) -> HookRead:
    return await service.stop_hook(session, actor=actor, hook_id=hook_id)


@router.post("/{hook_id}/start", summary="启用消息推送")
async def start_hook(hook_id: HookId, session: Session, actor: Unit) -> HookRead:
    return await service.start_hook(session, actor=actor, hook_id=hook_id)


@router.post("/{hook_id}/try", status_code=201, summary="试推送一条消息")
async def try_hook(hook_id: HookId, session: Session, actor: Unit) -> SendingRead:
    return await service.try_hook(session, actor=actor, hook_id=hook_id)


@router.get("/{hook_id}/sendings", summary="推送记录")
async def list_hook_sendings(hook_id: HookId, session: Session, actor: Unit, page: PageOf) -> Page[SendingRead]:
    return await service.sendings_page(session, actor=actor, hook_id=hook_id, page=page)


@router.post("/{hook_id}/sendings/{sending_id}/send-again", summary="重新推送")
async def send_hook_message_again(hook_id: HookId, sending_id: SendingId, session: Session, actor: Unit) -> SendingRead:
    return await service.send_again(session, actor=actor, hook_id=hook_id, sending_id=sending_id)
