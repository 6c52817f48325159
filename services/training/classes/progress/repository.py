"""The queries of 选班进度: units with approved people in a plan, within the caller's region, and how far each is (STAFF-16)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.progress.filters import ProgressFilter
from services.training.classes.progress.models import SelectionReminder
from services.training.classes.seats.models import Placement, Seat
from services.training.classes.selection.models import Selection
from services.training.classes.selection.workflow import SELECTION, SelectionStatus
from services.training.enrolment.registrations.models import Registration, RegistrationSpecialty
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.institutions.models import Institution
from shared.db.paging import Columns, PageRequest, Rows, fetch_page
from shared.db.rows import named_rows
from shared.identity import Actor
from shared.reference.pinyin import like_pattern


class UnitRow(NamedTuple):
    unit: Institution
    status: SelectionStatus
    approved: int
    unplaced: int
    touched_at: datetime | None
    reminded_at: datetime | None
    reminded_by: str | None


class Totals(NamedTuple):
    units: int
    units_submitted: int
    units_left: int
    people: int
    people_left: int


class SeatsTaken(NamedTuple):
    unit_id: UUID
    class_session_id: UUID
    people: int


def _lacks() -> ColumnElement[bool]:
    """A 专业类别 of the registration has no place; one that is only offered is none (BEY-02)."""
    held = exists().where(
        Placement.registration_id == RegistrationSpecialty.registration_id,
        Placement.specialty_code == RegistrationSpecialty.specialty_code,
        Placement.waiting_entry_id.is_(None),
    )
    return exists().where(RegistrationSpecialty.registration_id == Registration.id, ~held)


def _units(actor: Actor, plan_id: UUID) -> Select[*tuple[UUID, int, int]]:
    """(unit, approved people, of them without a place) of the plan."""
    return (
        select(
            Registration.unit_id.label("unit_id"),
            func.count().label("approved"),
            func.count().filter(_lacks()).label("unplaced"),
        )
        .where(
            Registration.plan_id == plan_id,
            Registration.status.in_(RegistrationStatus.takes_a_seat),
            Registration.region_code.startswith(actor.region_prefix, autoescape=True)
            if actor.region_prefix
            else true(),
        )
        .group_by(Registration.unit_id)
    )


def _rows(
    actor: Actor, plan_id: UUID, wanted: ProgressFilter
) -> Select[Institution, SelectionStatus, int, int, datetime | None, datetime | None, str | None]:
    units = _units(actor, plan_id).subquery()
    status = func.coalesce(Selection.status, SELECTION.initial)
    statement = (
        select(
            Institution,
            status,
            units.c.approved,
            units.c.unplaced,
            Selection.updated_at,
            SelectionReminder.reminded_at,
            SelectionReminder.reminded_by,
        )
        .join(units, units.c.unit_id == Institution.id)
        .outerjoin(Selection, and_(Selection.unit_id == Institution.id, Selection.plan_id == plan_id))
        .outerjoin(
            SelectionReminder, and_(SelectionReminder.unit_id == Institution.id, SelectionReminder.plan_id == plan_id)
        )
    )
    if wanted.status:
        statement = statement.where(status.in_(wanted.status))
    if wanted.unit_name.strip():
        statement = statement.where(Institution.name_search.like(like_pattern(wanted.unit_name), escape="\\"))
    if wanted.region_code:
        statement = statement.where(Institution.region_code.startswith(wanted.region_code, autoescape=True))
    if wanted.unplaced is not None:
        statement = statement.where(units.c.unplaced > 0 if wanted.unplaced else units.c.unplaced == 0)
    return statement


async def list_units(
    session: AsyncSession, actor: Actor, plan_id: UUID, wanted: ProgressFilter, page: PageRequest
) -> Rows[UnitRow]:
    """Those that have not submitted first."""
    submitted = func.coalesce(Selection.status, SELECTION.initial).in_(SelectionStatus.is_done)
    columns: Columns = {"id": Institution.id, "name": Institution.name, "submitted": case((submitted, 1), else_=0)}
    statement = _rows(actor, plan_id, wanted)
    return await fetch_page(session, statement, columns=columns, default_sort="submitted,name", page=page, row=UnitRow)


async def units_of(session: AsyncSession, actor: Actor, plan_id: UUID, ids: Collection[UUID] | None) -> list[UnitRow]:
    """These, or all of the plan, by name."""
    statement = _rows(actor, plan_id, ProgressFilter()).order_by(Institution.name, Institution.id)
    if ids is not None:
        statement = statement.where(Institution.id.in_(ids))
    return await named_rows(session, statement, UnitRow)


async def totals(session: AsyncSession, actor: Actor, plan_id: UUID) -> Totals:
    """All units of the plan together."""
    units = _units(actor, plan_id).subquery()
    submitted = Selection.status.in_(SelectionStatus.is_done)
    left = and_(
        units.c.unplaced > 0, func.coalesce(Selection.status, SELECTION.initial).in_(SelectionStatus.awaits_choice)
    )
    statement = (
        select(
            func.count(),
            func.count().filter(submitted),
            func.count().filter(left),
            func.coalesce(func.sum(units.c.approved), 0),
            func.coalesce(func.sum(units.c.unplaced).filter(left), 0),
        )
        .select_from(units)
        .outerjoin(Selection, and_(Selection.unit_id == units.c.unit_id, Selection.plan_id == plan_id))
    )
    return Totals(*(await session.execute(statement)).one())


async def seats_of(
    session: AsyncSession, class_session_ids: Sequence[UUID], unit_ids: Sequence[UUID]
) -> dict[UUID, list[SeatsTaken]]:
    """{unit: how many of its people sit in each of these sessions}."""
    counted = (
        select(Seat.unit_id, Seat.class_session_id, func.count())
        .where(Seat.class_session_id.in_(class_session_ids), Seat.unit_id.in_(unit_ids))
        .group_by(Seat.unit_id, Seat.class_session_id)
    )
    found: defaultdict[UUID, list[SeatsTaken]] = defaultdict(list)
    for row in await named_rows(session, counted, SeatsTaken):
        found[row.unit_id].append(row)
    return found


async def note_reminders(
    session: AsyncSession, plan_id: UUID, unit_ids: Sequence[UUID], actor: Actor, now: datetime, since: datetime
) -> set[UUID]:
    """Writes that these are reminded now, but for those that have been since ``since``, perhaps a moment ago by somebody else; gives
    those that are."""
    rows = [
        {"plan_id": plan_id, "unit_id": each, "reminded_at": now, "reminded_by": actor.person_name} for each in unit_ids
    ]
    made = insert(SelectionReminder).values(rows)
    again = made.on_conflict_do_update(
        index_elements=["plan_id", "unit_id"],
        set_={"reminded_at": made.excluded.reminded_at, "reminded_by": made.excluded.reminded_by},
        where=SelectionReminder.reminded_at < since,
    )
    return set(await session.scalars(again.returning(SelectionReminder.unit_id)))
