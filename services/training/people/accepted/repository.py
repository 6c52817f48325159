"""Every query about accepted resident ids."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.accepted.models import AcceptedNumber
from shared.db.types import blind_index
from shared.identifiers import new_id

PART = 500


async def names_of(session: AsyncSession, numbers: Collection[str]) -> Mapping[str, Collection[str]]:
    """With whose names each of these numbers is accepted today; some hundred at a time, as a sheet may have thousands that are mistyped."""
    names: dict[str, list[str]] = defaultdict(list)
    wanted_numbers = list(numbers)
    for start in range(0, len(wanted_numbers), PART):
        part = wanted_numbers[start : start + PART]
        wanted = AcceptedNumber.number_index.in_([blind_index(each) for each in part])
        found = await session.scalars(select(AcceptedNumber).where(wanted, AcceptedNumber.revoked_at.is_(None)))
        for row in found:
            names[row.number].append(row.name)
    return names


async def keep(session: AsyncSession, *, number: str, name: str, source_id: UUID, revoked_at: datetime | None) -> None:
    """What this decision says of the number now; heard twice, it stands once."""
    row = {"number": number, "number_index": blind_index(number), "name": name, "revoked_at": revoked_at}
    statement = insert(AcceptedNumber).values(id=new_id(), source_id=source_id, **row)
    told = statement.on_conflict_do_update(index_elements=["source_id"], set_={"revoked_at": revoked_at})
    await session.execute(told)
