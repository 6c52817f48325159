"""Many files of people in one statement, as the import needs it. Columns that are made of others are made here, because no object with
its validators is."""

from collections.abc import Mapping, Sequence

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.personnel.models import StaffMember
from shared.reference.pinyin import person_key, person_pieces, person_text


async def insert_files(session: AsyncSession, files: Sequence[Mapping[str, object]]) -> None:
    """New rows of ``StaffMember`` by column."""
    if files:
        await session.execute(insert(StaffMember), [{**file, **_of_name(str(file["name"]))} for file in files])


def _of_name(name: str) -> dict[str, object]:
    return {"name_key": person_key(name), "name_pieces": person_pieces(name), "name_search": person_text(name)}
