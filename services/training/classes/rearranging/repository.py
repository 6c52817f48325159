"""Everybody whom a change of a class session concerns, locked in the order of the whole house (STAFF-14): the schedule, the units'
selections, registrations, people, entries of the queue, and last the session, because everybody wants its row.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, select, union
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.training.classes.class_sessions import repository as class_sessions
from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.class_sessions.workflow import CONCERNED_UNITS
from services.training.classes.seats.models import Seat
from services.training.classes.seats.repository import lock_people
from services.training.classes.selection.models import Selection
from services.training.classes.waiting.models import WaitingEntry, WaitingPerson
from services.training.classes.waiting.repository import lock_registrations
from services.training.classes.waiting.workflow import WaitingStatus
from services.training.enrolment.registrations.models import Registration
from services.training.people.personnel.models import StaffMember
from services.training.plans.models import Plan
from shared.db.rows import named_rows
from shared.errors import Overtaken
from shared.identity import Actor


def _open_entries(class_session_id: UUID) -> Select[WaitingEntry]:
    waits = WaitingEntry.status.in_(WaitingStatus.is_open)
    return select(WaitingEntry).where(WaitingEntry.class_session_id == class_session_id, waits)


def _concerned(class_session_id: UUID) -> CompoundSelect[UUID]:
    """The registrations that sit there, queue or have an offer."""
    sits = select(Seat.registration_id).where(Seat.class_session_id == class_session_id)
    entries = _open_entries(class_session_id).with_only_columns(WaitingEntry.id)
    return union(sits, select(WaitingPerson.registration_id).where(WaitingPerson.entry_id.in_(entries)))


@CONCERNED_UNITS.answer
async def concerned_units(session: AsyncSession, class_session_id: UUID) -> tuple[UUID, ...]:
    """Units with somebody who sits there, queues or has an offer."""
    sits = select(Seat.unit_id).where(Seat.class_session_id == class_session_id)
    queues = _open_entries(class_session_id).with_only_columns(WaitingEntry.unit_id)
    return tuple(sorted(await session.scalars(union(sits, queues))))


async def hold(session: AsyncSession, actor: Actor, class_session_id: UUID) -> ClassSession:
    """The session as it is now, with everybody in it locked. Raises ``NotFound``, and ``Overtaken`` when somebody
    took a seat while others were waited for."""
    known = await class_sessions.require_class_session(session, actor, class_session_id)
    await class_sessions.lock_schedule(session, known.plan_id)
    units = select(Seat.unit_id).where(Seat.class_session_id == class_session_id)
    mine = select(Selection.id).where(Selection.plan_id == known.plan_id, Selection.unit_id.in_(units))
    await session.execute(mine.order_by(Selection.id).with_for_update(key_share=True))
    locked = await lock_registrations(session, await session.scalars(_concerned(class_session_id)))
    await lock_people(session, (each.person_id for each in locked))
    entries = _open_entries(class_session_id).with_only_columns(WaitingEntry.id).order_by(WaitingEntry.id)
    await session.execute(entries.with_for_update(of=WaitingEntry))
    row = await class_sessions.require_class_session(session, actor, class_session_id, lock=True)
    if set(await session.scalars(_concerned(class_session_id))) - {each.id for each in locked}:
        raise Overtaken
    return row


async def open_entries(session: AsyncSession, class_session_id: UUID) -> Sequence[WaitingEntry]:
    """Who waits there or has an offer, in the order of the ids in which they are locked."""
    found = _open_entries(class_session_id).order_by(WaitingEntry.id).execution_options(populate_existing=True)
    return (await session.scalars(found)).all()


class Sitting(NamedTuple):
    """Somebody with a seat in the session."""

    registration_id: UUID
    unit_id: UUID
    name: str


async def sitting(session: AsyncSession, class_session_id: UUID) -> list[Sitting]:
    """By unit and name."""
    found = (
        select(Seat.registration_id, Seat.unit_id, StaffMember.name)
        .join(Registration, Registration.id == Seat.registration_id)
        .join(StaffMember, StaffMember.id == Registration.staff_id)
        .where(Seat.class_session_id == class_session_id)
        .order_by(Seat.unit_id, StaffMember.name_key, Seat.id)
    )
    return await named_rows(session, found, Sitting)


class Clash(NamedTuple):
    """Somebody with a seat in the session who sits in another one, of whatever plan, on one of the days."""

    registration_id: UUID
    unit_name: str
    name: str
    plan_name: str
    session_no: int
    start_date: date
    end_date: date


async def clashes(session: AsyncSession, class_session_id: UUID, start: date, end: date) -> list[Clash]:
    """By unit and name; who sits in several others is there once for each."""
    days: Range[date] = Range(start, end, bounds="[]")
    other = aliased(Seat)
    found = (
        select(
            Seat.registration_id,
            Registration.unit_name,
            StaffMember.name,
            Plan.name,
            ClassSession.session_no,
            ClassSession.start_date,
            ClassSession.end_date,
        )
        .join(other, (other.person_id == Seat.person_id) & (other.class_session_id != Seat.class_session_id))
        .join(ClassSession, ClassSession.id == other.class_session_id)
        .join(Plan, Plan.id == ClassSession.plan_id)
        .join(Registration, Registration.id == Seat.registration_id)
        .join(StaffMember, StaffMember.id == Registration.staff_id)
        .where(Seat.class_session_id == class_session_id, other.during.overlaps(days))
        .order_by(Registration.unit_name, StaffMember.name_key, Seat.id, ClassSession.start_date)
    )
    return await named_rows(session, found, Clash)


async def selections_of(session: AsyncSession, plan_id: UUID, unit_ids: Collection[UUID]) -> Sequence[Selection]:
    """The units' selections in the plan as they are now; ``hold`` has locked them."""
    found = select(Selection).where(Selection.plan_id == plan_id, Selection.unit_id.in_(unit_ids))
    ordered = found.order_by(Selection.id).execution_options(populate_existing=True)
    return (await session.scalars(ordered)).unique().all()
