"""What is due among schedules and class sessions: openings at a set time, reminders before a deadline, deadlines that are over. Lists of
ids are read without a lock; whoever acts takes the row and passes over what others hold.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.training.classes.class_sessions.models import ClassSession, Schedule
from services.training.classes.class_sessions.workflow import ClassSessionStatus, ScheduleStatus
from services.training.classes.selection.models import Selection
from services.training.classes.selection.workflow import SelectionStatus
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.workflow import EmploymentStatus
from services.training.plans.models import Plan


def _to_open(now: datetime) -> ColumnElement[bool]:
    return (Schedule.status.in_(ScheduleStatus.is_planned)) & (Schedule.opens_at <= now)


async def schedules_to_open(session: AsyncSession, now: datetime) -> list[UUID]:
    """Schedules whose set time has come, the earliest first."""
    return list(await session.scalars(select(Schedule.id).where(_to_open(now)).order_by(Schedule.opens_at)))


async def hold_schedule(session: AsyncSession, schedule_id: UUID, now: datetime) -> Schedule | None:
    """The schedule, locked, if it is still to be opened and nobody else holds it."""
    held = (
        select(Schedule).where(Schedule.id == schedule_id, _to_open(now)).with_for_update(of=Schedule, skip_locked=True)
    )
    return (await session.scalars(held)).unique().one_or_none()


def _of_open_schedules() -> Select[UUID]:
    statement = select(ClassSession.id).join(Schedule, Schedule.id == ClassSession.schedule_id)
    held = Schedule.status.in_(ScheduleStatus.is_open) & ClassSession.status.in_(ClassSessionStatus.takes_place)
    return statement.where(held).order_by(ClassSession.selection_deadline)


def _unreminded(deadline: date) -> ColumnElement[bool]:
    return (ClassSession.selection_deadline == deadline) & ClassSession.reminded_at.is_(None)


def _unclosed(today: date) -> ColumnElement[bool]:
    return (ClassSession.selection_deadline < today) & ClassSession.closed_at.is_(None)


async def sessions_to_remind_of(session: AsyncSession, deadline: date) -> list[UUID]:
    """Sessions open for selection until that day of which nobody has been reminded."""
    return list(await session.scalars(_of_open_schedules().where(_unreminded(deadline))))


async def sessions_to_close(session: AsyncSession, today: date) -> list[UUID]:
    """Sessions whose deadline day is over and that still count as open, the longest over first."""
    return list(await session.scalars(_of_open_schedules().where(_unclosed(today))))


async def hold_to_remind(session: AsyncSession, class_session_id: UUID, deadline: date) -> ClassSession | None:
    """The session, locked, if it is still to be reminded of and nobody else holds it."""
    return await _hold(session, class_session_id, _unreminded(deadline))


async def hold_to_close(session: AsyncSession, class_session_id: UUID, today: date) -> ClassSession | None:
    """The session, locked, if it is still to be closed and nobody else holds it."""
    return await _hold(session, class_session_id, _unclosed(today))


async def _hold(session: AsyncSession, class_session_id: UUID, due: ColumnElement[bool]) -> ClassSession | None:
    held = select(ClassSession).where(ClassSession.id == class_session_id, due)
    row: ClassSession | None = await session.scalar(
        held.with_for_update(of=ClassSession, key_share=True, skip_locked=True)
    )
    return row


async def plan_closed_with(session: AsyncSession, class_session_id: UUID) -> UUID | None:
    """The plan of which this is the last session still open; None while there are others."""
    other = aliased(ClassSession)
    more = exists().where(
        other.plan_id == ClassSession.plan_id,
        other.id != ClassSession.id,
        other.closed_at.is_(None),
        other.status.in_(ClassSessionStatus.takes_place),
    )
    found: UUID | None = await session.scalar(
        select(ClassSession.plan_id).where(ClassSession.id == class_session_id, ~more)
    )
    return found


async def plans_left_open(session: AsyncSession) -> list[UUID]:
    """Plans whose last session that was still open was called off: of the others the deadlines were over before (STAFF-14)."""
    called_off, still_open, over = aliased(ClassSession), aliased(ClassSession), aliased(ClassSession)
    takes_place = ClassSessionStatus.takes_place
    plans = (
        select(called_off.plan_id)
        .join(Schedule, Schedule.id == called_off.schedule_id)
        .where(
            called_off.status.not_in(takes_place),
            Schedule.status.in_(ScheduleStatus.is_open),
            exists().where(
                over.plan_id == called_off.plan_id, over.status.in_(takes_place), over.closed_at.is_not(None)
            ),
            ~exists().where(
                still_open.plan_id == called_off.plan_id,
                still_open.status.in_(takes_place),
                still_open.closed_at.is_(None),
            ),
        )
        .distinct()
    )
    return list(await session.scalars(plans))


async def plan_name(session: AsyncSession, plan_id: UUID) -> str:
    return (await session.scalars(select(Plan.name).where(Plan.id == plan_id))).one()


async def units_still_choosing(session: AsyncSession, plan_id: UUID) -> tuple[UUID, ...]:
    """Units with approved people, 在职, in the plan that have not submitted their selection (STAFF-06)."""
    submitted = exists().where(
        Selection.plan_id == plan_id,
        Selection.unit_id == Registration.unit_id,
        Selection.status.in_(SelectionStatus.is_done),
    )
    units = (
        select(Registration.unit_id)
        .join(StaffMember, StaffMember.id == Registration.staff_id)
        .where(Registration.plan_id == plan_id, Registration.status.in_(RegistrationStatus.takes_a_seat), ~submitted)
        .where(StaffMember.status.in_(EmploymentStatus.is_in_post))
        .distinct()
        .order_by(Registration.unit_id)
    )
    return tuple(await session.scalars(units))
