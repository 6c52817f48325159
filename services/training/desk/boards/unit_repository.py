"""The numbers of a unit's board, each of its own rows only (PLAT-06). Every query but the first gives the most urgent first, at most
twenty.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, exists, false, func, null, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession, Schedule
from services.training.classes.class_sessions.workflow import ClassSessionStatus, ScheduleStatus
from services.training.classes.selection.models import Selection
from services.training.classes.selection.workflow import SelectionStatus
from services.training.classes.waiting.models import WaitingEntry
from services.training.classes.waiting.workflow import WaitingStatus
from services.training.desk.expiry.repository import counting
from services.training.desk.transfers.models import Transfer
from services.training.desk.transfers.workflow import TransferStatus
from services.training.enrolment.late_entries.models import LateEntry
from services.training.enrolment.late_entries.repository import visible_to as late_entries_visible_to
from services.training.enrolment.late_entries.workflow import LateEntryStatus
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.repository import visible_to
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.models import Qualification, StaffMember
from services.training.plans.models import Plan
from services.training.plans.workflow import PlanStatus
from services.training.results.scores.models import Result, ScoreSheet
from shared.db.rows import named_rows
from shared.identity import Actor

ITEMS_SHOWN = 20


class PeopleInPlan(NamedTuple):
    """The unit's people of one status in one plan; ``asked_back`` of them the unit asks back (FAQ-M5)."""

    plan_id: UUID
    status: RegistrationStatus
    people: int
    asked_back: int
    plan_name: str
    deadline: date
    published: bool


class ToDo(NamedTuple):
    """One thing to do; ``total`` is how many there are in all, the same in every row."""

    label: str
    id: UUID
    number: int | None
    due: date | None
    total: int


async def people(session: AsyncSession, actor: Actor) -> list[PeopleInPlan]:
    """By plan and status; newest deadline first."""
    statement = (
        select(
            Registration.plan_id,
            Registration.status,
            func.count().label("people"),
            func.count(Registration.return_requested_at).label("asked_back"),
            func.max(Plan.name).label("plan_name"),
            func.max(Plan.registration_deadline).label("deadline"),
            func.bool_or(Plan.status.in_(PlanStatus.takes_people)).label("published"),
        )
        .join(Plan, Plan.id == Registration.plan_id)
        .where(visible_to(actor))
        .group_by(Registration.plan_id, Registration.status)
        .order_by(func.max(Plan.registration_deadline).desc(), Registration.plan_id)
    )
    return await named_rows(session, statement, PeopleInPlan)


def _items(
    label: SQLColumnExpression[str],
    identity: SQLColumnExpression[UUID],
    due: SQLColumnExpression[date] | SQLColumnExpression[date | None],
    *,
    count: SQLColumnExpression[int] | None = None,
) -> Select[str, UUID, int | None, date | None, int]:
    counted = null() if count is None else count
    return select(label, identity, counted, due, func.count().over()).order_by(due, identity).limit(ITEMS_SHOWN)


async def closing_plans(session: AsyncSession, today: date, until: date) -> list[ToDo]:
    """Open plans that close by ``until``."""
    near = Plan.registration_deadline.between(today, until)
    found = _items(Plan.name, Plan.id, Plan.registration_deadline).where(Plan.status.in_(PlanStatus.takes_people), near)
    return await named_rows(session, found, ToDo)


