"""The queries behind the checklist and the needs of a plan: a unit's own people only (PLAT-06)."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.models import Qualification, StaffMember, in_file
from services.training.people.personnel.workflow import EmploymentStatus
from shared.db.rows import named_rows
from shared.identity import Actor

_SENT = RegistrationStatus.is_sent


async def count_employed(session: AsyncSession, actor: Actor) -> int:
    """How many people of the unit are 在职."""
    employed = select(func.count()).where(
        StaffMember.unit_id == actor.organisation_id, StaffMember.status.in_(EmploymentStatus.is_in_post)
    )
    return await session.scalar(employed) or 0


async def has_sent(session: AsyncSession, actor: Actor) -> bool:
    """Whether the unit has ever sent in a registration."""
    sent = exists().where(Registration.unit_id == actor.organisation_id, Registration.status.in_(_SENT))
    return bool(await session.scalar(select(sent)))


class Sought(NamedTuple):
    """Certificates of this category, and of one of these specialties at least where there are any. One that says none is any of them,
    unless ``apart``: then nothing tells which it is."""

    category: str
    specialties: Sequence[str]
    apart: bool

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        yield Qualification.category == self.category
        if self.specialties:
            fits = Qualification.scope.overlap(list(self.specialties))
            yield fits if self.apart else or_(fits, Qualification.scope == [])


class PersonInFile(NamedTuple):
    staff: StaffMember
    certificate: Qualification | None
    status: RegistrationStatus | None


async def list_with_certificates(
    session: AsyncSession, actor: Actor, plan_id: UUID, wanted: Sought
) -> list[PersonInFile]:
    """The unit's 在职 people by name, each with the certificate of this kind that lasts longest and the status in this plan."""
    own = aliased(StaffMember)
    newest = (
        select(Qualification)
        .join(own, own.person_id == Qualification.person_id)
        .where(
            *wanted.conditions(),
            Qualification.revoked_at.is_(None),
            own.unit_id == actor.organisation_id,
            in_file(Qualification, own),
        )
        .ext(distinct_on(Qualification.person_id))
        .order_by(
            Qualification.person_id, Qualification.expires_on.desc().nulls_first(), Qualification.issued_on.desc()
        )
        .subquery()
    )
    certificate = aliased(Qualification, newest)
    statement = (
        select(StaffMember, certificate, Registration.status)
        .outerjoin(certificate, certificate.person_id == StaffMember.person_id)
        .outerjoin(Registration, and_(Registration.staff_id == StaffMember.id, Registration.plan_id == plan_id))
        .where(StaffMember.unit_id == actor.organisation_id, StaffMember.status.in_(EmploymentStatus.is_in_post))
        .order_by(StaffMember.name_key, StaffMember.id)
    )
    return await named_rows(session, statement, PersonInFile)
