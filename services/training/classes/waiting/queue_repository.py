"""Whose turn it is in the queue of a class session, and whose is over (BEY-02). Read from rows alone: counters, seats and entries."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession, Schedule, SessionSpecialty
from services.training.classes.class_sessions.workflow import ScheduleStatus
from services.training.classes.seats.models import Placement, Seat
from services.training.classes.waiting.models import WaitingEntry, WaitingPerson
from services.training.classes.waiting.workflow import WaitingStatus
from shared.clock import beijing_today


def _waiting(now: datetime) -> Select[Any]:
    """Entries that wait in a session whose selection is open and whose free places hold the whole group: who sits there already needs
    no seat (X11). One whose specialty the session does not teach any more counts as well, so that its turn comes and it lapses."""
    seated = (
        select(func.count())
        .select_from(WaitingPerson)
        .join(Seat, Seat.registration_id == WaitingPerson.registration_id)
        .where(WaitingPerson.entry_id == WaitingEntry.id, Seat.class_session_id == WaitingEntry.class_session_id)
        .correlate(WaitingEntry)
        .scalar_subquery()
    )
    row = and_(
        SessionSpecialty.class_session_id == WaitingEntry.class_session_id,
        SessionSpecialty.specialty_code == WaitingEntry.specialty_code,
    )
    places = SessionSpecialty.places
    return (
        select(WaitingEntry.id)
        .join(ClassSession, ClassSession.id == WaitingEntry.class_session_id)
        .join(Schedule, Schedule.id == ClassSession.schedule_id)
        .outerjoin(SessionSpecialty, row)
        .where(
            WaitingEntry.status == WaitingStatus.WAITING,
            Schedule.status.in_(ScheduleStatus.is_open),
            or_(ClassSession.opens_at.is_(None), ClassSession.opens_at <= now),
            ClassSession.selection_deadline >= beijing_today(now),
            ClassSession.taken + WaitingEntry.size - seated <= ClassSession.capacity,
            or_(places.is_(None), SessionSpecialty.taken + WaitingEntry.size <= places),
        )
    )


async def first_that_fits(session: AsyncSession, class_session_id: UUID, now: datetime) -> UUID | None:
    """Whose turn it is: the first of the queue that the free places hold as a whole (BEY-02)."""
    first = _waiting(now).where(WaitingEntry.class_session_id == class_session_id)
    found: UUID | None = await session.scalar(first.order_by(WaitingEntry.queue_no).limit(1))
    return found


async def class_sessions_with_a_turn(session: AsyncSession, now: datetime) -> Sequence[UUID]:
    """Where somebody waits who fits."""
    found = _waiting(now).with_only_columns(WaitingEntry.class_session_id).distinct()
    return (await session.scalars(found.order_by(WaitingEntry.class_session_id))).all()


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
