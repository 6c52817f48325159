"""The queries behind the checklist and the needs of a plan: a unit's own people only (PLAT-06)."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.institutions.models import Institution
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


async def count_units(session: AsyncSession) -> int:
    """The units that see what is published."""
    return await session.scalar(select(func.count()).where(Institution.active)) or 0


class Due(NamedTuple):
    units: int
    people: int


async def count_due(session: AsyncSession, wanted: Sought, before: date) -> Due:
    """How many 在职 people of how many units have a certificate of this kind of which the one that lasts longest ends before that day."""
    lasting = (
        select(StaffMember.id, StaffMember.unit_id)
        .join(Qualification, Qualification.person_id == StaffMember.person_id)
        .join(Institution, Institution.id == StaffMember.unit_id)
        .where(
            *wanted.conditions(),
            Qualification.revoked_at.is_(None),
            in_file(Qualification, StaffMember),
            StaffMember.status.in_(EmploymentStatus.is_in_post),
            Institution.active,
        )
        .group_by(StaffMember.id, StaffMember.unit_id)
        # One without an end lasts for ever.
        .having(func.bool_and(Qualification.expires_on < before).is_(True))
        .having(func.count() == func.count(Qualification.expires_on))
        .subquery()
    )
    found = (
        await session.execute(select(func.count(lasting.c.unit_id.distinct()), func.count()).select_from(lasting))
    ).one()
    return Due(*found)
