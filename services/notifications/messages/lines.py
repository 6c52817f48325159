"""The inbox by lines (portal-pages 5.1): the messages of one day about the same thing are one line, whatever their number."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.kinds import COUNT, MessageKind
from services.notifications.messages import line_repository
from services.notifications.messages.line_repository import Line
from services.notifications.messages.models import Message
from services.notifications.messages.repository import require_message
from services.notifications.messages.schemas import MessageLine
from shared.db.paging import Page, PageRequest
from shared.identity import Actor
from shared.web.lists import page_of


async def lines_page(
    session: AsyncSession, *, actor: Actor, unread: bool | None, kinds: Sequence[MessageKind], page: PageRequest
) -> Page[MessageLine]:
    """The newest first."""
    return page_of(await line_repository.list_lines(session, actor, unread=unread, kinds=kinds, page=page), _read)


def _read(line: Line) -> MessageLine:
    if line.count == 1:
        return MessageLine.of(line)
    title = line.fold_title.replace(COUNT, str(line.count))
    return MessageLine.of(line, title=title, body="", link=line.fold_link)


async def messages_of_line(session: AsyncSession, *, actor: Actor, message_id: UUID) -> Sequence[Message]:
    """The message and those of its line, the newest first. Raises ``NotFound`` for another's."""
    message = await require_message(session, actor, message_id)
    return await line_repository.messages_of(session, actor, message)


async def mark_line_read(session: AsyncSession, *, actor: Actor, message_id: UUID) -> int:
    """Marks the message and those of its line; returns how many were unread. Raises ``NotFound`` for another's."""
    return await line_repository.mark_read(session, actor, await require_message(session, actor, message_id))
