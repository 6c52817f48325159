"""Queries about entries of the waiting list: what pages show, the locks in their one order, the places that an offer holds. Whose turn it
is stands in ``queue_repository``, taking and freeing in ``seats``. A unit sees its own entries, the province every queue (PLAT-06).
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, exists, false, func, select, true, tuple_
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, lazyload
from sqlalchemy.sql.elements import ColumnElement

from services.training.classes.class_sessions.models import ClassSession, Schedule
from services.training.classes.class_sessions.workflow import ScheduleStatus
from services.training.classes.seats import repository as seats
from services.training.classes.seats.models import Placement, Seat
from services.training.classes.waiting.models import WaitingEntry, WaitingPerson
from services.training.classes.waiting.workflow import WaitingStatus
from services.training.enrolment.registrations.models import Registration
from services.training.people.institutions.models import Institution
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.workflow import EmploymentStatus
from services.training.plans.models import Plan, Specialty
from shared.db.paging import Filter, PageRequest, Rows, fetch_page
from shared.db.rows import named_rows
from shared.errors import NotFound
from shared.identity import Actor
from shared.roles import Permission


class WaitingFilter(Filter):
    plan_id: UUID | None = Field(default=None, description="培训计划")
    class_session_id: UUID | None = Field(default=None, description="班次")
    status: list[WaitingStatus] = Field(default=[], max_length=20, description="状态，可多选")

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """On ``WaitingEntry``."""
        found: list[ColumnElement[bool]] = []
        if self.plan_id is not None:
            found.append(WaitingEntry.plan_id == self.plan_id)
        if self.class_session_id is not None:
            found.append(WaitingEntry.class_session_id == self.class_session_id)
        if self.status:
            found.append(WaitingEntry.status.in_(self.status))
        return found


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The unit's own entries; all of them for those who schedule."""
    if actor.may(Permission.CLASS_SCHEDULING):
        return true()
    return WaitingEntry.unit_id == actor.organisation_id if actor.may(Permission.GROUP_REGISTRATION) else false()


class ShownEntry(NamedTuple):
    """An entry with its names, and who is ahead of it: entries and people of the same row, people of the whole session."""

    entry: WaitingEntry
    opened_at: datetime | None
    plan_name: str
    unit_name: str
    specialty_label: str
    entries_ahead: int
    people_ahead: int
    people_in_session: int


def _shown() -> Select[WaitingEntry, datetime | None, str, str, str, int, int, int]:
    """The columns of ``ShownEntry``."""
    ahead = aliased(WaitingEntry)
    before = (
        (ahead.class_session_id == WaitingEntry.class_session_id)
        & (ahead.status == WaitingStatus.WAITING)
        & (tuple_(~ahead.comes_first, ahead.queue_no) < tuple_(~WaitingEntry.comes_first, WaitingEntry.queue_no))
    )
    people = func.coalesce(func.sum(ahead.size), 0)
    same_row = select(func.count(), people).select_from(ahead).where(before)
    same_row = same_row.where(ahead.specialty_code == WaitingEntry.specialty_code).correlate(WaitingEntry)
    counted = (
        same_row.with_only_columns(func.count()).scalar_subquery(),
        same_row.with_only_columns(people).scalar_subquery(),
        select(people).where(before).correlate(WaitingEntry).scalar_subquery(),
    )
    return (
        select(WaitingEntry, Schedule.opened_at, Plan.name, Institution.name, Specialty.label, *counted)
        .join(ClassSession, ClassSession.id == WaitingEntry.class_session_id)
        .join(Schedule, Schedule.id == ClassSession.schedule_id)
        .join(Plan, Plan.id == WaitingEntry.plan_id)
        .join(Institution, Institution.id == WaitingEntry.unit_id)
        .join(Specialty, Specialty.code == WaitingEntry.specialty_code)
        .execution_options(populate_existing=True)
    )


async def list_entries(
    session: AsyncSession, actor: Actor, wanted: WaitingFilter, page: PageRequest
) -> Rows[ShownEntry]:
    """In the order of the queue."""
    columns = {"id": WaitingEntry.id, "queue_no": WaitingEntry.queue_no, "created_at": WaitingEntry.created_at}
    statement = _shown().where(visible_to(actor), *wanted.conditions)
    return await fetch_page(session, statement, columns=columns, default_sort="queue_no", page=page, row=ShownEntry)


async def shown_entries(session: AsyncSession, actor: Actor, entry_ids: Collection[UUID]) -> list[ShownEntry]:
    """The same rows for these entries, in the order of the queue; one that the actor may not see is left out."""
    found = _shown().where(visible_to(actor), WaitingEntry.id.in_(entry_ids)).order_by(WaitingEntry.queue_no)
    return await named_rows(session, found, ShownEntry)


class Queued(NamedTuple):
    """Somebody in an entry."""

    registration_id: UUID
    name: str
    employment: EmploymentStatus


async def people_of(session: AsyncSession, entry_ids: Collection[UUID]) -> dict[UUID, list[Queued]]:
    """Entry → its people, by name."""
    found = (
        select(WaitingPerson.entry_id, WaitingPerson.registration_id, StaffMember.name, StaffMember.status)
        .join(Registration, Registration.id == WaitingPerson.registration_id)
        .join(StaffMember, StaffMember.id == Registration.staff_id)
        .where(WaitingPerson.entry_id.in_(entry_ids))
        .order_by(StaffMember.name_key, WaitingPerson.registration_id)
    )
    people: dict[UUID, list[Queued]] = {each: [] for each in entry_ids}
    for entry_id, registration_id, name, employment in await session.execute(found):
        people[entry_id].append(Queued(registration_id, name, employment))
    return people


