"""The rows that would go with a person who moves, as they are now; only looked at. What really goes is in ``moving``."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import any_, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.seats.models import Seat
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.models import Qualification, StaffMember, in_file
from services.training.people.personnel.workflow import EMPLOYMENT
from shared.attachments import Attachment
from shared.db.rows import named_rows

_SENT = RegistrationStatus.is_sent


class Moving(NamedTuple):
    """A registration with the numbers of the sessions in which the person has a seat."""

    registration: Registration
    sessions: Sequence[int]


async def file_of(session: AsyncSession, person_id: UUID, unit_id: UUID) -> StaffMember | None:
    """The unit's file of the person."""
    mine = select(StaffMember).where(StaffMember.person_id == person_id, StaffMember.unit_id == unit_id)
    found: StaffMember | None = await session.scalar(mine)
    return found


async def certificates_in(session: AsyncSession, staff_id: UUID) -> Sequence[Qualification]:
    """Those that the file shows, the newest first."""
    found = (
        select(Qualification)
        .join(StaffMember, StaffMember.person_id == Qualification.person_id)
        .where(StaffMember.id == staff_id, in_file(Qualification, StaffMember))
        .order_by(Qualification.issued_on.desc(), Qualification.id)
    )
    return (await session.scalars(found)).all()


async def attachments_of(session: AsyncSession, staff_id: UUID) -> dict[str, int]:
    """{kind: how many files}."""
    mine = select(Attachment.kind, func.count()).where(
        Attachment.record_type == EMPLOYMENT.name, Attachment.record_id == staff_id
    )
    return {str(kind): count for kind, count in await session.execute(mine.group_by(Attachment.kind))}


async def moving_registrations(session: AsyncSession, person_id: UUID, unit_id: UUID) -> list[Moving]:
    """Those that were sent and whose results are not out, the newest first."""
    numbers = (
        select(func.array_agg(aggregate_order_by(ClassSession.session_no, ClassSession.session_no)))
        .join(Seat, Seat.class_session_id == ClassSession.id)
        .where(Seat.registration_id == Registration.id)
        .correlate(Registration)
        .scalar_subquery()
    )
    found = select(Registration, func.coalesce(numbers, [])).where(
        Registration.person_id == person_id,
        Registration.unit_id == unit_id,
        Registration.status.in_(_SENT),
        Registration.results_published_at.is_(None),
    )
    return await named_rows(session, found.order_by(Registration.id.desc()), Moving)


async def count_finished(session: AsyncSession, person_id: UUID, unit_id: UUID) -> int:
    """Registrations whose results are out and of which the unit knows: they stay where they are, and the new unit reads them."""
    known = or_(Registration.unit_id == unit_id, any_(Registration.known_to) == unit_id)
    out = Registration.results_published_at.is_not(None)
    counted = select(func.count()).where(Registration.person_id == person_id, known, out)
    return await session.scalar(counted) or 0
