"""Queries of caught messages."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.catcher.models import CaughtMessage, address_index
from services.notifications.kinds import Channel
from shared.identifiers import new_id


async def keep(session: AsyncSession, channel: Channel, key: str, *, address: str, subject: str, text: str) -> UUID:
    """Keeps a message once per ``key`` and returns the id of the one that is kept."""
    statement = insert(CaughtMessage).values(
        id=new_id(),
        channel=channel,
        key=key,
        address=address,
        address_index=address_index(address),
        subject=subject,
        text=text,
    )
    # Not DO NOTHING: the id of the message that is there already is wanted back.
    once = statement.on_conflict_do_update(
        index_elements=[CaughtMessage.channel, CaughtMessage.key], set_={"key": statement.excluded.key}
    )
    return (await session.scalars(once.returning(CaughtMessage.id))).one()


async def list_caught(
    session: AsyncSession, *, address: str, contains: str, after: UUID | datetime | None, limit: int
) -> Sequence[CaughtMessage]:
    """The newest first; empty filters let everything through. ``after`` is an id already seen, or a time."""
    statement = select(CaughtMessage)
    if address:
        statement = statement.where(CaughtMessage.address_index == address_index(address))
    if contains:
        whole = CaughtMessage.subject + "\n" + CaughtMessage.text
        statement = statement.where(func.strpos(whole, contains) > 0)
    if isinstance(after, UUID):
        statement = statement.where(CaughtMessage.id > after)
    elif after is not None:
        statement = statement.where(CaughtMessage.received_at > after)
    statement = statement.order_by(CaughtMessage.received_at.desc(), CaughtMessage.id.desc()).limit(limit)
    return (await session.scalars(statement)).all()