async def require_entry(session: AsyncSession, actor: Actor, entry_id: UUID) -> UUID:
    """Its id, when the actor may see it; raises ``NotFound``."""
    found = await session.scalar(select(WaitingEntry.id).where(WaitingEntry.id == entry_id, visible_to(actor)))
    if found is None:
        raise NotFound
    return found


async def require_class_session(
    session: AsyncSession, actor: Actor, class_session_id: UUID
) -> tuple[ClassSession, ScheduleStatus]:
    """The class session with its counters as they are now and its plan's state, when the unit has somebody in that plan; raises
    ``NotFound``."""
    mine = exists().where(Registration.plan_id == ClassSession.plan_id, Registration.unit_id == actor.organisation_id)
    found = select(ClassSession, Schedule.status).join(Schedule, Schedule.id == ClassSession.schedule_id)
    found = found.where(ClassSession.id == class_session_id, mine).execution_options(populate_existing=True)
    row = (await session.execute(found)).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


async def lock_registrations(
    session: AsyncSession, registration_ids: Iterable[UUID], *conditions: ColumnElement[bool]
) -> list[Registration]:
    """These registrations as they are now, locked in id order: whatever changes an entry locks those of its people first."""
    rows = (
        select(Registration)
        .where(Registration.id.in_(list(registration_ids)), *conditions)
        .order_by(Registration.id)
        .with_for_update(of=Registration, key_share=True)
        .options(lazyload(Registration.plan))
        .execution_options(populate_existing=True)
    )
    return list(await session.scalars(rows))


async def lock_entry(session: AsyncSession, entry_id: UUID) -> tuple[WaitingEntry, list[Registration]]:
    """The entry and its people's registrations, locked in the order of the whole house: registrations, people, the entry. It may have
    lost people while we waited, never won any, so that all who are left are locked."""
    ids = await session.scalars(select(WaitingPerson.registration_id).where(WaitingPerson.entry_id == entry_id))
    people = await lock_registrations(session, ids)
    await seats.lock_people(session, (each.person_id for each in people))
    own = select(WaitingEntry).where(WaitingEntry.id == entry_id).with_for_update(of=WaitingEntry)
    entry = (await session.scalars(own.execution_options(populate_existing=True))).one()
    left = {each.registration_id for each in entry.people}
    return entry, [each for each in people if each.id in left]


async def lock_open_entries_of(
    session: AsyncSession, registration_id: UUID, *conditions: ColumnElement[bool]
) -> Sequence[WaitingEntry]:
    """Where this registration waits or has an offer; the caller has locked the registration."""
    inside = exists().where(WaitingPerson.entry_id == WaitingEntry.id, WaitingPerson.registration_id == registration_id)
    own = select(WaitingEntry).where(inside, WaitingEntry.status.in_(WaitingStatus.is_open))
    own = (
        own.where(*conditions)
        .order_by(WaitingEntry.id)
        .with_for_update(of=WaitingEntry)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(own)).all()


async def placed_among(session: AsyncSession, registration_ids: Collection[UUID], specialty_code: str) -> set[UUID]:
    """Those of them who hold a place for that specialty, in whatever session."""
    found = select(Placement.registration_id).where(
        Placement.registration_id.in_(registration_ids), Placement.specialty_code == specialty_code
    )
    return set(await session.scalars(found))


async def queued_among(session: AsyncSession, registration_ids: Collection[UUID], specialty_code: str) -> set[UUID]:
    """Those of them who queue for that specialty, or have an offer of it."""
    found = select(WaitingPerson.registration_id).where(
        WaitingPerson.registration_id.in_(registration_ids),
        WaitingPerson.specialty_code == specialty_code,
        WaitingPerson.open,
    )
    return set(await session.scalars(found))


async def seats_of(
    session: AsyncSession, row: ClassSession, person_ids: Collection[UUID]
) -> tuple[set[UUID], dict[UUID, tuple[ClassSession, str]]]:
    """(people who sit in this session, person → (another session on one of its days, that plan's name)), over all units and plans."""
    days: Range[date] = Range(row.start_date, row.end_date, bounds="[]")
    found = (
        select(Seat.person_id, ClassSession, Plan.name)
        .join(ClassSession, ClassSession.id == Seat.class_session_id)
        .join(Plan, Plan.id == ClassSession.plan_id)
        .where(Seat.person_id.in_(person_ids), Seat.during.overlaps(days))
    )
    rows = (await session.execute(found)).all()
    here = {person_id for person_id, each, _ in rows if each.id == row.id}
    return here, {person_id: (each, name) for person_id, each, name in rows if each.id != row.id}


async def offered_to(session: AsyncSession, entry_id: UUID) -> list[UUID]:
    """The registrations for whom the entry holds a place that nobody has accepted yet."""
    return list(await session.scalars(select(Placement.registration_id).where(Placement.waiting_entry_id == entry_id)))


async def plan_name(session: AsyncSession, plan_id: UUID) -> str:
    """As people read it."""
    return (await session.scalars(select(Plan.name).where(Plan.id == plan_id))).one()
