"""The numbers of the province's board, counted by the database from the rows as they are (STAFF-12). Whose rows they are is decided by
the domains' own ``visible_to``: an office below the province counts its region (PLAT-06).
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    TIMESTAMP,
    ScalarSelect,
    Select,
    cast,
    exists,
    false,
    func,
    or_,
    select,
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
from services.training.plans.models import Plan
from services.training.plans.workflow import PlanStatus
from services.training.results.scores.models import Result, ScoreSheet
from services.training.results.scores.repository import visible_to as sheets_visible_to
from services.training.results.scores.workflow import ScoreSheetStatus
from shared.db.rows import named_rows
from shared.identity import Actor
from shared.roles import Level, Permission

REVIEWS, RETURN_REQUESTS, LATE_ENTRIES, SCORES = "reviews", "return_requests", "late_entries", "scores"


async def waiting(session: AsyncSession, actor: Actor, now: datetime) -> list[Aged]:
    """One row for each kind of other work that the actor may see, in one statement; what waits of registrations is counted."""
    parts = []
    if actor.may(Permission.PROVINCE_REVIEW):
        asked = LateEntry.status.in_(LateEntryStatus.awaits_answer)
        parts.append(counted(LATE_ENTRIES, LateEntry.created_at, now, late_entries.visible_to(actor), asked))
    if actor.may(Permission.SCORE_ENTRY):
        parts.append(_unpublished(actor, now))
    return await named_rows(session, union_all(*parts), Aged.of) if parts else []


async def oldest(session: AsyncSession, actor: Actor, key: str) -> datetime | None:
    """Since when the first of them waits: the first entry of an index."""
    asked = Registration.return_requested_at
    if key == RETURN_REQUESTS:
        return await session.scalar(select(func.min(asked)).where(visible_to(actor), asked.is_not(None)))
    which = Registration.status.in_(RegistrationStatus.awaits_review)
    found = select(waiting_since).where(visible_to(actor), which).order_by(waiting_since, Registration.id).limit(1)
    return await session.scalar(found)


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


class SeatsOfPlan(NamedTuple):
    """``own_taken`` are those taken by people of the actor's region."""

    plan_id: UUID
    name: str
    sessions: int
    capacity: int
    taken: int
    own_taken: int


async def seats(session: AsyncSession, actor: Actor, today: date) -> list[SeatsOfPlan]:
    """Plans whose selection is running. All units are the province's, and so are all seats that are taken."""
    own = func.sum(ClassSession.taken) if actor.level is Level.PROVINCE else _seats_of(actor)
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


def _seats_of(actor: Actor) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(Seat)
        .join(ClassSession, ClassSession.id == Seat.class_session_id)
        .join(Institution, Institution.id == Seat.unit_id)
        .where(ClassSession.plan_id == Plan.id, Institution.region_code.startswith(actor.region_prefix))
        .correlate(Plan)
        .scalar_subquery()
    )


async def session_labels(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, str]:
    """培训班名称 and 期次 of these class sessions."""
    found = select(ClassSession.id, Plan.name, ClassSession.session_no).join(Plan, Plan.id == ClassSession.plan_id)
    rows = await session.execute(found.where(ClassSession.id.in_(ids)))
    return {identity: f"{name} 第{number}期" for identity, name, number in rows}
