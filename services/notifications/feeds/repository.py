"""Queries of subscribed calendars: an account's own, and whose an address is."""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.contacts.models import Account, Organisation
from services.notifications.feeds.models import CalendarFeed, FeedEntry
from shared.db.rows import named_rows


class Reader(NamedTuple):
    """Whose calendar an address shows."""

    account_id: UUID
    organisation_id: UUID
    permissions: list[str]


async def get_feed(session: AsyncSession, account_id: UUID) -> CalendarFeed | None:
    return await session.get(CalendarFeed, account_id)


async def lock_feed(session: AsyncSession, account_id: UUID) -> CalendarFeed | None:
    """The caller's until the transaction ends: two programs that read one address at once do not write over each other."""
    return await session.get(CalendarFeed, account_id, with_for_update=True)


async def keep_feed(session: AsyncSession, account_id: UUID, hashed: str) -> None:
    """The account's address from now on, in place of one before."""
    new = insert(CalendarFeed).values(account_id=account_id, token_hash=hashed)
    changed = {"token_hash": hashed, "made_at": func.now(), "used_at": None}
    await session.execute(new.on_conflict_do_update(index_elements=[CalendarFeed.account_id], set_=changed))


async def end_feed(session: AsyncSession, account_id: UUID) -> bool:
    """With all that was told there; False when there is none."""
    own = delete(CalendarFeed).where(CalendarFeed.account_id == account_id)
    return await session.scalar(own.returning(CalendarFeed.account_id)) is not None


async def reader_of(session: AsyncSession, hashed: str) -> Reader | None:
    """Nobody for an account, or an organisation, that may not be used any more."""
    closed = exists().where(Organisation.id == Account.organisation_id, Organisation.active.is_(False))
    found = (
        select(Account.id, Account.organisation_id, Account.permissions)
        .join(CalendarFeed, CalendarFeed.account_id == Account.id)
        .where(CalendarFeed.token_hash == hashed, Account.active, ~closed)
    )
    readers = await named_rows(session, found, Reader)
    return readers[0] if readers else None


async def touch(session: AsyncSession, account_id: UUID, every: timedelta) -> None:
    """Notes that it is in use."""
    due = or_(CalendarFeed.used_at.is_(None), CalendarFeed.used_at <= func.now() - every)
    used = update(CalendarFeed).where(CalendarFeed.account_id == account_id, due).values(used_at=func.now())
    await session.execute(used.execution_options(synchronize_session=False))


async def told_before(session: AsyncSession, account_id: UUID) -> Mapping[UUID, FeedEntry]:
    """What the account's calendar has shown, by uid."""
    rows = await session.scalars(select(FeedEntry).where(FeedEntry.account_id == account_id))
    return {row.uid: row for row in rows}


async def forget(session: AsyncSession, entry: FeedEntry) -> None:
    await session.delete(entry)
