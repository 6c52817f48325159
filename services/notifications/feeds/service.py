"""A calendar at a secret address, without a sign-in (BEY-03). It stands here because an address belongs to an account and shows what
several services know of its unit: each is asked for its days when a program reads, and what is remembered is which form of an event was
told last.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.feeds import repository
from services.notifications.feeds.models import FeedEntry
from services.notifications.feeds.repository import Reader
from services.notifications.feeds.schemas import CalendarFeedMade, CalendarFeedRead
from shared.clock import beijing_today, now_utc
from shared.errors import NotFound
from shared.ical import Edition, Entry
from shared.identity import Actor
from shared.settings import platform_settings
from shared.web.callers import token_hash

PATH = "/api/notifications/calendar.ics"
# A program that asks seldom still hears that an event was cancelled.
CANCELLED_FOR = timedelta(days=60)
_TOUCHED_EVERY = timedelta(hours=1)


class FeedUnknown(NotFound):
    code = "calendar_feed_unknown"
    detail = "该日历订阅地址不正确或已停用，请在“个人设置”中重新生成"


async def read_feed(session: AsyncSession, *, actor: Actor) -> CalendarFeedRead:
    """Whether the actor has an address, and whether anything reads it."""
    feed = await repository.get_feed(session, actor.account_id)
    return CalendarFeedRead(made_at=feed.made_at if feed else None, used_at=feed.used_at if feed else None)


async def make_feed(session: AsyncSession, *, actor: Actor) -> CalendarFeedMade:
    """A new address, which nobody sees again; one before ends."""
    key = secrets.token_urlsafe(32)
    await repository.keep_feed(session, actor.account_id, token_hash(key))
    address = f"{platform_settings().public_url.rstrip('/')}{PATH}?key={key}"
    return CalendarFeedMade(made_at=now_utc(), used_at=None, address=address)


async def end_feed(session: AsyncSession, *, actor: Actor) -> None:
    """Raises NotFound when there is none."""
    if not await repository.end_feed(session, actor.account_id):
        raise NotFound("没有日历订阅地址，不需要停用")


async def require_reader(session: AsyncSession, key: str) -> Reader:
    """Whose calendar the address shows. Raises FeedUnknown, also for an account that is disabled."""
    reader = await repository.reader_of(session, token_hash(key))
    if reader is None:
        raise FeedUnknown
    await repository.touch(session, reader.account_id, _TOUCHED_EVERY)
    return reader


async def settle(session: AsyncSession, account_id: UUID, entries: Iterable[Entry]) -> list[tuple[Entry, Edition]]:
    """What the calendar shows now: ``entries``, each in the form that it has reached, and what is no more as cancelled. Raises FeedUnknown
    when the address has ended meanwhile."""
    if await repository.lock_feed(session, account_id) is None:
        raise FeedUnknown
    now = now_utc().replace(microsecond=0)
    before = dict(await repository.told_before(session, account_id))
    shown = [
        _told(session, account_id, entry, before.pop(entry.uid, None), now)
        for entry in {entry.uid: entry for entry in entries}.values()
    ]
    for row in before.values():
        if _is_of_no_use(row, now):
            await repository.forget(session, row)
        else:
            shown.append(_cancelled(row, now))
    await session.flush()
    rows = sorted(shown, key=lambda row: (row.ends_on, row.uid))
    return [(Entry.model_validate(row.content), Edition(row.sequence, row.changed_at, row.cancelled)) for row in rows]


def _told(session: AsyncSession, account_id: UUID, entry: Entry, row: FeedEntry | None, now: datetime) -> FeedEntry:
    content = entry.model_dump(mode="json")
    if row is None:
        row = FeedEntry(account_id=account_id, uid=entry.uid, sequence=0, changed_at=now, cancelled=False)
        session.add(row)
    elif row.content != content or row.cancelled:
        row.sequence, row.changed_at, row.cancelled = row.sequence + 1, now, False
    row.content, row.ends_on = content, entry.ends_on
    return row


def _is_of_no_use(row: FeedEntry, now: datetime) -> bool:
    """It is over, or everybody has heard that it is cancelled."""
    return row.ends_on < beijing_today(now) or (row.cancelled and row.changed_at < now - CANCELLED_FOR)


def _cancelled(row: FeedEntry, now: datetime) -> FeedEntry:
    if not row.cancelled:
        row.sequence, row.changed_at, row.cancelled = row.sequence + 1, now, True
    return row
