"""What the flags of the review desk are told from: certificates, uploads, other registrations of the same people. Read for registrations
that the caller has been shown already, some hundred at most.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.training.enrolment.registrations.models import Registration, RegistrationSpecialty
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.institutions.models import Institution
from services.training.people.personnel.choices import SCOPED_CATEGORIES
from services.training.people.personnel.models import Qualification, StaffMember
from services.training.people.personnel.workflow import EMPLOYMENT, EmploymentStatus
from services.training.plans.models import NO_SPECIALTY, Plan, PlanType, Specialty
from services.training.plans.workflow import PlanStatus
from shared.attachments import of_record
from shared.db.rows import named_rows


class Elsewhere(NamedTuple):
    """Where else the person of a registration is known, in words."""

    registration_id: UUID
    words: str


class _OwnCertificate(NamedTuple):
    registration_id: UUID
    certificate: Qualification


async def certificates_of(
    session: AsyncSession, registrations: Sequence[Registration]
) -> Mapping[UUID, Sequence[Qualification]]:
    """{registration: certificates of the plan's category that stand, the last to end first}. Where a category has skills of their own, only
    those of a skill that is registered for (M7Q3)."""
    chosen = (
        select(func.array_agg(Specialty.label))
        .join(RegistrationSpecialty, RegistrationSpecialty.specialty_code == Specialty.code)
        .where(RegistrationSpecialty.registration_id == Registration.id, Specialty.code != NO_SPECIALTY)
        .scalar_subquery()
    )
    unscoped = and_(Qualification.category.in_(SCOPED_CATEGORIES), Qualification.scope == [])
    statement = (
        select(Registration.id, Qualification)
        .join(Plan, Plan.id == Registration.plan_id)
        .join(PlanType, PlanType.code == Plan.type_code)
        .join(
            Qualification,
            and_(
                Qualification.person_id == Registration.person_id,
                Qualification.category == PlanType.label,
                Qualification.revoked_at.is_(None),
            ),
        )
        .where(
            Registration.id.in_([each.id for each in registrations]),
            or_(chosen.is_(None), Qualification.scope.overlap(chosen), unscoped),
        )
        .order_by(Qualification.expires_on.desc().nulls_first())
    )
    found: defaultdict[UUID, list[Qualification]] = defaultdict(list)
    for row in await named_rows(session, statement, _OwnCertificate):
        found[row.registration_id].append(row.certificate)
    return found


async def kinds_of_files(session: AsyncSession, registrations: Sequence[Registration]) -> Mapping[UUID, frozenset[str]]:
    """{file of a person: the kinds of its uploads}."""
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    for each in await of_record(session, EMPLOYMENT, {row.staff_id for row in registrations}):
        if each.record_id and each.kind:
            found[each.record_id].add(each.kind)
    return {staff_id: frozenset(kinds) for staff_id, kinds in found.items()}


async def elsewhere_of(
    session: AsyncSession, registrations: Sequence[Registration]
) -> Mapping[UUID, Sequence[Elsewhere]]:
    """{registration: other running plans that the person is sent to, and other units where the person is 在职}."""
    ids = [each.id for each in registrations]
    found: defaultdict[UUID, list[Elsewhere]] = defaultdict(list)
    other = aliased(Registration)
    plans = (
        select(Registration.id, literal("另报名“") + Plan.name + "”（" + other.unit_name + "）")
        .join(other, and_(other.person_id == Registration.person_id, other.id != Registration.id))
        .join(Plan, Plan.id == other.plan_id)
        .where(
            Registration.id.in_(ids),
            other.status.in_(RegistrationStatus.is_sent),
            other.results_published_at.is_(None),
            Plan.status.in_(PlanStatus.takes_people),
        )
        .order_by(Registration.id, other.id)
    )
    units = (
        select(Registration.id, literal("也在") + Institution.name + "在职")
        .join(
            StaffMember, and_(StaffMember.person_id == Registration.person_id, StaffMember.id != Registration.staff_id)
        )
        .join(Institution, Institution.id == StaffMember.unit_id)
        .where(Registration.id.in_(ids), StaffMember.status.in_(EmploymentStatus.is_in_post))
        .order_by(Registration.id, StaffMember.id)
    )
    for statement in (plans, units):
        for row in await named_rows(session, statement, Elsewhere):
            found[row.registration_id].append(row)
    return found
