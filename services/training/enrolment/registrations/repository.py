"""Queries about single registrations and the registrations of a plan. A unit sees its own, an office those of its region (PLAT-06)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from services.training.enrolment.registrations.models import Registration, RegistrationSpecialty
from services.training.enrolment.registrations.workflow import REGISTRATION, RegistrationAction, RegistrationStatus
from services.training.people.personnel.choices import SCOPED_CATEGORIES
from services.training.people.personnel.models import Qualification, StaffMember, in_file
from services.training.people.personnel.repository import name_conditions
from services.training.plans.choices import TrainingKind
from services.training.plans.models import NO_SPECIALTY, Plan
from shared.db.history import History
from shared.errors import NotFound
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level

# What a reviewer decides.
DECISIONS = (RegistrationAction.APPROVE, RegistrationAction.RETURN, RegistrationAction.UNDO_REVIEW)
# Whom a unit has still to send, or to send again.
UNSENT = (RegistrationStatus.DRAFT, RegistrationStatus.RETURNED)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """PLAT-06: whose registrations exist for the actor."""
    if actor.level is Level.UNIT:
        return Registration.unit_id == actor.organisation_id
    return Registration.region_code.startswith(actor.region_prefix, autoescape=True)


def name_matches(name: str) -> list[ColumnElement[bool]]:
    """Conditions on ``StaffMember`` for any part of a name or its initials; none for a blank one (PLAT-08)."""
    return list(name_conditions(name))


async def require_registration(
    session: AsyncSession, actor: Actor, registration_id: UUID, *, lock: bool = False
) -> Registration:
    """One registration with its plan, person and specialties; with ``lock`` nobody else moves it until the transaction ends. Raises
    ``NotFound``, also for a stranger's."""
    statement = (
        select(Registration)
        .where(Registration.id == registration_id, visible_to(actor))
        .execution_options(populate_existing=True)
    )
    found = await session.scalar(statement.with_for_update(of=Registration) if lock else statement)
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


async def qualification_categories(session: AsyncSession, staff_id: UUID) -> list[str]:
    """资质类型 (X4): the distinct categories of the certificates in this file."""
    rows = await session.scalars(
        select(Qualification.category)
        .join(StaffMember, and_(StaffMember.person_id == Qualification.person_id, in_file(Qualification, StaffMember)))
        .where(StaffMember.id == staff_id, Qualification.revoked_at.is_(None))
        .group_by(Qualification.category)
        .order_by(func.min(Qualification.issued_on))
    )
    return list(rows)


async def open_unsent(session: AsyncSession, unit_id: UUID, plan_id: UUID, until: date) -> Sequence[Registration]:
    """Keeps the unit's 未报名 and 已退回 people of the plan open until that day at least; gives those whose day has changed."""
    rows = await session.scalars(
        select(Registration)
        .where(
            Registration.unit_id == unit_id,
            Registration.plan_id == plan_id,
            Registration.status.in_(UNSENT),
            func.coalesce(Registration.open_until, date.min) < until,
        )
        .order_by(Registration.id)
        .with_for_update(of=Registration)
    )
    opened = rows.all()
    for registration in opened:
        registration.open_until = until
    await session.flush()
    return opened


async def units_unfinished(session: AsyncSession, plan_id: UUID) -> tuple[UUID, ...]:
    """Units with people in the plan who are 未报名 or 已退回."""
    rows = await session.scalars(
        select(Registration.unit_id)
        .where(Registration.plan_id == plan_id, Registration.status.in_(UNSENT))
        .distinct()
        .order_by(Registration.unit_id)
    )
    return tuple(rows)


async def insert_drafts(
    session: AsyncSession, actor: Actor, plan: Plan, staff: Sequence[StaffMember], open_until: date | None
) -> dict[UUID, UUID]:
    """Adds the people who are not in the plan yet, with the plan's defaults (FAQ-M6) and the file's recipient (X8); gives {staff id:
    registration id} of those really added. The key on (plan, person) decides, so that two units at once add a person once; always in
    one order, so that they never deadlock."""
    rows = [
        {
            "id": new_id(),
            "plan_id": plan.id,
            "unit_id": each.unit_id,
            "unit_name": actor.organisation_name,
            "region_code": actor.region_code,
            "staff_id": each.id,
            "person_id": each.person_id,
            "needs_credit": plan.default_needs_credit,
            "lodging": plan.default_lodging,
            "open_until": open_until,
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
    # Where the form has no such field, nobody is asked to choose: what the plan opens is it (TRN-45).
    only = [each.specialty_code for each in plan.specialties] or [NO_SPECIALTY]
    if made and len(only) == 1 and (not plan.specialties or plan.type.label not in SCOPED_CATEGORIES):
        session.add_all(RegistrationSpecialty(registration_id=each, specialty_code=only[0]) for each in made.values())
        await session.flush()
    return made


async def preselect_refresher(session: AsyncSession, plan: Plan, scopes: Mapping[UUID, Collection[str]]) -> None:
    """复训 for these registrations that have just been added, {id: labels of what the certificates are for}; and of these labels what the
    plan opens, where the form asks."""
    if not scopes:
        return
    changed = update(Registration).where(Registration.id.in_(scopes)).values(training_kind=TrainingKind.REFRESHER)
    await session.execute(changed.execution_options(synchronize_session=False))
    chosen = [
        {"registration_id": each, "specialty_code": opened.specialty_code}
        for each, scope in scopes.items()
        for opened in plan.specialties
        if opened.specialty.label in scope
    ]
    if chosen:
        await session.execute(insert(RegistrationSpecialty).values(chosen).on_conflict_do_nothing())


async def write_stamps(
    session: AsyncSession, registrations: Sequence[Registration], stamps: Mapping[str, object]
) -> None:
    """The same values on all of these, which the caller holds locked; in memory too, so that what is set later is told apart."""
    statement = update(Registration).where(Registration.id.in_([each.id for each in registrations])).values(**stamps)
    await session.execute(statement.execution_options(synchronize_session=False))
    for registration in registrations:
        for name, value in stamps.items():
            set_committed_value(registration, name, value)


async def histories_of(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, list[History]]:
    """The decisions that were made about each of these, oldest first."""
    rows = await session.scalars(
        select(History)
        .where(History.record_type == REGISTRATION.name, History.record_id.in_(ids), History.action.in_(DECISIONS))
        .order_by(History.record_id, History.position)
    )
    return {registration_id: list(own) for registration_id, own in groupby(rows, lambda row: row.record_id)}
