"""The producer's side: the ``events`` table, written in the business transaction (PLAT-11) and read in an order that never skips a
slow transaction. Who reads it, and how far they are, is the business of ``shared.events.bookmarks``. What all have read goes after its
time, and the log says from where it begins since, so that nobody who comes late takes what is left for the whole (ADR 36).
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, select, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared import traces
from shared.db.base import KitBase
from shared.db.session import note_hint
from shared.db.types import TransactionId
from shared.events.base import Batch, Envelope, Event, Place
from shared.events.subscriptions import SUBSCRIPTIONS
from shared.identifiers import new_id
from shared.logging import correlation_id

BATCH_SIZE = 100
# In one migration of every service; never edited, a change is a V2 in a migration of its own. The log is kept for good, a key of its sealed
# parts is not: they may be sealed anew, and nothing else of an event may be changed.
SEALED_ANEW_DDL_V1 = (
    r"""
CREATE FUNCTION without_sealed(payload jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT regexp_replace(payload::text, '([0-9a-f]{8}\.)?gAAAA[A-Za-z0-9_\-]{90,}={0,2}', 'sealed', 'g')
$$""",
    """
CREATE FUNCTION only_sealed_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - 'payload' IS DISTINCT FROM to_jsonb(OLD) - 'payload'
     OR without_sealed(NEW.payload) IS DISTINCT FROM without_sealed(OLD.payload) THEN
    RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$""",
    "DROP TRIGGER events_append_only ON events",
    "CREATE TRIGGER events_append_only BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION only_sealed_anew()",
)
SEALED_ANEW_DDL_V1_BACK = (
    "DROP TRIGGER events_append_only ON events",
    "DROP FUNCTION only_sealed_anew, without_sealed",
    "CREATE TRIGGER events_append_only BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION append_only()",
)


# In one migration of every service; never edited.
LOG_BEGINNING_DDL_V1 = """
CREATE TABLE log_beginning (
  one boolean NOT NULL DEFAULT true CONSTRAINT pk_log_beginning PRIMARY KEY CONSTRAINT ck_log_beginning_one CHECK (one),
  transaction bigint NOT NULL,
  sequence bigint NOT NULL)"""


class LogBeginning(KitBase):
    """The place up to which events have gone; no row while the log is whole."""

    __tablename__ = "log_beginning"
    __table_args__ = (CheckConstraint("one", name="one"),)

    one: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    transaction: Mapped[int]
    sequence: Mapped[int]


class EventRow(KitBase):
    """One event. ``xid`` is the transaction that wrote it."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_xid_seq", "xid", "seq"), Index(None, "occurred_at"))

    seq: Mapped[int] = mapped_column(primary_key=True)
    xid: Mapped[str] = mapped_column(TransactionId(), server_default=text("pg_current_xact_id()"))
    id: Mapped[UUID] = mapped_column(unique=True)
    type: Mapped[str]
    occurred_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    correlation_id: Mapped[str]
    traceparent: Mapped[str | None] = mapped_column(default=traces.carried)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)


def record(session: AsyncSession, event: Event) -> None:
    """Writes ``event`` in the caller's transaction; its subscribers are told to look once that has committed."""
    session.add(
        EventRow(
            id=new_id(), type=event.type, correlation_id=correlation_id.get(), payload=event.model_dump(mode="json")
        )
    )
    for subscriber in SUBSCRIPTIONS.get(type(event), frozenset()):
        note_hint(session, f"{subscriber}.pull_events")


# Ordered by the column, not by a cast of the same name, so that the index serves it. Rows of transactions that still run, and of
# all that began after them, wait: a reader that has passed a place never finds an event behind it.
_READ = text("""
SELECT events.xid::text AS xid, seq, id, type, occurred_at, correlation_id, traceparent, payload FROM events
 WHERE (events.xid, seq) > (CAST(:transaction AS text)::xid8, :sequence)
   AND events.xid < pg_snapshot_xmin(pg_current_snapshot())
 ORDER BY events.xid, seq LIMIT :limit""")


async def read_after(session: AsyncSession, place: Place, limit: int = BATCH_SIZE) -> Batch:
    """The next events after ``place``, oldest first, at most ``limit``; none, and ``cut``, when some of them have gone."""
    begins = await beginning(session)
    if begins is not None and (place.transaction, place.sequence) < (begins.transaction, begins.sequence):
        return Batch(events=[], more=False, cut=True)
    parameters = {"transaction": str(place.transaction), "sequence": place.sequence, "limit": limit}
    rows = (await session.execute(_READ, parameters)).mappings().all()
    events = [
        Envelope(place=Place(transaction=int(row["xid"]), sequence=row["seq"]), **{k: row[k] for k in _FIELDS})
        for row in rows
    ]
    return Batch(events=events, more=len(events) == limit)


_FIELDS = ("id", "type", "occurred_at", "correlation_id", "traceparent", "payload")


async def beginning(session: AsyncSession) -> Place | None:
    """The place behind which the log begins; None while it is whole."""
    row = await session.scalar(select(LogBeginning))
    return Place(transaction=row.transaction, sequence=row.sequence) if row else None


# By their time, whose index ends where the young ones begin. The event at which a reader stands is kept: a backup looks for it.
_FORGET = text("""
DELETE FROM events WHERE seq IN (
  SELECT seq FROM events WHERE occurred_at < now() - :age AND (events.xid, seq) < (CAST(:transaction AS text)::xid8, :sequence)
   ORDER BY occurred_at LIMIT :limit)
RETURNING events.xid::text AS xid, seq""")


async def forget_read(session: AsyncSession, read: Place, age: timedelta, *, limit: int) -> int:
    """Takes away at most ``limit`` events before ``read``, which every reader has passed, that are older than ``age``, and moves the log's
    beginning behind them; how many."""
    parameters = {"age": age, "transaction": str(read.transaction), "sequence": read.sequence, "limit": limit}
    gone = [(int(xid), int(seq)) for xid, seq in await session.execute(_FORGET, parameters)]
    if gone:
        last = max(gone, default=(0, 0))
        before = await beginning(session) or Place()
        transaction, sequence = max(last, (before.transaction, before.sequence))
        values = {"transaction": transaction, "sequence": sequence}
        row = insert(LogBeginning).values(one=True, **values)
        await session.execute(row.on_conflict_do_update(index_elements=[LogBeginning.one], set_=values))
    return len(gone)
