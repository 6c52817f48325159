"""Whose turn it is in the queue of a class session, and whose is over (BEY-02). Read from rows alone: counters, seats and entries."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.training.classes.class_sessions.models import ClassSession, Schedule, SessionSpecialty
from services.training.classes.class_sessions.workflow import ClassSessionStatus, ScheduleStatus
from services.training.classes.seats.models import Placement
from services.training.classes.waiting.models import FITS, WaitingEntry
from services.training.classes.waiting.workflow import WaitingStatus
from shared.clock import beijing_today

# As ``FITS`` names them.
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
            _SESSION.status.in_(ClassSessionStatus.takes_place),
            or_(_SESSION.opens_at.is_(None), _SESSION.opens_at <= now),
            _SESSION.selection_deadline >= beijing_today(now),
            FITS,
        )
    )


async def first_that_fits(session: AsyncSession, class_session_id: UUID, now: datetime) -> UUID | None:
    """Whose turn it is: the first of the queue that the free places hold as a whole (BEY-02, STAFF-14)."""
    first = _waiting(now).where(_ENTRY.class_session_id == class_session_id)
    found: UUID | None = await session.scalar(first.order_by(_ENTRY.comes_first.desc(), _ENTRY.queue_no).limit(1))
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
    """Open entries that cannot stay so: the offer ran out, the unit gave up its places by itself, selection is over, or the session
    does not take place."""
    ran_out = WaitingEntry.offered_until <= now
    given_up = ~exists().where(Placement.waiting_entry_id == WaitingEntry.id)
    offered = (WaitingEntry.status == WaitingStatus.OFFERED) & or_(ran_out, given_up)
    past = ClassSession.selection_deadline < beijing_today(now)
    over = WaitingEntry.status.in_(WaitingStatus.is_open) & or_(
        past, ClassSession.status.not_in(ClassSessionStatus.takes_place)
    )
    found = select(WaitingEntry.id).join(ClassSession, ClassSession.id == WaitingEntry.class_session_id)
    return (await session.scalars(found.where(or_(offered, over)).order_by(WaitingEntry.queue_no))).all()
