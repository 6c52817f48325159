"""Queries about single registrations and the registrations of a plan. A unit sees its own, an office those of its region (PLAT-06)."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.personnel.models import Qualification, StaffMember
from services.training.personnel.workflow import EMPLOYMENT
from services.training.plans.models import NO_SPECIALTY, Plan
from services.training.registrations.models import Registration, RegistrationSpecialty
from services.training.registrations.workflow import REGISTRATION, RegistrationAction
from shared.db.history import History
from shared.errors import NotFound
from shared.identifiers import new_id
from shared.identity import Actor
from shared.reference.pinyin import like_pattern, query_pieces
from shared.roles import Level


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """PLAT-06: whose registrations exist for the actor."""
    if actor.level is Level.UNIT:
        return Registration.unit_id == actor.organisation_id
    return Registration.region_code.startswith(actor.region_prefix, autoescape=True)


def name_matches(name: str) -> list[ColumnElement[bool]]:
    """Conditions on ``StaffMember`` for any part of a name or its initials; none for a blank one (PLAT-08)."""
    if not name.strip():
        return []
    like = StaffMember.name_search.like(like_pattern(name), escape="\\")
    return [StaffMember.name_pieces.contains(query_pieces(name)), like]


async def require_registration(session: AsyncSession, actor: Actor, registration_id: UUID) -> Registration:
    """One registration with its plan, person and specialties. Raises ``NotFound``, also for a stranger's."""
    found = await session.scalar(
        select(Registration)
        .where(Registration.id == registration_id, visible_to(actor))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


async def registrations_of(session: AsyncSession, unit_id: UUID, plan_id: UUID) -> Sequence[Registration]:
    """The unit's people in the plan, in the order of their names (TRN-38)."""
    rows = await session.scalars(
        select(Registration)
        .join(StaffMember, StaffMember.id == Registration.staff_id)
        .where(Registration.unit_id == unit_id, Registration.plan_id == plan_id)
        .order_by(StaffMember.name_key, Registration.id)
    )
    return rows.all()


async def names_of(session: AsyncSession, actor: Actor, registration_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The people's names, of those registrations that the actor may see."""
    rows = await session.execute(
        select(Registration.id, StaffMember.name)
        .join(StaffMember, StaffMember.id == Registration.staff_id)
        .where(Registration.id.in_(list(registration_ids)), visible_to(actor))
    )
    return dict(rows.all())


async def qualification_categories(session: AsyncSession, person_id: UUID) -> list[str]:
    """资质类型 (X4): the distinct categories of the person's certificates."""
    rows = await session.scalars(
        select(Qualification.category)
        .where(Qualification.person_id == person_id, Qualification.revoked_at.is_(None))
        .group_by(Qualification.category)
        .order_by(func.min(Qualification.issued_on))
    )
    return list(rows)


async def changed_since_return(session: AsyncSession, registration: Registration) -> list[str]:
    """Fields of the form and of the personal file that were changed after the last return (BEY-04)."""
    own = (History.record_type == REGISTRATION.name) & (History.record_id == registration.id)
    returned_at = select(func.max(History.at)).where(own, History.action == RegistrationAction.RETURN.value)
    of_file = (History.record_type == EMPLOYMENT.name) & (History.record_id == registration.staff_id)
    rows = await session.scalars(
        select(History.after).where(
            or_(own, of_file), History.action == "update", History.at > returned_at.scalar_subquery()
        )
    )
    return sorted({name for after in rows for name in after or {}})


async def insert_drafts(
    session: AsyncSession, actor: Actor, plan: Plan, staff: Sequence[StaffMember]
) -> dict[UUID, UUID]:
    """Adds the people who are not in the plan yet; gives {staff id: registration id} of those really added. The key on
    (plan, person) decides, so that two units at once add a person once; always in one order, so that they never deadlock."""
    rows = [
        {
            "id": new_id(),
            "plan_id": plan.id,
            "unit_id": each.unit_id,
            "unit_name": actor.organisation_name,
            "region_code": actor.region_code,
            "staff_id": each.id,
            "person_id": each.person_id,
            "recipient_name": each.name,
            "recipient_phone": each.mobile,
            "recipient_postcode": each.postcode,
            "recipient_address": each.address,
        }
        for each in sorted(staff, key=lambda each: each.person_id)
    ]
    if not rows:
        return {}
    added = await session.execute(
        insert(Registration)
        .values(rows)
        .on_conflict_do_nothing(index_elements=[Registration.plan_id, Registration.person_id])
        .returning(Registration.staff_id, Registration.id)
    )
    made = dict(added.all())
    if made and not plan.specialties:
        session.add_all(
            RegistrationSpecialty(registration_id=each, specialty_code=NO_SPECIALTY) for each in made.values()
        )
        await session.flush()
    return made
