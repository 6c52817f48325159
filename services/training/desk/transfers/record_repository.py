"""A person's training over all units, as the tables have it: registrations, sessions, published results, certificates."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import and_, any_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.seats.models import Placement
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.plans.models import position_of
from services.training.results.scores.models import IssuedCertificate, Result, ScoreSheet
from services.training.results.scores.workflow import ScoreSheetStatus

_SENT = RegistrationStatus.is_sent


async def registrations_of_person(session: AsyncSession, person_id: UUID, unit_id: UUID) -> Sequence[Registration]:
    """The unit's own, and those of others that were sent and came with the person; the newest first."""
    came_along = and_(Registration.status.in_(_SENT), any_(Registration.known_to) == unit_id)
    seen = or_(Registration.unit_id == unit_id, came_along)
    found = select(Registration).where(Registration.person_id == person_id, seen)
    return (await session.scalars(found.order_by(Registration.id.desc()))).all()


async def sessions_of(session: AsyncSession, registration_ids: Collection[UUID]) -> list[tuple[UUID, ClassSession]]:
    """(registration, session) for each session in which one has a place for good, by date."""
    rows = await session.execute(
        select(Placement.registration_id, ClassSession)
        .join(ClassSession, ClassSession.id == Placement.class_session_id)
        .where(Placement.registration_id.in_(registration_ids), Placement.waiting_entry_id.is_(None))
        .order_by(ClassSession.start_date, ClassSession.id)
    )
    return list(dict.fromkeys((row[0], row[1]) for row in rows.unique()))


async def published_results(session: AsyncSession, registration_ids: Collection[UUID]) -> list[tuple[UUID, Result]]:
    """(class session, result) of sheets that are out."""
    rows = await session.execute(
        select(ScoreSheet.class_session_id, Result)
        .join(ScoreSheet, ScoreSheet.id == Result.sheet_id)
        .where(Result.registration_id.in_(registration_ids), ScoreSheet.status.in_(ScoreSheetStatus.is_out))
        .order_by(position_of(Result.specialty_code))
    )
    return [(row[0], row[1]) for row in rows.unique()]


async def certificate_numbers(
    session: AsyncSession, registration_ids: Collection[UUID]
) -> dict[tuple[UUID, UUID], str]:
    """(registration, class session) → number."""
    found = select(IssuedCertificate).where(IssuedCertificate.registration_id.in_(registration_ids))
    return {(row.registration_id, row.class_session_id): row.number for row in await session.scalars(found)}
