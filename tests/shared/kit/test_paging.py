"""Pages of a list by keyset: stable, and with a total that is exact or the planner's (PLAT-08)."""

from uuid import UUID

import pytest
from sqlalchemy import insert, select, text

from shared.db.paging import EXACT_UP_TO, PageRequest, Rows, fetch_page
from shared.db.session import Database
from shared.identifiers import new_id
from tests.shared.kit.sample import Note, NoteStatus

MANY = EXACT_UP_TO + 500


async def written(database: Database, count: int) -> UUID:
    """So many notes of a new owner, each with a text of its own."""
    owner = new_id()
    rows = [
        {
            "id": new_id(),
            "owner_id": owner,
            "text": f"{owner.hex}-{number:05}",
            "status": NoteStatus.DRAFT,
            "version": 1,
        }
        for number in range(count)
    ]
    async with database.unit_of_work() as session:
        await session.execute(insert(Note), rows)
    async with database.unit_of_work() as session:
        await session.execute(text("ANALYZE notes"))
    return owner


async def page_of_notes(database: Database, owner: UUID, cursor: str | None = None, limit: int = 50) -> Rows[Note]:
    wanted = select(Note).where(Note.owner_id == owner, Note.text.startswith(owner.hex, autoescape=True))
    async with database.unit_of_work() as session:
        columns = {"id": Note.id, "text": Note.text}
        page = PageRequest(limit=limit, cursor=cursor)
        return await fetch_page(session, wanted, columns=columns, default_sort="text", page=page)


@pytest.mark.req("PLAT-08")
class TestTotals:
    async def test_a_short_list_is_counted(self, database: Database) -> None:
        found = await page_of_notes(database, await written(database, 3))
        assert (found.total, found.total_is_exact, found.next_cursor) == (3, True, None)

    async def test_a_long_list_is_estimated_whatever_its_filters(self, database: Database) -> None:
        found = await page_of_notes(database, await written(database, MANY))
        assert not found.total_is_exact
        assert found.total > EXACT_UP_TO


@pytest.mark.req("PLAT-08")
class TestPages:
    async def test_a_row_that_comes_meanwhile_moves_nobody(self, database: Database) -> None:
        owner = await written(database, 6)
        first = await page_of_notes(database, owner, limit=3)
        async with database.unit_of_work() as session:
            session.add(Note(owner_id=owner, text=f"{owner.hex}-00000a"))
        second = await page_of_notes(database, owner, first.next_cursor, limit=3)
        assert [note.text[-5:] for note in (*first.items, *second.items)] == [f"{number:05}" for number in range(6)]
