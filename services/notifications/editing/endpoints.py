"""消息模板 over HTTP, for the administration of the platform (AUTH-31)."""

from typing import Annotated

from fastapi import Path, Response

from services.notifications.editing import service
from services.notifications.editing.schemas import (
    MessageTemplateItem,
    MessageTemplateRead,
    WordsChange,
    WordsPreview,
    WordsRead,
)
from services.notifications.kinds import MessageKind
from services.notifications.templates.workflow import Place
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.histories import HistoryEntry
from shared.web.lists import ExpectedVersion, tagged
from shared.web.route import Session

router = api_router(Service.NOTIFICATIONS, "message-templates", "消息模板")
Keeper = Annotated[Actor, caller(Permission.ADMINISTRATION)]
Kind = Annotated[MessageKind, Path(description="消息类型")]
At = Annotated[Place, Path(description="位置：消息中心、短信或邮件")]


@router.get("", summary="全部消息模板")
async def list_message_templates(session: Session, actor: Keeper) -> list[MessageTemplateItem]:
    return await service.list_templates(session)


@router.get("/{kind}", summary="一类消息的模板、可替换的内容和预览")
async def read_message_template(kind: Kind, session: Session, actor: Keeper) -> MessageTemplateRead:
    return await service.read_template(session, kind)


@router.get("/{kind}/history", summary="消息模板的变更记录")
async def message_template_history(kind: Kind, session: Session, actor: Keeper) -> list[HistoryEntry]:
    return await service.template_history(session, actor=actor, kind=kind)


@router.post("/{kind}/{place}/preview", summary="以示例预览消息模板")
async def preview_message_template(kind: Kind, place: At, body: WordsChange, actor: Keeper) -> WordsPreview:
    return service.preview(kind, place, body)


@router.put("/{kind}/{place}", summary="修改消息模板，保存为新的版本")
async def change_message_template(
    kind: Kind,
    place: At,
    body: WordsChange,
    session: Session,
    response: Response,
    actor: Keeper,
    expected: ExpectedVersion,
) -> WordsRead:
    changed = await service.change_words(session, actor=actor, kind=kind, place=place, body=body, expected=expected)
    return tagged(response, changed)


@router.post("/{kind}/{place}/restore", summary="恢复默认的消息模板")
async def restore_message_template(
    kind: Kind, place: At, session: Session, response: Response, actor: Keeper, expected: ExpectedVersion
) -> WordsRead:
    return tagged(
        response, await service.restore_words(session, actor=actor, kind=kind, place=place, expected=expected)
    )
