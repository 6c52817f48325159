"""The history of a record: append-only, and a change behind its back shows (PLAT-04)."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.db.history import RecordType, broken_history, history_of
from shared.db.session import Database
from shared.identifiers import new_id
from tests.conftest import make_actor
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
