"""Whose turn it is in the queue of a class session, and whose is over (BEY-02). Read from rows alone: counters, seats and entries."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.training.classes.class_sessions.models import ClassSession, Schedule, SessionSpecialty
from services.training.classes.class_sessions.workflow import ScheduleStatus
from services.training.classes.seats.models import Placement
from services.training.classes.waiting.models import WaitingEntry
from services.training.classes.waiting.workflow import WaitingStatus
from shared.clock import beijing_today

# Whether the free places of the session ``c`` and of its row ``r`` hold the group of the entry ``e`` as a whole: who sits in the session
# already needs no seat (X11), but a place of the specialty each. Text, because a click is one statement that is written as text; and no
# view, because there ``c`` is the row that the click has just locked, which a view would read as it was before.
_FITS = """
  coalesce(r.taken + e.size <= r.places, true) AND c.taken + e.size <= c.capacity + (
    SELECT count(*) FROM waiting_people AS w JOIN seats AS s USING (registration_id)
     WHERE w.entry_id = e.id AND s.class_session_id = c.id)"""
# That somebody queues for a place that is free in the session ``c``, which is then not for others (BEY-02). An entry whose specialty the
# session does not teach any more holds up nobody.
SOMEBODY_FITS = f"""EXISTS (
  SELECT FROM waiting_entries AS e JOIN session_specialties AS r USING (class_session_id, specialty_code)
   WHERE e.class_session_id = c.id AND e.status = 'waiting' AND {_FITS})"""
_ENTRY, _SESSION, _ROW = (
    aliased(WaitingEntry, name="e"),
    aliased(ClassSession, name="c"),
    aliased(SessionSpecialty, name="r"),
)


def _waiting(now: datetime) -> Select[Any]:
    """Entries that fit in a session whose selection is open. One whose specialty the session does not teach any more counts as well, so
    that its turn comes and it lapses."""
    row = and_(_ROW.class_session_id == _ENTRY.class_session_id, _ROW.specialty_code == _ENTRY.specialty_code)
    return (
        select(_ENTRY.id)
        .join(_SESSION, _SESSION.id == _ENTRY.class_session_id)
        .join(Schedule, Schedule.id == _SESSION.schedule_id)
        .outerjoin(_ROW, row)
        .where(
            _ENTRY.status == WaitingStatus.WAITING,
            Schedule.status.in_(ScheduleStatus.is_open),
            or_(_SESSION.opens_at.is_(None), _SESSION.opens_at <= now),
            _SESSION.selection_deadline >= beijing_today(now),
            text(_FITS),
        )
    )


async def first_that_fits(session: AsyncSession, class_session_id: UUID, now: datetime) -> UUID | None:
    """Whose turn it is: the first of the queue that the free places hold as a whole (BEY-02)."""
    first = _waiting(now).where(_ENTRY.class_session_id == class_session_id)
    found: UUID | None = await session.scalar(first.order_by(_ENTRY.queue_no).limit(1))
    return found


async def class_sessions_with_a_turn(session: AsyncSession, now: datetime) -> Sequence[UUID]:
    """Where somebody waits who fits."""
    found = _waiting(now).with_only_columns(_ENTRY.class_session_id).distinct()
    return (await session.scalars(found.order_by(_ENTRY.class_session_id))).all()


async def anybody_waits(session: AsyncSession, class_session_id: UUID) -> bool:
    """Whether the session has a queue at all."""
    waits = (WaitingEntry.class_session_id == class_session_id) & (WaitingEntry.status == WaitingStatus.WAITING)
    return bool(await session.scalar(select(exists().where(waits))))


async def list_ended(session: AsyncSession, now: datetime) -> Sequence[UUID]:
    """Open entries that cannot stay so: the offer ran out, the unit gave up its places by itself, or selection is over."""
    ran_out = WaitingEntry.offered_until <= now
    given_up = ~exists().where(Placement.waiting_entry_id == WaitingEntry.id)
    offered = (WaitingEntry.status == WaitingStatus.OFFERED) & or_(ran_out, given_up)
    over = WaitingEntry.status.in_(WaitingStatus.is_open) & (ClassSession.selection_deadline < beijing_today(now))
    found = select(WaitingEntry.id).join(ClassSession, ClassSession.id == WaitingEntry.class_session_id)
    return (await session.scalars(found.where(or_(offered, over)).order_by(WaitingEntry.queue_no))).all()
