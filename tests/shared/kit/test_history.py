"""The history of a record: append-only, a change behind its back shows (PLAT-04); and who is at it at once waits or does not."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.db.history import RecordType, broken_history, changes_of, history_of
from shared.db.session import Database
from shared.errors import Overtaken
from shared.identifiers import new_id
from tests.conftest import make_actor
from tests.held import wait_for_waiting
from tests.shared.kit.sample import UNIT

NOTE = RecordType("note")


@pytest.mark.req("PLAT-04")
class TestHistory:
    async def test_who_when_what_and_why(self, database: Database) -> None:
        note, actor = new_id(), make_actor(UNIT, address="10.1.2.3")
        for number in (1, 2):
            async with database.unit_of_work() as session:
                NOTE.note(
                    session, note, "update", actor=actor, before={"n": number}, after={"n": number + 1}, reason="更正"
                )
        async with database.unit_of_work() as session:
            rows = await history_of(session, RecordType("note"), note)
        assert [(row.position, row.before, row.after) for row in rows] == [
            (1, {"n": 1}, {"n": 2}),
            (2, {"n": 2}, {"n": 3}),
        ]
        assert (rows[0].actor_id, rows[0].address, rows[0].reason) == (actor.account_id, "10.1.2.3", "更正")

    async def test_it_cannot_be_rewritten(self, database: Database) -> None:
        note = new_id()
        async with database.unit_of_work() as session:
            NOTE.note(session, note, "create", actor=make_actor(UNIT))
        for statement in (
            "UPDATE history SET reason = 'x' WHERE record_id = :id",
            "DELETE FROM history WHERE record_id = :id",
        ):
            with pytest.raises(DBAPIError, match="append-only"):
                async with database.unit_of_work() as session:
                    await session.execute(text(statement), {"id": note})

    async def test_tampering_by_the_owner_of_the_database_shows(self, database: Database) -> None:
        note = new_id()
        async with database.unit_of_work() as session:
            for _ in range(3):
                NOTE.note(session, note, "update", actor=make_actor(UNIT))
                await session.flush()
        async with database.unit_of_work() as session:
            assert [row for row in await broken_history(session) if row[1] == note] == []
            await session.execute(text("ALTER TABLE history DISABLE TRIGGER history_append_only"))
            await session.execute(
                text("UPDATE history SET reason = 'x' WHERE record_id = :id AND position = 2"), {"id": note}
            )
            await session.execute(text("ALTER TABLE history ENABLE TRIGGER history_append_only"))
            assert ("note", note, 2) in await broken_history(session)
            await session.rollback()


@pytest.mark.req("PLAT-04", "STAFF-03")
class TestAtOnce:
    async def test_a_look_neither_waits_nor_is_waited_for(self, database: Database) -> None:
        note, actor = new_id(), make_actor(UNIT)
        async with database.unit_of_work() as session:
            NOTE.note(session, note, "create", actor=actor)
        async with (
            database.unit_of_work() as looking,
            database.unit_of_work() as changing,
            database.unit_of_work() as passing,
        ):
            NOTE.note_view(looking, note, "view_full", actor=actor, after={"part": "scan"})
            await looking.flush()
            NOTE.note(changing, note, "update", actor=actor)
            await changing.flush()
            await NOTE.note_views(passing, [note], "bundle", actor=actor)
        async with database.unit_of_work() as session:
            assert [row.position for row in await changes_of(session, NOTE, note)] == [1, 2]
            seen = [(row.action, row.position) for row in await history_of(session, NOTE, note)]
            assert [row for row in await broken_history(session) if row[1] == note] == []
        assert seen == [("create", 1), ("view_full", None), ("update", 2), ("bundle", None)]

    async def test_the_next_change_waits_for_its_turn(self, database: Database) -> None:
        note, actor = new_id(), make_actor(UNIT)

        async def change(action: str) -> None:
            async with database.unit_of_work() as session:
                NOTE.note(session, note, action, actor=actor)

        await change("create")
        async with database.unit_of_work() as first:
            NOTE.note(first, note, "first", actor=actor)
            await first.flush()
            others = [asyncio.ensure_future(change(name)) for name in ("second", "third")]
            await wait_for_waiting(database, first, 2)
        await asyncio.gather(*others)
        async with database.unit_of_work() as session:
            rows = await changes_of(session, NOTE, note)
            assert [row for row in await broken_history(session) if row[1] == note] == []
        assert [row.position for row in rows] == [1, 2, 3, 4]
        assert [row.action for row in rows[:2]] == ["create", "first"]

    async def test_of_two_first_rows_the_later_is_overtaken(self, database: Database) -> None:
        note, actor = new_id(), make_actor(UNIT)

        async def begin() -> None:
            async with database.unit_of_work() as session:
                NOTE.note(session, note, "create", actor=actor)

        async with database.unit_of_work() as first:
            NOTE.note(first, note, "create", actor=actor)
            await first.flush()
            other = asyncio.ensure_future(begin())
            await wait_for_waiting(database, first)
        with pytest.raises(Overtaken):
            await other
