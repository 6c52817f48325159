"""Queries of the inbox. A message is its account's alone: not even colleagues of the same organisation see it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.kinds import MessageKind
from services.notifications.messages.models import Message
from shared.db.paging import PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identity import Actor


def visible_to(actor: Actor) -> Select[Message]:
    return select(Message).where(Message.account_id == actor.account_id)


def narrowed(actor: Actor, *, unread: bool | None, kinds: Sequence[MessageKind]) -> Select[Message]:
    """The actor's messages; ``unread`` None means all, and no ``kinds`` every kind."""
    statement = visible_to(actor)
    if unread is not None:
        statement = statement.where(Message.read_at.is_(None) if unread else Message.read_at.is_not(None))
    return statement.where(Message.kind.in_(kinds)) if kinds else statement


async def list_messages(
    session: AsyncSession, actor: Actor, *, unread: bool | None, kinds: Sequence[MessageKind], page: PageRequest
) -> Rows[Message]:
    """The actor's messages, newest first."""
    statement = narrowed(actor, unread=unread, kinds=kinds)
    columns = {"id": Message.id, "created_at": Message.created_at}
    return await fetch_page(session, statement, columns=columns, default_sort="-created_at,-id", page=page)


async def require_message(session: AsyncSession, actor: Actor, message_id: UUID) -> Message:
    """The actor's own message; raises ``NotFound`` for any other."""
    message = await session.scalar(visible_to(actor).where(Message.id == message_id))
    if message is None:
        raise NotFound
    return message


async def count_unread(session: AsyncSession, actor: Actor) -> int:
    """How many messages the actor has not read."""
    unread = visible_to(actor).where(Message.read_at.is_(None)).with_only_columns(func.count())
    return await session.scalar(unread) or 0


async def mark_read(session: AsyncSession, actor: Actor, message_id: UUID | None) -> int:
    """Marks one message, or (None) all, of the actor's unread ones. Returns how many were unread; the first reading counts."""
    statement = update(Message).where(Message.account_id == actor.account_id, Message.read_at.is_(None))
    if message_id is not None:
        statement = statement.where(Message.id == message_id)
    marked = await session.scalars(statement.values(read_at=func.now()).returning(Message.id))
    return len(marked.all())


async def add(session: AsyncSession, rows: Sequence[dict[str, object]]) -> Sequence[Message]:
    """Inserts messages and returns those that were not there already."""
    statement = insert(Message).on_conflict_do_nothing(index_elements=[Message.source_event_id, Message.account_id])
    return (await session.scalars(statement.returning(Message), rows)).all()