async def open_selections(session: AsyncSession, actor: Actor, today: date) -> list[ToDo]:
    """Plans whose selection the unit has not submitted, with the next deadline of a session that is still ahead: the rows of 集体选班
    under 待选班 (TRN-62, TRN-64)."""
    unit = actor.organisation_id
    approved = exists().where(
        Registration.plan_id == Plan.id,
        Registration.unit_id == unit,
        Registration.status.in_(RegistrationStatus.takes_a_seat),
    )
    ahead = (
        select(func.min(ClassSession.selection_deadline))
        .where(ClassSession.plan_id == Plan.id, ClassSession.selection_deadline >= today)
        .where(ClassSession.status.in_(ClassSessionStatus.takes_place))
        .correlate(Plan)
        .scalar_subquery()
    )
    found = (
        _items(Plan.name, Plan.id, ahead)
        .select_from(Plan)
        .join(Schedule, Schedule.plan_id == Plan.id)
        .outerjoin(Selection, (Selection.plan_id == Plan.id) & (Selection.unit_id == unit))
        .where(approved, Schedule.status.in_(ScheduleStatus.is_open))
        .where(~func.coalesce(Selection.status.in_(SelectionStatus.is_done), false()))
    )
    return await named_rows(session, found, ToDo)


async def offers(session: AsyncSession, actor: Actor) -> list[ToDo]:
    """Places that are kept for the unit's people until it confirms (BEY-02)."""
    found = (
        _items(Plan.name, WaitingEntry.plan_id, WaitingEntry.offered_until, count=WaitingEntry.size)
        .join(Plan, Plan.id == WaitingEntry.plan_id)
        .where(WaitingEntry.unit_id == actor.organisation_id, WaitingEntry.status.in_(WaitingStatus.is_offered))
    )
    return await named_rows(session, found, ToDo)


async def new_results(session: AsyncSession, actor: Actor, since: datetime) -> list[ToDo]:
    """Sessions whose results for the unit's people came out after ``since``."""
    own = exists().where(Result.sheet_id == ScoreSheet.id, Result.unit_id == actor.organisation_id)
    found = (
        _items(_session_label(), ClassSession.id, ScoreSheet.published_at)
        .select_from(ScoreSheet)
        .join(ClassSession, ClassSession.id == ScoreSheet.class_session_id)
        .join(Plan, Plan.id == ClassSession.plan_id)
        .where(ScoreSheet.published_at >= since, own)
        .order_by(None)
        .order_by(ScoreSheet.published_at.desc())
    )
    return await named_rows(session, found, ToDo)


def _session_label() -> ColumnElement[str]:
    return func.concat(Plan.name, " 第", ClassSession.session_no, "期")


async def expiring_qualifications(session: AsyncSession, actor: Actor, today: date, days: int) -> list[ToDo]:
    """Certificates of the unit's 在职 people that end within so many days and are not renewed, as the list of them has it (BEY-06)."""
    label = func.concat(StaffMember.name, " ", Qualification.category, " ", Qualification.number)
    found = (
        _items(label, StaffMember.id, Qualification.expires_on)
        .join(Qualification, Qualification.person_id == StaffMember.person_id)
        .where(*counting(StaffMember.unit_id == actor.organisation_id))
        .where(Qualification.expires_on.between(today, today + timedelta(days=days)))
    )
    return await named_rows(session, found, ToDo)


async def transfers(session: AsyncSession, actor: Actor) -> list[ToDo]:
    """Moves of people that the other unit proposed and this one decides (BEY-14)."""
    unit = actor.organisation_id
    found = _items(Transfer.person_name, Transfer.id, Transfer.created_at).where(
        Transfer.status.in_(TransferStatus.awaits_answer),
        or_(Transfer.from_unit_id == unit, Transfer.to_unit_id == unit),
        Transfer.proposed_by != unit,
    )
    return await named_rows(session, found, ToDo)


async def late_entries(session: AsyncSession, actor: Actor) -> list[ToDo]:
    """The unit's requests to register late that nobody has answered (FAQ-M8)."""
    found = (
        _items(Plan.name, LateEntry.id, LateEntry.created_at)
        .select_from(LateEntry)
        .join(Plan, Plan.id == LateEntry.plan_id)
        .where(late_entries_visible_to(actor), LateEntry.status.in_(LateEntryStatus.awaits_answer))
    )
    return await named_rows(session, found, ToDo)
