"""What other units' files say of people whom a unit wants to take in, and how often an account has asked (PLAT-06)."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.personnel.models import PeopleGuesses, StaffMember
from services.training.people.personnel.workflow import EmploymentStatus
from shared.db.rows import named_rows


class FileElsewhere(NamedTuple):
    person_id: UUID
    name: str
    status: EmploymentStatus


async def files_elsewhere(
    session: AsyncSession, unit_id: UUID, people: Collection[UUID]
) -> dict[UUID, list[FileElsewhere]]:
    """What units other than this one have on file of these people, by person."""
    columns = select(StaffMember.person_id, StaffMember.name, StaffMember.status)
    theirs = columns.where(StaffMember.person_id.in_(people), StaffMember.unit_id != unit_id)
    found: dict[UUID, list[FileElsewhere]] = {}
    for each in await named_rows(session, theirs, FileElsewhere):
        found.setdefault(each.person_id, []).append(each)
    return found


async def taken_guesses(session: AsyncSession, account_id: UUID, day: date) -> int:
    """How many the account has had that day."""
    mine = select(PeopleGuesses.taken).where(PeopleGuesses.account_id == account_id, PeopleGuesses.day == day)
    return await session.scalar(mine) or 0


async def charge_guesses(session: AsyncSession, account_id: UUID, day: date, number: int) -> int:
    """Counts so many more and gives how many there are now; others of the same account wait until the transaction ends."""
    row = insert(PeopleGuesses).values(account_id=account_id, day=day, taken=number)
    now = row.excluded.taken + case((PeopleGuesses.day == day, PeopleGuesses.taken), else_=0)
    counted = row.on_conflict_do_update(index_elements=[PeopleGuesses.account_id], set_={"taken": now, "day": day})
    return (await session.scalars(counted.returning(PeopleGuesses.taken))).one()
