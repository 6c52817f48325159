"""Whether a service keeps up with the events of others: logs it has fallen behind in, events that it has put aside. Services add
checks of their own in ``invariants.py``; here is what is the same for all.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import now_utc
from shared.db.session import Database
from shared.errors import Unavailable
from shared.events.bookmarks import Fetch, ParkedEvent, place_of
from shared.events.subscriptions import producers_for
from shared.findings import Finding
from shared.services import Service
from shared.workflow.definition import Labelled

LATE_AFTER = timedelta(minutes=1)


class EventCheck(Labelled):
    LATE_BOOKMARK = "late_bookmark", "其他服务的消息没有及时处理"
    PARKED_EVENT = "parked_event", "无法处理而搁置的消息"
    LOG_CUT = "log_cut", "其他服务的早期消息已按期清除，无法从头读取"


async def late_bookmarks(database: Database, service: Service, fetch: Fetch, now: datetime) -> list[Finding]:
    """Logs whose oldest unread event is older than a minute, and those of which what comes next has gone. A quiet log is never late; a
    producer that does not answer has its own alarm and counts as nothing here."""
    late = []
    for producer in producers_for(service):
        async with database.unit_of_work() as session:
            place = await place_of(session, producer)
        try:
            batch = await fetch(producer, place)
        except Unavailable:
            continue
        unread = batch.events
        if batch.cut:
            late.append(Finding(EventCheck.LOG_CUT, producer, now, f"{place.transaction}/{place.sequence}"))
        if unread and unread[0].occurred_at < now - LATE_AFTER:
            oldest = unread[0]
            late.append(Finding(EventCheck.LATE_BOOKMARK, producer, oldest.occurred_at, f"{oldest.type} {oldest.id}"))
    return late


async def parked_events(session: AsyncSession) -> list[Finding]:
    """Events that their handler refused for good, oldest first, at most a hundred."""
    rows = await session.scalars(
        select(ParkedEvent).where(ParkedEvent.parked_at.is_not(None)).order_by(ParkedEvent.parked_at).limit(100)
    )
    return [
        Finding(
            EventCheck.PARKED_EVENT, str(row.event_id), row.parked_at or row.last_tried_at, f"{row.type} {row.reason}"
        )
        for row in rows
    ]


async def check_events(database: Database, service: Service, fetch: Fetch) -> list[Finding]:
    """All checks of this module."""
    late = await late_bookmarks(database, service, fetch, now_utc())
    async with database.unit_of_work() as session:
        return [*late, *await parked_events(session)]
