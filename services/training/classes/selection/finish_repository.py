"""Queries for selections that the deadline finishes, and for registrations that lose their places. What a unit's pages show is in
``repository``.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from services.training.classes.class_sessions.models import ClassSession, Schedule
from services.training.classes.seats.models import LostPlace, Placement, Seat
from services.training.classes.selection.models import Selection
from services.training.classes.selection.workflow import SELECTION
from services.training.classes.waiting.models import WaitingEntry, WaitingPerson
from services.training.classes.waiting.workflow import WaitingStatus
from services.training.enrolment.registrations.models import Registration, RegistrationSpecialty
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.workflow import EmploymentStatus
from shared.identifiers import new_id


async def units_to_finish(session: AsyncSession, plan_id: UUID, limit: int, *, but_lost: bool = False) -> list[UUID]:
    """Units with approved people in the plan whose selection is not submitted, or not even begun (STAFF-06); ``but_lost`` leaves out those
    whose people lost a place that they have not got again (STAFF-14)."""
    done = exists().where(
        Selection.plan_id == plan_id, Selection.unit_id == Registration.unit_id, Selection.status != SELECTION.initial
    )
    units = (
        select(Registration.unit_id)
        .where(Registration.plan_id == plan_id, Registration.status.in_(RegistrationStatus.takes_a_seat), ~done)
        .distinct()
        .order_by(Registration.unit_id)
        .limit(limit)
    )
    if but_lost:
        units = units.where(Registration.unit_id.not_in(units_that_lost(plan_id)))
    return list(await session.scalars(units))


def units_that_lost(plan_id: UUID | InstrumentedAttribute[UUID]) -> Select[UUID]:
    """Units of which somebody lost a place in the plan: they wait for another session."""
    owner = aliased(Registration)
    lost = select(owner.unit_id).join(LostPlace, LostPlace.registration_id == owner.id)
    return lost.where(owner.plan_id == plan_id)


async def lock_selections(session: AsyncSession, plan_id: UUID, unit_ids: Sequence[UUID]) -> Sequence[Selection]:
    """The selections of these units in the plan as they are now, made where missing, locked in id order."""
    if not unit_ids:
        return ()
    schedule_id = (await session.scalars(select(Schedule.id).where(Schedule.plan_id == plan_id))).one()
    values = [
        {"id": new_id(), "unit_id": each, "plan_id": plan_id, "schedule_id": schedule_id, "status": SELECTION.initial}
        for each in unit_ids
    ]
    made = insert(Selection).values([{**each, "version": 1} for each in values])
    await session.execute(made.on_conflict_do_nothing(index_elements=["unit_id", "plan_id"]))
    found = select(Selection).where(Selection.plan_id == plan_id, Selection.unit_id.in_(unit_ids))
    held = found.order_by(Selection.id).with_for_update(of=Selection).execution_options(populate_existing=True)
    return (await session.scalars(held)).unique().all()


async def people_of_units(
    session: AsyncSession, plan_id: UUID, unit_ids: Collection[UUID]
) -> dict[UUID, tuple[int, int]]:
    """Unit → (approved people with a place, with a specialty that has none) in the plan (TRN-66); nobody chooses for who has left."""
    wanted, placed = func.count(RegistrationSpecialty.specialty_code), func.count(Placement.specialty_code)
    has = and_(
        Placement.registration_id == RegistrationSpecialty.registration_id,
        Placement.specialty_code == RegistrationSpecialty.specialty_code,
        Placement.waiting_entry_id.is_(None),
    )
    people = (
        select(Registration.unit_id, (placed > 0).label("placed"), (placed < wanted).label("unplaced"))
        .join(RegistrationSpecialty, RegistrationSpecialty.registration_id == Registration.id)
        .join(StaffMember, StaffMember.id == Registration.staff_id)
        .outerjoin(Placement, has)
        .where(
            Registration.plan_id == plan_id,
            Registration.unit_id.in_(unit_ids),
            Registration.status.in_(RegistrationStatus.takes_a_seat),
            or_(Placement.specialty_code.is_not(None), StaffMember.status.in_(EmploymentStatus.is_in_post)),
        )
        .group_by(Registration.unit_id, Registration.id)
        .subquery()
    )
    counted = select(
        people.c.unit_id, func.count().filter(people.c.placed), func.count().filter(people.c.unplaced)
    ).group_by(people.c.unit_id)
    return {row[0]: (row[1], row[2]) for row in await session.execute(counted)}


async def lock_waiting(session: AsyncSession, registration_ids: Collection[UUID]) -> list[UUID]:
    """Those of these registrations that queue or have an offer; their entries are locked in id order."""
    mine = select(WaitingPerson.entry_id).where(WaitingPerson.registration_id.in_(registration_ids), WaitingPerson.open)
    entries = select(WaitingEntry.id).where(WaitingEntry.id.in_(mine), WaitingEntry.status.in_(WaitingStatus.is_open))
    held = list(await session.scalars(entries.order_by(WaitingEntry.id).with_for_update(of=WaitingEntry)))
    if not held:
        return []
    people = select(WaitingPerson.registration_id).where(
        WaitingPerson.entry_id.in_(held), WaitingPerson.registration_id.in_(registration_ids)
    )
    return sorted(set(await session.scalars(people)))


async def lock_sessions_of(session: AsyncSession, registration_ids: Collection[UUID]) -> None:
    """The class sessions where these registrations sit, or hold an offer, in id order: what is freed there is counted on these rows."""
    sat = select(Seat.class_session_id).where(Seat.registration_id.in_(registration_ids))
    rows = select(ClassSession.id).where(ClassSession.id.in_(sat)).order_by(ClassSession.id)
    await session.execute(rows.with_for_update(key_share=True))
