"""Routes of the inbox (消息中心): only one's own messages, whoever one is."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.notifications.kinds import MessageKind
from services.notifications.messages import lines, repository, service
from services.notifications.messages.schemas import MessageLine, MessageRead, MessagesMarked, MessageSummary
from shared.app import api_router
from shared.db.paging import Page
from shared.services import Service
from shared.web.callers import SignedIn
from shared.web.lists import PageOf, page_of
from shared.web.route import Session

router = api_router(Service.NOTIFICATIONS, "messages", "消息")


Unread = Annotated[bool | None, Query(description="true 只看未读，false 只看已读")]
Kinds = Annotated[list[MessageKind] | None, Query(max_length=20, description="消息类型，可多选")]


@router.get("", summary="我的消息")
async def list_messages(
    session: Session, actor: SignedIn, page: PageOf, unread: Unread = None, kind: Kinds = None
) -> Page[MessageRead]:
    rows = await repository.list_messages(session, actor, unread=unread, kinds=kind or [], page=page)
    return page_of(rows, MessageRead.of)


@router.get("/lines", summary="我的消息：同一天同一件事合并为一行")
async def list_message_lines(
    session: Session, actor: SignedIn, page: PageOf, unread: Unread = None, kind: Kinds = None
) -> Page[MessageLine]:
    return await lines.lines_page(session, actor=actor, unread=unread, kinds=kind or [], page=page)


@router.get("/summary", summary="未读消息数")
async def get_message_summary(session: Session, actor: SignedIn) -> MessageSummary:
    return MessageSummary(unread=await repository.count_unread(session, actor))


@router.post("/read-all", summary="全部标为已读")
async def mark_all_messages_read(session: Session, actor: SignedIn) -> MessagesMarked:
    return MessagesMarked(marked=await repository.mark_read(session, actor, None))


@router.get("/{message_id}", summary="查看消息")
async def get_message(message_id: UUID, session: Session, actor: SignedIn) -> MessageRead:
    return MessageRead.of(await repository.require_message(session, actor, message_id))


@router.post("/{message_id}/read", summary="标为已读")
async def mark_message_read(message_id: UUID, session: Session, actor: SignedIn) -> MessageRead:
    return MessageRead.of(await service.mark_message_read(session, actor=actor, message_id=message_id))


@router.get("/{message_id}/line", summary="同一行的各条消息")
async def list_messages_of_line(message_id: UUID, session: Session, actor: SignedIn) -> list[MessageRead]:
    return [MessageRead.of(each) for each in await lines.messages_of_line(session, actor=actor, message_id=message_id)]


@router.post("/{message_id}/read-line", summary="该行的消息全部标为已读")
async def mark_message_line_read(message_id: UUID, session: Session, actor: SignedIn) -> MessagesMarked:
    return MessagesMarked(marked=await lines.mark_line_read(session, actor=actor, message_id=message_id))
