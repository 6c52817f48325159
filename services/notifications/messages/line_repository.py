"""Queries of the inbox by lines: the messages of one account, kind, day (Beijing) and key are one."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, String, case, cast, func, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.notifications.kinds import MessageKind
from services.notifications.messages.models import Message
from services.notifications.messages.repository import narrowed
from shared.clock import beijing_time
from shared.db.paging import PageRequest, Rows, fetch_page
from shared.identity import Actor

# What a line shows when it is opened; the list of messages has the rest.
OPENED = 200
_day = cast(func.timezone("Asia/Shanghai", Message.created_at), Date)
_key = case((Message.fold_key.is_(None), cast(Message.id, String)), else_=Message.fold_key)
_newest = (Message.created_at.desc(), Message.id.desc())


@dataclass(frozen=True)
class Line:
    """``title``, ``body`` and ``link`` are the newest message's, ``fold_…`` those of all of them."""

    id: UUID
    day: date
    kind: MessageKind
    title: str
    body: str
    link: str
    fold_title: str
    fold_link: str
    count: int
    unread: int
    created_at: datetime


async def list_lines(
    session: AsyncSession, actor: Actor, *, unread: bool | None, kinds: Sequence[MessageKind], page: PageRequest
) -> Rows[Line]:
    """The newest first."""
    texts = (Message.id, Message.title, Message.body, Message.link, Message.fold_title, Message.fold_link)
    lines = (
        narrowed(actor, unread=unread, kinds=kinds)
        .with_only_columns(
            *(_of_the_newest(each).label(each.key) for each in texts),
            _day.label("day"),
            Message.kind,
            func.count().label("count"),
            func.count().filter(Message.read_at.is_(None)).label("unread"),
            func.max(Message.created_at).label("created_at"),
        )
        .group_by(_day, Message.kind, _key)
        .subquery()
    )
    columns = {"id": lines.c.id, "created_at": lines.c.created_at}
    statement = select(*(lines.c[each.name] for each in fields(Line)))
    return await fetch_page(session, statement, columns=columns, default_sort="-created_at,-id", page=page, row=Line)


def _of_the_newest(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    found: ColumnElement[Any] = func.array_agg(aggregate_order_by(column, *_newest))[1]
    return found


async def messages_of(session: AsyncSession, actor: Actor, message: Message) -> Sequence[Message]:
    """The message and those of its line, the newest first."""
    found = select(Message).where(_in_line_of(message), Message.account_id == actor.account_id)
    return (await session.scalars(found.order_by(*_newest).limit(OPENED))).all()


async def mark_read(session: AsyncSession, actor: Actor, message: Message) -> int:
    """Marks the message and those of its line; returns how many were unread."""
    unread = update(Message).where(
        _in_line_of(message), Message.account_id == actor.account_id, Message.read_at.is_(None)
    )
    return len((await session.scalars(unread.values(read_at=func.now()).returning(Message.id))).all())


def _in_line_of(message: Message) -> ColumnElement[bool]:
    if message.fold_key is None:
        return Message.id == message.id
    same_thing = (Message.kind == message.kind) & (Message.fold_key == message.fold_key)
    return same_thing & (_day == beijing_time(message.created_at).date())
