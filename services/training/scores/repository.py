"""Queries and row-making statements of score sheets. A sheet's rows follow the placements until it is published: who came after gets a
row, who was returned loses it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, false, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from services.training.class_sessions.models import ClassSession
from services.training.personnel.models import Qualification, StaffMember
from services.training.plans.models import Plan, Specialty
from services.training.registrations.models import Registration
from services.training.scores.models import IssuedCertificate, Result, ScoreSheet
from services.training.scores.workflow import SCORE_SHEET, ScoreSheetStatus
from services.training.selection.models import Placement, Seat
from shared.db.paging import PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Permission


@dataclass(frozen=True)
class SheetFilter:
    plan_id: UUID | None
    status: Sequence[ScoreSheetStatus]


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Scores are entered by the province, over all units; units see their own through results."""
    return true() if actor.may(Permission.SCORE_ENTRY) else false()


def _has_seats() -> ColumnElement[bool]:
    return or_(ClassSession.taken > 0, exists().where(Result.sheet_id == ClassSession.id))


async def list_sheets(session: AsyncSession, actor: Actor, wanted: SheetFilter, page: PageRequest) -> Rows:
    """Rows of (class session, plan, status, published at, entered, total): sessions in which somebody sits."""
    status = func.coalesce(ScoreSheet.status, SCORE_SHEET.initial)
    entered = select(func.count()).where(Result.sheet_id == ClassSession.id, Result.passed.is_not(None))
    total = select(func.count()).where(Placement.class_session_id == ClassSession.id)
    statement = (
        select(ClassSession, Plan, status, ScoreSheet.published_at)
        .add_columns(entered.correlate(ClassSession).scalar_subquery(), total.correlate(ClassSession).scalar_subquery())
        .join(Plan, Plan.id == ClassSession.plan_id)
        .outerjoin(ScoreSheet, ScoreSheet.class_session_id == ClassSession.id)
        .where(visible_to(actor), _has_seats())
    )
    if wanted.plan_id is not None:
        statement = statement.where(ClassSession.plan_id == wanted.plan_id)
    if wanted.status:
        statement = statement.where(status.in_(wanted.status))
    columns = {"id": ClassSession.id, "start_date": ClassSession.start_date, "session_no": ClassSession.session_no}
    return await fetch_page(session, statement, columns=columns, default_sort="-start_date,session_no", page=page)


async def lock_sheet(session: AsyncSession, actor: Actor, sheet_id: UUID) -> ScoreSheet:
    """The session's sheet, made when missing, locked until the end of the transaction. Raises ``NotFound`` without seats."""
    found = select(ClassSession.id).where(visible_to(actor), ClassSession.id == sheet_id, _has_seats())
    if await session.scalar(found) is None:
        raise NotFound
    made = insert(ScoreSheet).values(id=sheet_id, class_session_id=sheet_id, status=SCORE_SHEET.initial, version=1)
    await session.execute(made.on_conflict_do_nothing())
    locked = select(ScoreSheet).where(ScoreSheet.id == sheet_id).with_for_update(of=ScoreSheet)
    return (await session.scalars(locked.execution_options(populate_existing=True))).unique().one()


async def follow_placements(session: AsyncSession, sheet: ScoreSheet) -> None:
    """One result per placed person and specialty, no more and no fewer; the sheet is locked by the caller."""
    placed = and_(
        Placement.class_session_id == sheet.class_session_id,
        Placement.registration_id == Result.registration_id,
        Placement.specialty_code == Result.specialty_code,
    )
    stale = delete(Result).where(Result.sheet_id == sheet.id, ~exists().where(placed))
    await session.execute(stale.execution_options(synchronize_session=False))
    missing = select(Placement.registration_id, Placement.specialty_code, Placement.unit_id).where(
        Placement.class_session_id == sheet.class_session_id, ~exists().where(Result.sheet_id == sheet.id, placed)
    )
    values = [
        {"id": new_id(), "sheet_id": sheet.id, "registration_id": r, "specialty_code": code, "unit_id": unit}
        for r, code, unit in await session.execute(missing)
    ]
    if values:
        await session.execute(insert(Result).values(values).on_conflict_do_nothing())
    await session.refresh(sheet, ["results"])


