"""Queries of score sheets: which there are, and the locks under which one is filled and published. Their rows are in
``row_repository``, what is known of certificates in ``certificate_repository``.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    cast,
    distinct,
    exists,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import lazyload

from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.class_sessions.workflow import ClassSessionStatus
from services.training.classes.seats.models import Placement, Seat
from services.training.enrolment.registrations.models import Registration
from services.training.plans.models import Plan, PlanSpecialty
from services.training.results.scores.models import Result, ScoreSheet
from services.training.results.scores.workflow import SCORE_SHEET, ScoreSheetStatus
from shared.db.paging import Filter, PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identity import Actor
from shared.roles import Permission


class SheetFilter(Filter):
    plan_id: UUID | None = Field(default=None, description="培训计划")
    status: list[ScoreSheetStatus] = Field(default=[], max_length=20, description="可多选")


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Scores are entered by the province, over all units; units see their own through results."""
    return true() if actor.may(Permission.SCORE_ENTRY) else false()


def _has_seats() -> ColumnElement[bool]:
    somebody = or_(ClassSession.taken > 0, exists().where(Result.sheet_id == ClassSession.id))
    return ClassSession.status.in_(ClassSessionStatus.takes_place) & somebody


def _rows_due() -> ColumnElement[int]:
    """How many rows the sheet has, or will have when it is looked at: one per person and 考核组 (X30)."""
    alone = func.coalesce(cast(PlanSpecialty.exam_group, String), Placement.specialty_code)
    member = and_(
        PlanSpecialty.plan_id == ClassSession.plan_id, PlanSpecialty.specialty_code == Placement.specialty_code
    )
    counted = (
        select(func.count(distinct(tuple_(Placement.registration_id, alone))))
        .outerjoin(PlanSpecialty, member)
        .where(Placement.class_session_id == ClassSession.id, Placement.waiting_entry_id.is_(None))
    )
    return counted.correlate(ClassSession).scalar_subquery()


class SheetOfSession(NamedTuple):
    """A class session, and how far its score sheet is."""

    class_session: ClassSession
    plan: Plan
    status: ScoreSheetStatus
    published_at: datetime | None
    entered: int
    total: int


async def list_sheets(
    session: AsyncSession, actor: Actor, wanted: SheetFilter, page: PageRequest
) -> Rows[SheetOfSession]:
    """Sessions in which somebody sits."""
    status = func.coalesce(ScoreSheet.status, SCORE_SHEET.initial)
    entered = select(func.count()).where(Result.sheet_id == ClassSession.id, Result.passed.is_not(None))
    statement = (
        select(ClassSession, Plan, status, ScoreSheet.published_at)
        .add_columns(entered.correlate(ClassSession).scalar_subquery(), _rows_due())
        .join(Plan, Plan.id == ClassSession.plan_id)
        .outerjoin(ScoreSheet, ScoreSheet.class_session_id == ClassSession.id)
        .where(visible_to(actor), _has_seats())
        .options(lazyload(ClassSession.specialties), lazyload(Plan.specialties))
    )
    if wanted.plan_id is not None:
        statement = statement.where(ClassSession.plan_id == wanted.plan_id)
    if wanted.status:
        statement = statement.where(status.in_(wanted.status))
    columns = {"id": ClassSession.id, "start_date": ClassSession.start_date, "session_no": ClassSession.session_no}
    return await fetch_page(
        session, statement, columns=columns, default_sort="-start_date,session_no", page=page, row=SheetOfSession
    )


async def lock_sheet(session: AsyncSession, actor: Actor, sheet_id: UUID) -> ScoreSheet:
    """The session's sheet, made when missing, locked until the end of the transaction. Raises ``NotFound`` without seats."""
    found = select(ClassSession.id).where(visible_to(actor), ClassSession.id == sheet_id, _has_seats())
    if await session.scalar(found) is None:
        raise NotFound
    made = insert(ScoreSheet).values(id=sheet_id, class_session_id=sheet_id, status=SCORE_SHEET.initial, version=1)
    await session.execute(made.on_conflict_do_nothing())
    locked = select(ScoreSheet).where(ScoreSheet.id == sheet_id).with_for_update(of=ScoreSheet)
    return (await session.scalars(locked.execution_options(populate_existing=True))).unique().one()


async def lock_published(session: AsyncSession, sheet_id: UUID) -> None:
    """Whoever else prepares a document of this sheet, or corrects it, waits."""
    await session.execute(select(ScoreSheet.id).where(ScoreSheet.id == sheet_id).with_for_update())


async def require_sheet(session: AsyncSession, sheet_id: UUID) -> ScoreSheet:
    """A published sheet that the caller has locked, as the database has it now."""
    found = select(ScoreSheet).where(ScoreSheet.id == sheet_id).execution_options(populate_existing=True)
    return (await session.scalars(found)).unique().one()


async def require_plan_of(session: AsyncSession, class_session_id: UUID) -> Plan:
    """The plan of a class session."""
    found = select(Plan).join(ClassSession, ClassSession.plan_id == Plan.id)
    return (await session.scalars(found.where(ClassSession.id == class_session_id))).unique().one()


async def lock_placed_registrations(session: AsyncSession, class_session_id: UUID) -> dict[UUID, Registration]:
    """The registrations with a seat in the session, locked in id order: none of them is returned while its result goes out."""
    seated = select(Seat.registration_id).where(Seat.class_session_id == class_session_id)
    locked = select(Registration).where(Registration.id.in_(seated)).order_by(Registration.id)
    locked = locked.with_for_update(of=Registration).execution_options(populate_existing=True)
    return {row.id: row for row in await session.scalars(locked)}
