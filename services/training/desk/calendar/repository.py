"""Queries of a unit's calendar: the plans in which it has people, and the sessions that it may know of (PLAT-06)."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession, Schedule
from services.training.classes.class_sessions.workflow import ClassSessionStatus, ScheduleStatus
from services.training.classes.seats.models import Placement, Seat
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.plans.models import Plan
from services.training.plans.workflow import PlanStatus
from shared.clock import start_of_beijing_day
from shared.identity import Actor


def visible_to(actor: Actor, *, approved: bool = False) -> ColumnElement[bool]:
    """Plans in which the unit has somebody; with ``approved`` somebody who may choose a session."""
    own = (Registration.plan_id == Plan.id) & (Registration.unit_id == actor.organisation_id)
    if approved:
        own &= Registration.status.in_(RegistrationStatus.takes_a_seat)
    return exists().where(own)


async def plans_closing(session: AsyncSession, actor: Actor, since: date) -> Sequence[Plan]:
    """The unit's plans whose registration ends on that day or later."""
    found = select(Plan).where(visible_to(actor), Plan.status.in_(PlanStatus.is_listed))
    return (await session.scalars(found.where(Plan.registration_deadline >= since))).unique().all()


async def schedules_opening(session: AsyncSession, actor: Actor, since: date) -> Sequence[Schedule]:
    """Selections that open or opened on that day or later, where the unit has somebody to place."""
    opens = func.coalesce(Schedule.opened_at, Schedule.opens_at) >= start_of_beijing_day(since)
    found = select(Schedule).join(Plan, Plan.id == Schedule.plan_id).where(visible_to(actor, approved=True), opens)
    return (await session.scalars(found)).unique().all()


class Choice(NamedTuple):
    class_session: ClassSession
    plan_name: str


class Course(NamedTuple):
    """``people`` are those of the unit."""

    class_session: ClassSession
    plan_name: str
    people: int


async def sessions_closing(session: AsyncSession, actor: Actor, since: date) -> list[Choice]:
    """What the unit may choose until that day or later; none before the plan's selection is open."""
    found = (
        select(ClassSession, Plan.name)
        .join(Plan, Plan.id == ClassSession.plan_id)
        .join(Schedule, Schedule.id == ClassSession.schedule_id)
        .where(visible_to(actor, approved=True), Schedule.status.in_(ScheduleStatus.is_open))
        .where(ClassSession.selection_deadline >= since, ClassSession.status.in_(ClassSessionStatus.takes_place))
    )
    return [Choice(*row) for row in (await session.execute(found)).unique()]


async def sessions_attended(session: AsyncSession, actor: Actor, since: date) -> list[Course]:
    """Sessions with people of the unit that end on that day or later. A place that is only offered is
    not counted (BEY-02)."""
    placed = exists().where(Placement.seat_id == Seat.id, Placement.waiting_entry_id.is_(None))
    counted = (
        select(Seat.class_session_id.label("id"), func.count().label("people"))
        .where(Seat.unit_id == actor.organisation_id, placed)
        .group_by(Seat.class_session_id)
        .subquery()
    )
    found = (
        select(ClassSession, Plan.name, counted.c.people)
        .join(counted, counted.c.id == ClassSession.id)
        .join(Plan, Plan.id == ClassSession.plan_id)
        .where(ClassSession.end_date >= since)
    )
    return [Course(*row) for row in (await session.execute(found)).unique()]
