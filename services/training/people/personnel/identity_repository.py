"""Queries of a corrected identity (STAFF-15): the person and every unit's file of him, locked, and whoever else has the number."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.personnel.models import Person, Qualification, StaffMember
from shared.db.types import blind_index


async def lock_person(session: AsyncSession, person_id: UUID) -> Person:
    """The person, before the files, as whoever moves one locks them."""
    locked = select(Person).where(Person.id == person_id).with_for_update(of=Person)
    return (await session.scalars(locked.execution_options(populate_existing=True))).one()


async def lock_files(session: AsyncSession, person_id: UUID) -> Sequence[StaffMember]:
    """The files that units keep of the person, 离职 or not, in id order."""
    mine = select(StaffMember).where(StaffMember.person_id == person_id).order_by(StaffMember.id)
    locked = mine.with_for_update(of=StaffMember).execution_options(populate_existing=True)
    return (await session.scalars(locked)).all()


async def bearer_of(session: AsyncSession, resident_id: str, *, other_than: UUID) -> UUID | None:
    """Another person who has this number."""
    found = select(Person.id).where(Person.id_index == blind_index(resident_id), Person.id != other_than)
    return await session.scalar(found)


async def is_left_over(session: AsyncSession, person_id: UUID) -> bool:
    """Whether nothing hangs on the person any more: no file and no certificate."""
    used = or_(
        exists().where(StaffMember.person_id == person_id),
        exists().where(Qualification.person_id == person_id),
    )
    return not await session.scalar(select(used))


async def take_number(session: AsyncSession, person: Person, resident_id: str, left_over: UUID | None) -> None:
    """The person has this number from now on; who is ``left_over`` goes, so that it is free. Raises ``IntegrityError`` when somebody takes
    it meanwhile, or something hangs on who was left over after all."""
    async with session.begin_nested():
        if left_over is not None:
            await session.execute(delete(Person).where(Person.id == left_over))
        person.resident_id, person.id_index = resident_id, blind_index(resident_id)
        await session.flush()
