"""What training knows of the certificates that follow from results: their numbers, what became of them, and which are missing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession
from services.training.enrolment.registrations.models import Registration
from services.training.people.personnel.models import Qualification
from services.training.plans.models import Plan
from services.training.results.attendance.models import Attendance
from services.training.results.scores.models import IssuedCertificate, Result, ScoreSheet
from services.training.results.scores.workflow import SCORE_SHEET
from shared.db.history import History

# The step in a sheet's history that tells of a revoked certificate.
REVOKED = "certificate_revoked"


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


async def drop_certificate(session: AsyncSession, certificate_id: UUID) -> tuple[UUID, UUID] | None:
    """The certificate counts no longer: no number, no download (X13). (registration id, class session id) of what is gone."""
    gone = delete(IssuedCertificate).where(IssuedCertificate.certificate_id == certificate_id)
    row = await session.execute(gone.returning(IssuedCertificate.registration_id, IssuedCertificate.class_session_id))
    found = row.one_or_none()
    return (found[0], found[1]) if found else None


async def revocations_in(session: AsyncSession, class_session_id: UUID) -> list[History]:
    """The revocations by hand that the session's sheet has heard of, oldest first; no correction undoes them (STAFF-09)."""
    heard = (
        select(History)
        .where(History.record_type == SCORE_SHEET.name, History.record_id == class_session_id)
        .where(History.action == REVOKED, History.after["by_correction"].as_boolean().is_(False))
    )
    return list(await session.scalars(heard.order_by(History.position)))


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


def _attended_enough() -> ColumnElement[bool]:
    """That no attendance stands in the way; the same sum as ``attendance`` makes (BEY-15)."""
    there = (
        select(func.count())
        .where(
            Attendance.class_session_id == ScoreSheet.class_session_id,
            Attendance.registration_id == Result.registration_id,
        )
        .correlate(ScoreSheet, Result)
        .scalar_subquery()
    )
    days = func.least(ClassSession.days, ClassSession.end_date - ClassSession.start_date + 1)
    return or_(Plan.minimum_attendance.is_(None), there * 100 >= Plan.minimum_attendance * days)


async def list_passed_without_certificate(session: AsyncSession, *, minutes: int) -> list[Uncertified]:
    """Passed results that were published or corrected longer ago and of whose certificate nothing was heard, neither its number nor its
    revocation; who gets none for want of attendance is not among them. At most a hundred."""
    heard = exists().where(
        IssuedCertificate.registration_id == Result.registration_id,
        IssuedCertificate.class_session_id == ScoreSheet.class_session_id,
    )
    revoked = exists().where(
        Qualification.person_id == Registration.person_id,
        Qualification.revoked_at >= ScoreSheet.published_at,
    )
    # Attendance may have been put right later (BEY-15).
    marked = select(func.max(Attendance.recorded_at)).where(
        Attendance.class_session_id == ScoreSheet.class_session_id,
        Attendance.registration_id == Result.registration_id,
    )
    last_mark = marked.correlate(ScoreSheet, Result).scalar_subquery()
    since = func.greatest(func.coalesce(Result.corrected_at, ScoreSheet.published_at), last_mark)
    late = (
        select(Result.registration_id, ScoreSheet.class_session_id, ScoreSheet.published_at)
        .join(ScoreSheet, ScoreSheet.id == Result.sheet_id)
        .join(Registration, Registration.id == Result.registration_id)
        .join(ClassSession, ClassSession.id == ScoreSheet.class_session_id)
        .join(Plan, Plan.id == ClassSession.plan_id)
        .where(Result.passed.is_(True), since < func.now() - timedelta(minutes=minutes), ~heard, ~revoked)
        .where(_attended_enough())
    )
    rows = await session.execute(late.distinct().limit(100))
    return [Uncertified(registration, class_session, at) for registration, class_session, at in rows if at]
