"""Every query of selection that only reads or locks; taking and freeing places is in ``seats``. A unit sees plans in which it has people,
and of other units nothing but numbers (PLAT-06).
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, distinct, exists, func, select
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.training.classes.class_sessions.models import ClassSession, Schedule
from services.training.classes.class_sessions.workflow import ClassSessionStatus, ScheduleStatus
from services.training.classes.seats.models import Placement, Seat
from services.training.classes.seats.rules import Days
from services.training.classes.selection.models import Selection
from services.training.classes.selection.workflow import SELECTION, SelectionStatus
from services.training.enrolment.registrations.models import Registration, RegistrationSpecialty
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.models import StaffMember
from services.training.plans.models import Plan, PlanType
from shared.clock import beijing_today, now_utc
from shared.db.paging import Filter, PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identifiers import new_id
from shared.identity import Actor
from shared.reference.pinyin import like_pattern


class SelectionFilter(Filter):
    type_code: str | None = Field(default=None, max_length=50, description="培训班类型")
    name: str | None = Field(default=None, max_length=100, description="培训班名称，任意部分")
    status: list[SelectionStatus] = Field(default=[], max_length=20, description="待选班、已选班，可多选")


class Identified(Days, Protocol):
    """A class session, or what was read of one."""

    @property
    def id(self) -> UUID: ...


class Place(NamedTuple):
    """Where a person has a specialty; ``offered`` while nobody has accepted it yet (BEY-02)."""

    class_session_id: UUID
    offered: bool


def visible_to(actor: Actor) -> Select[Plan]:
    """Plans in which the actor's unit has a registration, whatever its status."""
    mine = exists().where(Registration.plan_id == Plan.id, Registration.unit_id == actor.organisation_id)
    return select(Plan).where(mine)


def _counted(column: InstrumentedAttribute[int] | InstrumentedAttribute[UUID], how: str) -> Select[int]:
    counted = getattr(func, how)(column)
    held = (ClassSession.plan_id == Plan.id) & ClassSession.status.in_(ClassSessionStatus.takes_place)
    return select(func.coalesce(counted, 0)).where(held).correlate(Plan)


def _next_deadline() -> Select[date]:
    """The first 选班截止日期 that is not over; None when all are."""
    ahead = ClassSession.selection_deadline >= beijing_today(now_utc())
    held = (ClassSession.plan_id == Plan.id) & ClassSession.status.in_(ClassSessionStatus.takes_place)
    return select(func.min(ClassSession.selection_deadline)).where(held, ahead).correlate(Plan)


class PlanToSelect(NamedTuple):
    """A plan whose selection is open, and how far the unit is with it."""

    plan: Plan
    sessions: int
    capacity: int
    placed: int
    status: SelectionStatus
    next_deadline: date | None


async def list_selections(
    session: AsyncSession, actor: Actor, wanted: SelectionFilter, page: PageRequest
) -> Rows[PlanToSelect]:
    """Plans whose selection is open, with an approved person of the unit
    (TRN-62, TRN-63)."""
    unit = actor.organisation_id
    approved = exists().where(
        Registration.plan_id == Plan.id,
        Registration.unit_id == unit,
        Registration.status.in_(RegistrationStatus.takes_a_seat),
    )
    placed = (
        select(func.count(distinct(Placement.registration_id)))
        .join(ClassSession, ClassSession.id == Placement.class_session_id)
        .where(ClassSession.plan_id == Plan.id, Placement.unit_id == unit)
        .correlate(Plan)
    )
    status = func.coalesce(Selection.status, SELECTION.initial)
    statement = (
        visible_to(actor)
        .join(PlanType, PlanType.code == Plan.type_code)
        .join(Schedule, Schedule.plan_id == Plan.id)
        .outerjoin(Selection, (Selection.plan_id == Plan.id) & (Selection.unit_id == unit))
        .where(approved, Schedule.status.in_(ScheduleStatus.is_open))
        .add_columns(
            _counted(ClassSession.id, "count").scalar_subquery(),
            _counted(ClassSession.capacity, "sum").scalar_subquery(),
            placed.scalar_subquery(),
            status,
            _next_deadline().scalar_subquery(),
        )
    )
    if wanted.type_code:
        statement = statement.where(Plan.type_code == wanted.type_code)
    if wanted.name:
        statement = statement.where(Plan.name_search.like(like_pattern(wanted.name), escape="\\"))
    if wanted.status:
        statement = statement.where(status.in_(wanted.status))
    columns = {"id": Plan.id, "type": PlanType.position, "name": Plan.name}
    return await fetch_page(session, statement, columns=columns, default_sort="type,name", page=page, row=PlanToSelect)


async def require_plan(session: AsyncSession, actor: Actor, plan_id: UUID) -> Plan:
    """The plan; raises ``NotFound`` when the unit has nobody in it."""
    plan = await session.scalar(visible_to(actor).where(Plan.id == plan_id))
    if plan is None:
        raise NotFound
    return plan


async def get_schedule(session: AsyncSession, plan_id: UUID) -> Schedule | None:
    """The plan's schedule with its class sessions."""
    return (await session.scalars(select(Schedule).where(Schedule.plan_id == plan_id))).unique().one_or_none()


