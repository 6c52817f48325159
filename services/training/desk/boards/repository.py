"""The numbers of the province's board, counted by the database from the rows as they are (STAFF-12). Whose rows they are is decided by
the domains' own ``visible_to``: an office below the province counts its region (PLAT-06).
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    TIMESTAMP,
    Select,
    SQLColumnExpression,
    String,
    cast,
    exists,
    false,
    func,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession, Schedule
from services.training.classes.class_sessions.workflow import ClassSessionStatus, ScheduleStatus
from services.training.classes.seats.models import Seat
from services.training.desk.boards.ages import Aged, counted
from services.training.enrolment.late_entries import repository as late_entries
from services.training.enrolment.late_entries.models import LateEntry
from services.training.enrolment.late_entries.workflow import LateEntryStatus
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.repository import visible_to
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.enrolment.review.repository import waiting_since
from services.training.people.institutions.models import Institution
from services.training.plans.models import Plan, PlanType
from services.training.plans.workflow import PlanStatus
from services.training.results.scores.models import Result, ScoreSheet
from services.training.results.scores.repository import visible_to as sheets_visible_to
from services.training.results.scores.workflow import ScoreSheetStatus
from shared.db.rows import named_rows
from shared.identity import Actor
from shared.roles import Level, Permission

REVIEWS, RETURN_REQUESTS, LATE_ENTRIES, SCORES = "reviews", "return_requests", "late_entries", "scores"
# What the database answers for GROUPING(region, plan, type): a bit for each column that is summed over.
BY_REGION, BY_PLAN, BY_TYPE = 0b011, 0b101, 0b110


async def waiting(session: AsyncSession, actor: Actor, now: datetime) -> list[Aged]:
    """One row for each kind of work that the actor may see, in one statement."""
    mine = visible_to(actor)
    parts = [
        counted(REVIEWS, waiting_since, now, mine, Registration.status.in_(RegistrationStatus.awaits_review)),
        counted(RETURN_REQUESTS, waiting_since, now, mine, Registration.return_requested_at.is_not(None)),
    ]
    if actor.may(Permission.PROVINCE_REVIEW):
        asked = LateEntry.status.in_(LateEntryStatus.awaits_answer)
        parts.append(counted(LATE_ENTRIES, LateEntry.created_at, now, late_entries.visible_to(actor), asked))
    if actor.may(Permission.SCORE_ENTRY):
        parts.append(_unpublished(actor, now))
    return await named_rows(session, union_all(*parts), Aged.of)


def _unpublished(actor: Actor, now: datetime) -> Select[str, int, datetime | None, *tuple[int, ...]]:
    """Sessions in which somebody sits and whose results are not out, waiting since their last day."""
    ended = func.timezone("Asia/Shanghai", cast(ClassSession.end_date, TIMESTAMP))
    out = func.coalesce(ScoreSheet.status.in_(ScoreSheetStatus.is_out), false())
    held = ClassSession.status.in_(ClassSessionStatus.takes_place)
    somebody = or_(ClassSession.taken > 0, exists().where(Result.sheet_id == ClassSession.id))
    return (
        counted(SCORES, ended, now, sheets_visible_to(actor), somebody, held, ~out)
        .select_from(ClassSession)
        .outerjoin(ScoreSheet, ScoreSheet.class_session_id == ClassSession.id)
    )


def _region_key(actor: Actor) -> SQLColumnExpression[str]:
    """The level below the caller: cities of a province, counties of a city, units of a county."""
    if actor.level is Level.PROVINCE:
        return func.left(Registration.region_code, 4)
    return Registration.region_code if actor.level is Level.CITY else cast(Registration.unit_id, String)


class People(NamedTuple):
    """How many people there are in a status: in a region, a plan or a class type, as ``what`` says; the other two keys are empty."""

    what: int
    region: str
    plan_id: UUID
    type_code: str
    status: RegistrationStatus
    people: int
    unit_name: str
    plan_name: str
    type_label: str
    deadline: date
    published: bool


async def people(session: AsyncSession, actor: Actor) -> list[People]:
    """By status in each region (BY_REGION), plan (BY_PLAN) and class type (BY_TYPE). Registrations are counted once, and the counts
    summed."""
    once = (
        select(
            _region_key(actor).label("region"),
            func.max(Registration.unit_name).label("unit_name"),
            Registration.plan_id,
            Registration.status,
            func.count().label("people"),
        )
        .where(visible_to(actor))
        .group_by("region", Registration.plan_id, Registration.status)
        .cte("once")
    )
    region, plan, kind, status = once.c.region, once.c.plan_id, Plan.type_code, once.c.status
    statement = (
        select(
            func.grouping(region, plan, kind).label("what"),
            region,
            plan,
            kind,
            status,
            func.sum(once.c.people).label("people"),
            func.max(once.c.unit_name).label("unit_name"),
            func.max(Plan.name).label("plan_name"),
            func.max(PlanType.label).label("type_label"),
            func.max(Plan.registration_deadline).label("deadline"),
            func.bool_or(Plan.status.in_(PlanStatus.takes_people)).label("published"),
        )
        .join(Plan, Plan.id == plan)
        .join(PlanType, PlanType.code == kind)
        .group_by(func.grouping_sets(tuple_(region, status), tuple_(plan, status), tuple_(kind, status)))
        .order_by(region, func.max(PlanType.position), plan)
    )
    return await named_rows(session, statement, People)


class SeatsOfPlan(NamedTuple):
    """``own_taken`` are those taken by people of the actor's region."""

    plan_id: UUID
    name: str
    sessions: int
    capacity: int
    taken: int
    own_taken: int


async def seats(session: AsyncSession, actor: Actor, today: date) -> list[SeatsOfPlan]:
    """Plans whose selection is running."""
    own = (
        select(func.count())
        .select_from(Seat)
        .join(ClassSession, ClassSession.id == Seat.class_session_id)
        .join(Institution, Institution.id == Seat.unit_id)
        .where(ClassSession.plan_id == Plan.id, Institution.region_code.startswith(actor.region_prefix))
        .correlate(Plan)
        .scalar_subquery()
    )
    statement = (
        select(Plan.id, Plan.name, func.count(), func.sum(ClassSession.capacity), func.sum(ClassSession.taken), own)
        .join(Schedule, Schedule.plan_id == Plan.id)
        .join(ClassSession, ClassSession.plan_id == Plan.id)
        .where(Schedule.status.in_(ScheduleStatus.is_open), Plan.status.in_(PlanStatus.takes_people))
        .where(ClassSession.status.in_(ClassSessionStatus.takes_place))
        .group_by(Plan.id)
        .having(func.max(ClassSession.selection_deadline) >= today)
        .order_by(func.min(ClassSession.selection_deadline), Plan.id)
    )
    return await named_rows(session, statement, SeatsOfPlan)


async def session_labels(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, str]:
    """培训班名称 and 期次 of these class sessions."""
    found = select(ClassSession.id, Plan.name, ClassSession.session_no).join(Plan, Plan.id == ClassSession.plan_id)
    rows = await session.execute(found.where(ClassSession.id.in_(ids)))
    return {identity: f"{name} 第{number}期" for identity, name, number in rows}