async def results_of(session: AsyncSession, sheet_id: UUID, unit_id: UUID | None = None) -> list[Result]:
    """The sheet's rows with their people, by unit, name and specialty; of one unit when given."""
    statement = (
        select(Result)
        .join(Registration, Registration.id == Result.registration_id)
        .join(StaffMember, StaffMember.id == Registration.staff_id)
        .join(Specialty, Specialty.code == Result.specialty_code)
        .where(Result.sheet_id == sheet_id)
        .order_by(Registration.unit_name, StaffMember.name_key, Registration.id, Specialty.position)
        .options(joinedload(Result.registration))
    )
    if unit_id is not None:
        statement = statement.where(Result.unit_id == unit_id)
    return list((await session.scalars(statement.execution_options(populate_existing=True))).unique())


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


async def shut_class_session(session: AsyncSession, class_session_id: UUID) -> None:
    """Raises the session's version: a placement under way, which looks at it, is refused and finds the results out."""
    statement = update(ClassSession).where(ClassSession.id == class_session_id)
    shut = statement.values(version=ClassSession.version + 1)
    await session.execute(shut.execution_options(synchronize_session=False))


async def keep_certificate(
    session: AsyncSession, *, registration_id: UUID, class_session_id: UUID, certificate_id: UUID, number: str
) -> None:
    """One per person and session; told again, it stays one."""
    made = insert(IssuedCertificate).values(
        registration_id=registration_id, class_session_id=class_session_id, certificate_id=certificate_id, number=number
    )
    changed = {"certificate_id": certificate_id, "number": number}
    keys = ["registration_id", "class_session_id"]
    await session.execute(made.on_conflict_do_update(index_elements=keys, set_=changed))


async def drop_certificate(session: AsyncSession, certificate_id: UUID) -> None:
    """The certificate counts no longer: no number, no download (X13)."""
    await session.execute(delete(IssuedCertificate).where(IssuedCertificate.certificate_id == certificate_id))


async def certificates_of(
    session: AsyncSession, class_session_id: UUID, registration_ids: Collection[UUID]
) -> dict[UUID, tuple[UUID, str]]:
    """Registration → (certificate id, number)."""
    found = select(IssuedCertificate).where(
        IssuedCertificate.class_session_id == class_session_id, IssuedCertificate.registration_id.in_(registration_ids)
    )
    return {row.registration_id: (row.certificate_id, row.number) for row in await session.scalars(found)}


@dataclass(frozen=True)
class Uncertified:
    registration_id: UUID
    class_session_id: UUID
    published_at: datetime


async def list_passed_without_certificate(session: AsyncSession, *, minutes: int) -> list[Uncertified]:
    """Passed results that were published longer ago and of whose certificate nothing was heard, neither its number nor its
    revocation; at most a hundred."""
    heard = exists().where(
        IssuedCertificate.registration_id == Result.registration_id,
        IssuedCertificate.class_session_id == ScoreSheet.class_session_id,
    )
    revoked = exists().where(
        Registration.id == Result.registration_id,
        Qualification.person_id == Registration.person_id,
        Qualification.revoked_at >= ScoreSheet.published_at,
    )
    late = (
        select(Result.registration_id, ScoreSheet.class_session_id, ScoreSheet.published_at)
        .join(ScoreSheet, ScoreSheet.id == Result.sheet_id)
        .where(
            Result.passed.is_(True), ScoreSheet.published_at < func.now() - timedelta(minutes=minutes), ~heard, ~revoked
        )
    )
    rows = await session.execute(late.distinct().limit(100))
    return [Uncertified(registration, class_session, at) for registration, class_session, at in rows if at]
