"""What registrations tell of plans and personal files, to the domains that own those; and the registrations that go with a file."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import all_, any_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.repository import visible_to
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.workflow import IN_A_PLAN, REGISTERED_BY, SENT_SOMEWHERE
from services.training.plans.models import Plan
from services.training.plans.workflow import IN_USE, REGISTERED, Registered
from shared.identity import Actor


@IN_USE.answer
async def has_registrations(session: AsyncSession, plan_id: UUID) -> bool:
    """Whether anybody has been added to the plan, sent or not."""
    return bool(await session.scalar(select(exists().where(Registration.plan_id == plan_id))))


@REGISTERED.answer
async def registered_for(session: AsyncSession, actor: Actor, plan_ids: Collection[UUID]) -> Mapping[UUID, Registered]:
    """How many people of the actor's units are sent for each of these plans, and how many of them are approved."""
    approved = func.count().filter(Registration.status == RegistrationStatus.APPROVED)
    rows = await session.execute(
        select(Registration.plan_id, func.count(), func.count(Registration.unit_id.distinct()), approved)
        .where(
            Registration.plan_id.in_(plan_ids), Registration.status.in_(RegistrationStatus.is_sent), visible_to(actor)
        )
        .group_by(Registration.plan_id)
    )
    return {plan_id: Registered(*counts) for plan_id, *counts in rows}


@SENT_SOMEWHERE.answer
async def sent_registrations(session: AsyncSession, staff_ids: Sequence[UUID]) -> Mapping[UUID, tuple[str, str]]:
    """For each of these files that is 已报名 or 审核通过 somewhere: (name of the plan, label of the status), one of them."""
    rows = await session.execute(
        select(Registration.staff_id, Plan.name, Registration.status)
        .join(Plan, Plan.id == Registration.plan_id)
        .where(Registration.staff_id.in_(staff_ids), Registration.status.in_(RegistrationStatus.is_sent))
        .order_by(Registration.id)
    )
    return {staff_id: (plan, status.label) for staff_id, plan, status in rows}


@IN_A_PLAN.answer
async def has_registration(session: AsyncSession, staff_id: UUID) -> bool:
    """Whether any plan has this file, in whatever status."""
    found = select(Registration.id).where(Registration.staff_id == staff_id).limit(1)
    return await session.scalar(found) is not None


async def approved_of(session: AsyncSession, staff_id: UUID) -> Sequence[Registration]:
    """The registrations of this file that are 审核通过 and whose results are not out."""
    mine = select(Registration).where(
        Registration.staff_id == staff_id,
        Registration.status.in_(RegistrationStatus.takes_a_seat),
        Registration.results_published_at.is_(None),
    )
    return (await session.scalars(mine.order_by(Registration.id))).unique().all()


@REGISTERED_BY.answer
async def units_of(session: AsyncSession, registration_id: UUID) -> Sequence[UUID]:
    """The unit of a registration, and those to which the person has moved with it; a move waits until the answer has been used."""
    wanted = select(Registration.unit_id, Registration.known_to).where(Registration.id == registration_id)
    found = (await session.execute(wanted.with_for_update(read=True))).one_or_none()
    return () if found is None else list(dict.fromkeys((found.unit_id, *found.known_to)))


async def make_known(session: AsyncSession, person_id: UUID, by: UUID, to: UUID) -> None:
    """What the unit ``by`` knows of the person's registrations that were sent, ``to`` knows as well from now on (BEY-14)."""
    known = Registration.known_to
    told = update(Registration).where(
        Registration.person_id == person_id,
        Registration.status.in_(RegistrationStatus.is_sent),
        or_(Registration.unit_id == by, any_(known) == by),
        all_(known) != to,
    )
    await session.execute(told.values(known_to=func.array_append(known, to)))


async def drop_unsent(session: AsyncSession, staff_id: UUID) -> Sequence[UUID]:
    """Takes the file out of the plans in which it is 未报名 or 已退回; gives the ids of what is gone."""
    gone = delete(Registration).where(
        Registration.staff_id == staff_id, Registration.status.not_in(RegistrationStatus.is_sent)
    )
    return (await session.scalars(gone.returning(Registration.id))).all()
