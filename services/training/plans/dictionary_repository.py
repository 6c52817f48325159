"""Queries of the dictionaries behind plans. They are small, and kept by few: whoever changes one holds all of it."""

from collections.abc import Collection, Sequence

from sqlalchemy import exists, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.plans.models import NO_SPECIALTY, Plan, PlanSpecialty, PlanType, PlanTypeSpecialty, Specialty
from services.training.plans.workflow import PlanStatus
from shared.db.dictionaries import hold
from shared.db.history import RecordType
from shared.errors import NotFound

TYPE, SPECIALTY = RecordType("plan_type"), RecordType("specialty")


async def hold_plans_dictionaries(session: AsyncSession) -> None:
    """Both at once: a type holds its specialties."""
    await hold(session, PlanType, Specialty)


async def require_type(session: AsyncSession, code: str) -> PlanType:
    """One class type. Raises ``NotFound``."""
    found = await session.get(PlanType, code, populate_existing=True)
    if found is None:
        raise NotFound
    return found


async def require_specialty(session: AsyncSession, code: str) -> Specialty:
    """One specialty. Raises ``NotFound``, also for ``none``, which stands for plans without specialties and is nobody's to see."""
    found = None if code == NO_SPECIALTY else await session.get(Specialty, code, populate_existing=True)
    if found is None:
        raise NotFound
    return found


async def list_types(session: AsyncSession) -> Sequence[PlanType]:
    return (await session.scalars(select(PlanType).order_by(PlanType.position, PlanType.code))).all()


async def list_specialties(session: AsyncSession) -> Sequence[Specialty]:
    rows = await session.scalars(
        select(Specialty).where(Specialty.code != NO_SPECIALTY).order_by(Specialty.position, Specialty.code)
    )
    return rows.all()


async def specialties_of(session: AsyncSession, type_code: str) -> list[Specialty]:
    """The specialties that plans of the type may open, in their own order."""
    rows = await session.scalars(
        select(Specialty)
        .join(PlanTypeSpecialty, PlanTypeSpecialty.specialty_code == Specialty.code)
        .where(PlanTypeSpecialty.type_code == type_code, Specialty.code != NO_SPECIALTY)
        .order_by(Specialty.position, Specialty.code)
    )
    return list(rows)


async def names(session: AsyncSession) -> dict[str, str]:
    """What the codes of types and specialties are called."""
    both = union_all(select(PlanType.code, PlanType.label), select(Specialty.code, Specialty.label))
    return {code: label for code, label in await session.execute(both) if code != NO_SPECIALTY}


async def other_type_with(session: AsyncSession, code: str, *, label: str, number_code: str) -> PlanType | None:
    """Another type that has this label or this code of numbers already."""
    taken = (PlanType.label == label) | (PlanType.number_code == number_code)
    return await session.scalar(select(PlanType).where(taken, PlanType.code != code).limit(1))


async def other_specialty_with(session: AsyncSession, code: str, label: str) -> Specialty | None:
    return await session.scalar(select(Specialty).where(Specialty.label == label, Specialty.code != code).limit(1))


async def is_type_published(session: AsyncSession, code: str) -> bool:
    """Whether a plan of the type has ever been published: certificates may carry its name and number."""
    return bool(
        await session.scalar(select(exists().where(Plan.type_code == code, Plan.status.not_in(PlanStatus.is_drafted))))
    )


async def opened_of_type(session: AsyncSession, type_code: str, codes: Collection[str]) -> list[str]:
    """Labels of those of these specialties that a plan of the type has opened."""
    rows = await session.scalars(
        select(Specialty.label)
        .join(PlanSpecialty, PlanSpecialty.specialty_code == Specialty.code)
        .join(Plan, Plan.id == PlanSpecialty.plan_id)
        .where(Plan.type_code == type_code, PlanSpecialty.specialty_code.in_(codes))
        .distinct()
        .order_by(Specialty.label)
    )
    return list(rows)


async def is_specialty_published(session: AsyncSession, code: str) -> bool:
    """Whether a published plan has ever opened the specialty."""
    published = exists().where(
        Plan.id == PlanSpecialty.plan_id,
        PlanSpecialty.specialty_code == code,
        Plan.status.not_in(PlanStatus.is_drafted),
    )
    return bool(await session.scalar(select(published)))


async def plans_of_type(session: AsyncSession, code: str) -> int:
    """How many plans are of the type, drafts included."""
    return await session.scalar(select(func.count()).where(Plan.type_code == code)) or 0


async def plans_of_specialty(session: AsyncSession, code: str) -> int:
    """How many plans open the specialty, drafts included."""
    return await session.scalar(select(func.count()).where(PlanSpecialty.specialty_code == code)) or 0


async def types_of(session: AsyncSession, specialty_code: str) -> Sequence[str]:
    """Labels of the types whose plans may open the specialty."""
    offered = select(PlanTypeSpecialty.type_code).where(PlanTypeSpecialty.specialty_code == specialty_code)
    rows = await session.scalars(select(PlanType.label).where(PlanType.code.in_(offered)).order_by(PlanType.position))
    return rows.all()


async def delete_type(session: AsyncSession, found: PlanType) -> None:
    """A type that nothing uses, with what links it."""
    await link(session, found.code, [])
    await session.delete(found)
    await session.flush()


async def delete_specialty(session: AsyncSession, found: Specialty) -> None:
    """A specialty that nothing uses."""
    await session.delete(found)
    await session.flush()


async def link(session: AsyncSession, type_code: str, codes: Collection[str]) -> None:
    """Exactly these are the type's specialties."""
    present = await session.scalars(select(PlanTypeSpecialty).where(PlanTypeSpecialty.type_code == type_code))
    known = {each.specialty_code: each for each in present}
    for code in known.keys() - set(codes):
        await session.delete(known[code])
    session.add_all(PlanTypeSpecialty(type_code=type_code, specialty_code=each) for each in set(codes) - known.keys())
    await session.flush()
