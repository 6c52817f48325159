"""The subscriber's side: a bookmark per producer, moved in the same transaction as the effects of what was read, so that each event
acts once whatever is killed when (PLAT-11). An event that its handler refuses eight times is parked with the reason; the rest go on.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared import traces
from shared.db.base import KitBase
from shared.db.session import Database
from shared.events.base import Batch, Envelope, Event, Place
from shared.logging import correlation_id, get_logger
from shared.services import Service

Handler = Callable[[AsyncSession, Any], Awaitable[None]]
Handlers = Mapping[type[Event], Handler]
E = TypeVar("E", bound=Event)
Fetch = Callable[[Service, Place], Awaitable[Batch]]

PARK_AFTER = 8
# For handlers that need more than the event says: its id as a key, its time to tell old news from new.
handled: ContextVar[Envelope] = ContextVar("handled")
log = get_logger(__name__)


def on(event: type[E], handler: Callable[[AsyncSession, E], Awaitable[None]]) -> tuple[type[Event], Handler]:
    """A row of ``Handlers``; the handler takes this event."""
    return event, handler


class Bookmark(KitBase):
    """How far this service has read one producer's log."""

    __tablename__ = "bookmarks"

    producer: Mapped[str] = mapped_column(primary_key=True)
    transaction: Mapped[int] = mapped_column(default=0)
    sequence: Mapped[int] = mapped_column(default=0)
    moved_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class ParkedEvent(KitBase):
    """An event whose handler fails. Below ``PARK_AFTER`` attempts the log waits at it; from then on it lies here until let go."""

    __tablename__ = "parked_events"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    producer: Mapped[str]
    type: Mapped[str]
    envelope: Mapped[dict[str, Any]] = mapped_column(JSONB)
    attempts: Mapped[int]
    reason: Mapped[str]
    parked_at: Mapped[datetime | None]
    last_tried_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class _Refused(Exception):
    """A handler failed on ``envelope``; everything before it in the batch is done."""

    def __init__(self, envelope: Envelope, cause: Exception) -> None:
        super().__init__(str(cause))
        self.envelope, self.cause = envelope, cause


async def pull(
    database: Database, producer: Service, handlers: Handlers, fetch: Fetch, place: Place | None = None
) -> int:
    """Reads ``producer``'s log to its end, from ``place`` where the bookmark is known to stand, and lets ``handlers`` act. Returns how many
    events were passed. An unreachable producer raises ``Unavailable`` and counts as nothing."""
    by_type = {event.type: (event, handler) for event, handler in handlers.items()}
    passed = 0
    while True:
        if place is None:
            async with database.unit_of_work() as session:
                place = await place_of(session, producer)
        batch = await fetch(producer, place)
        if batch.cut:
            log.error("log_cut", producer=producer)
        if not batch.events:
            return passed
        try:
            moved = await _act(database, producer, place, batch.events, by_type)
        except _Refused as refused:
            log.warning("event_refused", type=refused.envelope.type, error=repr(refused.cause))
            if not await _give_way(database, producer, refused):
                return passed
            place = None
            continue
        passed += moved
        place = batch.events[-1].place
        if not batch.more or not moved:
            return passed


async def place_of(session: AsyncSession, producer: Service) -> Place:
    """How far this service has read ``producer``'s log."""
    found = await session.get(Bookmark, producer)
    return Place(transaction=found.transaction, sequence=found.sequence) if found else Place()


async def places_of(session: AsyncSession) -> dict[str, Place]:
    """``place_of`` for each producer of which something has been read."""
    rows = await session.execute(select(Bookmark.producer, Bookmark.transaction, Bookmark.sequence))
    return {row.producer: Place(transaction=row.transaction, sequence=row.sequence) for row in rows}


async def go_on_behind(session: AsyncSession, producer: Service, place: Place) -> None:
    """Puts the bookmark where the log begins: for whoever has been given in another way what came before."""
    values = {"transaction": place.transaction, "sequence": place.sequence}
    row = insert(Bookmark).values(producer=producer, **values)
    await session.execute(row.on_conflict_do_update(index_elements=[Bookmark.producer], set_=values))