async def get_selection(session: AsyncSession, actor: Actor, plan_id: UUID) -> Selection | None:
    """The unit's selection; None before its first placement."""
    own = select(Selection).where(Selection.unit_id == actor.organisation_id, Selection.plan_id == plan_id)
    return (await session.scalars(own)).unique().one_or_none()


async def lock_selection(session: AsyncSession, actor: Actor, plan_id: UUID, schedule_id: UUID) -> None:
    """The unit's selection is there, made when missing, and locked: a unit's own clicks come one after the other."""
    unit = actor.organisation_id
    values = {"id": new_id(), "unit_id": unit, "plan_id": plan_id, "schedule_id": schedule_id}
    made = insert(Selection).values(**values, status=SELECTION.initial, version=1)
    await session.execute(made.on_conflict_do_nothing(index_elements=["unit_id", "plan_id"]))
    own = select(Selection.id).where(Selection.unit_id == unit, Selection.plan_id == plan_id)
    await session.execute(own.with_for_update())


class OwnSchedule(NamedTuple):
    """All of it is None when the plan has no schedule yet."""

    id: UUID | None
    status: ScheduleStatus | None
    opens_at: datetime | None


async def schedule_of_own_plan(session: AsyncSession, actor: Actor, plan_id: UUID) -> OwnSchedule:
    """The plan's schedule. Raises ``NotFound`` when the unit has nobody in
    the plan."""
    own = visible_to(actor).where(Plan.id == plan_id).outerjoin(Schedule, Schedule.plan_id == Plan.id)
    columns = own.with_only_columns(Schedule.id, Schedule.status, Schedule.opens_at)
    row = (await session.execute(columns)).one_or_none()
    if row is None:
        raise NotFound
    return OwnSchedule(*row)


async def require_class_session(session: AsyncSession, plan_id: UUID, class_session_id: UUID) -> ClassSession:
    """A class session of that plan, as it is now; raises ``NotFound``."""
    own = select(ClassSession).where(ClassSession.id == class_session_id, ClassSession.plan_id == plan_id)
    row = await session.scalar(own.execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    return row


async def class_sessions_of(session: AsyncSession, plan_id: UUID) -> list[ClassSession]:
    """All of a plan that take place, by 期次, with their counters as they are now."""
    held = (ClassSession.plan_id == plan_id) & ClassSession.status.in_(ClassSessionStatus.takes_place)
    found = select(ClassSession).where(held).order_by(ClassSession.session_no)
    return list(await session.scalars(found.execution_options(populate_existing=True)))


async def registrations_of(session: AsyncSession, actor: Actor, plan_id: UUID) -> list[Registration]:
    """The unit's people in a plan, by name."""
    own = select(Registration).where(Registration.unit_id == actor.organisation_id, Registration.plan_id == plan_id)
    by_name = own.join(StaffMember, StaffMember.id == Registration.staff_id).order_by(
        StaffMember.name_key, Registration.id
    )
    return list(await session.scalars(by_name))


async def placements_of(session: AsyncSession, actor: Actor, plan_id: UUID) -> dict[tuple[UUID, str], Place]:
    """(registration, specialty) → place, of the unit's people in a plan."""
    own = (
        select(
            Placement.registration_id,
            Placement.specialty_code,
            Placement.class_session_id,
            Placement.waiting_entry_id.is_not(None),
        )
        .join(ClassSession, ClassSession.id == Placement.class_session_id)
        .where(Placement.unit_id == actor.organisation_id, ClassSession.plan_id == plan_id)
    )
    return {(row[0], row[1]): Place(row[2], row[3]) for row in await session.execute(own)}


async def approved_by_specialty(session: AsyncSession, plan_id: UUID) -> dict[str, int]:
    """报名人数 of each specialty: approved people of all units (TRN-68)."""
    counted = (
        select(RegistrationSpecialty.specialty_code, func.count())
        .join(Registration, Registration.id == RegistrationSpecialty.registration_id)
        .where(Registration.plan_id == plan_id, Registration.status.in_(RegistrationStatus.takes_a_seat))
        .group_by(RegistrationSpecialty.specialty_code)
    )
    return {row[0]: row[1] for row in await session.execute(counted)}


async def clashing_seats(
    session: AsyncSession, class_session: Identified, person_ids: Collection[UUID]
) -> dict[UUID, tuple[ClassSession, str]]:
    """Person → (another class session on one of the same days, its plan's name), over all units and plans (TRN-70)."""
    days: Range[date] = Range(class_session.start_date, class_session.end_date, bounds="[]")
    found = (
        select(Seat.person_id, ClassSession, Plan.name)
        .join(ClassSession, ClassSession.id == Seat.class_session_id)
        .join(Plan, Plan.id == ClassSession.plan_id)
        .where(Seat.person_id.in_(person_ids), Seat.class_session_id != class_session.id, Seat.during.overlaps(days))
    )
    return {row[0]: (row[1], row[2]) for row in await session.execute(found)}


async def version_of(session: AsyncSession, class_session_id: UUID) -> int | None:
    """Of a class session, as it is now; None when it is gone."""
    found: int | None = await session.scalar(select(ClassSession.version).where(ClassSession.id == class_session_id))
    return found
