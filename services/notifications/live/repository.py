"""What came into inboxes since a place, for all that are open in one statement. A place is the number of the transaction that wrote a
message and its id; as in the log of events, what still may be overtaken by an older transaction waits (ADR 11, 35).
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Integer, String, Uuid, cast, column, func, select, true, tuple_, values
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.kinds import MessageKind
from services.notifications.messages.models import Message
from shared.db.rows import named_rows
from shared.db.types import TransactionId

# Of one inbox at a look; the rest at the next.
MOST = 20
_PLACE = re.compile(r"(\d{1,19})-([0-9a-f]{32})")
_BEGINNING = UUID(int=0)


@dataclass(frozen=True)
class Place:
    """Behind it comes what is new; as text it travels as Last-Event-ID."""

    xid: int
    id: UUID = _BEGINNING

    def __str__(self) -> str:
        return f"{self.xid}-{self.id.hex}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """None for what is no place."""
        found = _PLACE.fullmatch(text)
        return cls(int(found[1]), UUID(found[2])) if found else None


class Arrived(NamedTuple):
    """A message that came into the inbox ``number``."""

    number: int
    xid: str
    id: UUID
    kind: MessageKind
    title: str
    body: str
    link: str
    created_at: datetime
    read_at: datetime | None


async def horizon(session: AsyncSession) -> Place:
    """Before what may still be written: everything that is not seen yet comes behind it."""
    oldest = cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), String)
    return Place(int(await session.scalar(select(oldest)) or 0))


async def arrived_since(session: AsyncSession, inboxes: Sequence[tuple[UUID, Place]]) -> list[Arrived]:
    """What came into each of these (account, place), in its order; ``number`` is the place in the list."""
    columns = column("number", Integer), column("account_id", Uuid), column("xid", String), column("id", Uuid)
    data = [(number, account_id, str(place.xid), place.id) for number, (account_id, place) in enumerate(inboxes)]
    asked = values(*columns, name="asked").data(data)
    fields = [getattr(Message, name) for name in Arrived._fields[2:]]
    place = tuple_(Message.xid, Message.id)
    new = (
        select(cast(Message.xid, String).label("xid"), *fields)
        .where(Message.account_id == asked.c.account_id)
        .where(place > tuple_(cast(asked.c.xid, TransactionId()), asked.c.id))
        .where(Message.xid < func.pg_snapshot_xmin(func.pg_current_snapshot()))
        .order_by(Message.xid, Message.id)
        .limit(MOST)
        .lateral("new")
    )
    found = (
        select(asked.c.number, *new.c)
        .join(new, true())
        .order_by(asked.c.number, cast(new.c.xid, TransactionId()), new.c.id)
    )
    return await named_rows(session, found, Arrived) if inboxes else []


async def unread_of(session: AsyncSession, account_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """How many each of these has not read; an account with none is not among them."""
    unread = Message.account_id.in_(account_ids), Message.read_at.is_(None)
    counted = select(Message.account_id, func.count()).where(*unread).group_by(Message.account_id)
    rows = await session.execute(counted) if account_ids else ()
    return {row[0]: row[1] for row in rows}
