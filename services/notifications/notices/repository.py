"""Queries of notices: one per event, and how far each has come."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.messages.models import Message
from services.notifications.notices.models import Notice
from shared.identifiers import new_id
from shared.tasks.retention import forget


async def add(session: AsyncSession, **values: object) -> None:
    """Writes a notice of an event, unless it is there already."""
    statement = insert(Notice).values(id=new_id(), **values)
    await session.execute(statement.on_conflict_do_nothing(index_elements=[Notice.source_event_id, Notice.kind]))


async def advance(session: AsyncSession, notice: Notice, to: UUID, *, lease_seconds: float) -> bool:
    """Notes how far the notice has been handed out and renews the lease; False when the claim is no longer ours."""
    moved = await session.scalar(
        update(Notice)
        .where(Notice.id == notice.id, Notice.attempts == notice.attempts, Notice.done_at.is_(None))
        .values(
            expanded_to=to,
            leased_until=func.now() + timedelta(seconds=lease_seconds),
        )
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    return moved is not None


async def forget_old(session: AsyncSession, age: timedelta) -> int:
    """Takes away notices older than ``age`` that were handed out and of which no message is left; how many."""
    left = select(Message.id).where(Message.notice_id == Notice.id).exists()
    return await forget(session, Notice.id, select(Notice.id).where(Notice.done_at.is_not(None), ~left), age)