async def _locked_bookmark(session: AsyncSession, producer: Service, place: Place) -> Bookmark | None:
    """The bookmark, if nobody else is reading this log now and it still stands at ``place``."""
    mine = await session.scalar(text("SELECT pg_try_advisory_xact_lock(hashtext(:name))"), {"name": f"pull:{producer}"})
    if not mine:
        return None
    standing = select(Bookmark).where(Bookmark.producer == producer).with_for_update()
    bookmark = (await session.scalars(standing)).one_or_none()
    if bookmark is None:
        await session.execute(insert(Bookmark).values(producer=producer).on_conflict_do_nothing())
        bookmark = (await session.scalars(standing)).one()
    return bookmark if (bookmark.transaction, bookmark.sequence) == (place.transaction, place.sequence) else None


async def _act(
    database: Database,
    producer: Service,
    place: Place,
    events: Sequence[Envelope],
    by_type: Mapping[str, tuple[type[Event], Handler]],
) -> int:
    """The effects of one batch and the bookmark behind it, in one transaction. A failing event ends the batch before itself."""
    refused: _Refused | None = None
    async with database.unit_of_work() as session:
        bookmark = await _locked_bookmark(session, producer, place)
        if bookmark is None:
            return 0
        done = 0
        try:
            # One savepoint for all is three times as fast as one each; only a batch with a bad event is gone through singly.
            async with session.begin_nested():
                for envelope in events:
                    await _handle(session, envelope, by_type)
            done = len(events)
        except Exception as error:
            log.info("batch_singly", producer=producer, error=repr(error))
            await session.refresh(bookmark)
            done, refused = await _singly(session, events, by_type)
        if done:
            last = events[done - 1].place
            bookmark.transaction, bookmark.sequence = last.transaction, last.sequence
    if refused:
        raise refused
    return done


async def _singly(
    session: AsyncSession, events: Sequence[Envelope], by_type: Mapping[str, tuple[type[Event], Handler]]
) -> tuple[int, _Refused | None]:
    for done, envelope in enumerate(events):
        try:
            async with session.begin_nested():
                await _handle(session, envelope, by_type)
        except Exception as error:
            return done, _Refused(envelope, error)
    return len(events), None


async def _handle(
    session: AsyncSession, envelope: Envelope, by_type: Mapping[str, tuple[type[Event], Handler]]
) -> None:
    if found := by_type.get(envelope.type):
        event, handler = found
        correlation_id.set(envelope.correlation_id)
        handled.set(envelope)
        with traces.follow(envelope.traceparent, f"handle {event.type}", event_id=str(envelope.id)):
            await handler(session, event.model_validate(envelope.payload))
            await session.flush()


async def _give_way(database: Database, producer: Service, refused: _Refused) -> bool:
    """Counts the refusal; True when the event is parked now and the log may go on behind it."""
    envelope = refused.envelope
    async with database.unit_of_work() as session:
        row = await session.get(ParkedEvent, envelope.id, with_for_update=True)
        if row is None:
            row = ParkedEvent(
                event_id=envelope.id,
                producer=producer,
                type=envelope.type,
                envelope=envelope.model_dump(mode="json"),
                attempts=0,
                reason="",
                parked_at=None,
            )
            session.add(row)
        row.attempts += 1
        row.reason = repr(refused.cause)[:2000]
        if row.attempts < PARK_AFTER:
            return False
        row.parked_at = await session.scalar(select(func.now()))
        bookmark = await session.get(Bookmark, producer, with_for_update=True)
        if bookmark is None:
            bookmark = Bookmark(producer=producer)
            session.add(bookmark)
        bookmark.transaction, bookmark.sequence = envelope.place.transaction, envelope.place.sequence
        log.error("event_parked", type=envelope.type, event_id=str(envelope.id))
        return True


async def let_go(database: Database, event_id: UUID, handlers: Handlers) -> None:
    """Tries a parked event once more and takes it off the list when its handler accepts it; otherwise raises what it raised."""
    by_type = {event.type: (event, handler) for event, handler in handlers.items()}
    async with database.unit_of_work() as session:
        row = await session.get_one(ParkedEvent, event_id, with_for_update=True)
        await _handle(session, Envelope.model_validate(row.envelope), by_type)
        await session.execute(delete(ParkedEvent).where(ParkedEvent.event_id == event_id))


async def forget_accepted(session: AsyncSession) -> None:
    """Notes of events that were refused less than ``PARK_AFTER`` times and have not been tried for a day: they were accepted since."""
    old = ParkedEvent.last_tried_at < func.now() - timedelta(days=1)
    await session.execute(delete(ParkedEvent).where(ParkedEvent.parked_at.is_(None), old))
