"""The signed daily digest of a history: which rows a day holds, and that nothing behind the platform's back goes unseen (PLAT-04)."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from ops.up.servers import Servers
from shared.clock import BEIJING, end_of_beijing_day
from shared.db import digests
from shared.db.digests import DigestKey, HistoryDigest, broken_digests, broken_records, close_days, signed_text
from shared.db.session import Database
from shared.identifiers import new_id
from shared.services import Service
from tests.shared.ledger import (
    KEY,
    SERVICE,
    TODAY,
    a_row,
    at_noon,
    behind_the_back,
    close,
    days_ago,
    new_ledger,
    three_days,
    write,
)

pytestmark = pytest.mark.req("PLAT-04")


@pytest.fixture(scope="session")
async def own_database(platform: Servers) -> AsyncIterator[Database]:
    database = new_ledger(platform, "digests")
    yield database
    await database.close()


@pytest.fixture
async def database(own_database: Database) -> Database:
    """An empty history."""
    async with own_database.unit_of_work() as session:
        await behind_the_back(session, "TRUNCATE history, history_digests RESTART IDENTITY")
    return own_database


async def digests_of(database: Database) -> list[HistoryDigest]:
    async with database.unit_of_work() as session:
        return list(await session.scalars(select(HistoryDigest).order_by(HistoryDigest.day)))


async def found(database: Database, *, service: str = SERVICE, key: tuple[str, ...] = KEY) -> list[str]:
    keys = DigestKey.read_all(key)
    async with database.unit_of_work() as session:
        lines = broken_digests(session, service=service, keys=keys, now=at_noon(TODAY))
        return [*await broken_records(session), *[line async for line in lines]]


class TestDays:
    async def test_every_day_that_is_over_gets_one_and_today_none(self, database: Database) -> None:
        record = new_id()
        await write(database, days_ago(4), record, record)
        await write(database, days_ago(2), record)
        await write(database, TODAY, record)
        await close(database)
        made = await digests_of(database)
        assert [(row.day, row.rows, row.last_history_id) for row in made] == [
            (days_ago(4), 2, 2),
            (days_ago(3), 0, 2),
            (days_ago(2), 1, 3),
            (days_ago(1), 0, 3),
        ]
        assert len({row.digest for row in made}) == 4
        assert await found(database) == []

    async def test_again_adds_nothing(self, database: Database) -> None:
        await three_days(database)
        before = [(row.day, row.digest, row.made_at) for row in await digests_of(database)]
        await close(database)
        assert [(row.day, row.digest, row.made_at) for row in await digests_of(database)] == before

    async def test_a_day_ends_at_midnight_in_beijing(self, database: Database) -> None:
        last, first = end_of_beijing_day(days_ago(2)), end_of_beijing_day(days_ago(2)) + timedelta(microseconds=1)
        async with database.unit_of_work() as session:
            session.add(a_row(new_id(), last))
            await session.flush()
            session.add(a_row(new_id(), first))
        await close(database)
        assert [(row.day, row.rows) for row in await digests_of(database)] == [(days_ago(2), 1), (days_ago(1), 1)]
        day = datetime.combine(TODAY, datetime.min.time(), BEIJING)
        async with database.unit_of_work() as session:
            assert await digests.next_day(session, day) is None
            assert await digests.next_day(session, day + timedelta(days=1)) == TODAY

    async def test_without_history_there_is_nothing_to_sign(self, database: Database) -> None:
        await close(database)
        assert await digests_of(database) == []
        assert await found(database) == []

    async def test_a_row_that_comes_late_belongs_to_a_later_day(self, database: Database) -> None:
        await write(database, days_ago(3), new_id())
        await close_days(database, service=SERVICE, signing_key=KEY, now=at_noon(days_ago(2)))
        await write(database, days_ago(3), new_id())
        await close(database)
        assert [row.rows for row in await digests_of(database)] == [1, 1, 0]
        assert await found(database) == []


@pytest.mark.req("PLAT-11")
class TestSlowTransactions:
    async def test_a_day_is_not_signed_while_one_of_its_rows_may_still_appear(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(digests, "_LOCK_TIMEOUT", "50ms")
        async with database.unit_of_work() as slow:
            slow.add(a_row(new_id(), at_noon(days_ago(1))))
            await slow.flush()
            await write(database, days_ago(1), new_id())
            await close(database)
            assert await digests_of(database) == []
        await close(database)
        assert [row.rows for row in await digests_of(database)] == [2]
        assert await found(database) == []


CHAIN = "sha256(coalesce((SELECT b.digest FROM history b WHERE b.record_id = h.record_id AND b.position = h.position - 1), ''::bytea)"
WHOLE_CHAIN = f"UPDATE history h SET digest = {CHAIN} || history_content(h)) WHERE id = 6"
SECOND_DAY = days_ago(2)


class TestTampering:
    """Four rows on each of three closed days, ids 1 to 12, and four of today."""

    @pytest.mark.parametrize(
        ("what", "statements"),
        [
            (f"digest of {SECOND_DAY}: history changed, 4 rows signed, 3 found", ["DELETE FROM history WHERE id = 6"]),
            # The last rows of a record, which its own chain cannot miss; today's go with them.
            (
                f"digest of {days_ago(1)}: history changed, 4 rows signed, 2 found",
                ["DELETE FROM history WHERE id > 8 AND record_id = (SELECT record_id FROM history WHERE id = 1)"],
            ),
            (
                f"digest of {days_ago(3)}: history changed, 4 rows signed, 2 found",
                ["DELETE FROM history WHERE record_id = (SELECT record_id FROM history WHERE id = 1)"],
            ),
            # Somebody who knows how a row's own digest is made.
            (
                f"digest of {SECOND_DAY}: history changed, 4 rows signed, 4 found",
                ["UPDATE history SET reason = 'x' WHERE id = 6", WHOLE_CHAIN],
            ),
            ("history broken at position 3", ["UPDATE history SET reason = 'x' WHERE id = 5"]),
            (
                f"digest of {days_ago(3)}: history changed, 4 rows signed, 5 found",
                [
                    "INSERT INTO history (id, record_type, record_id, action, actor_id, actor_name, address, correlation_id)"
                    " SELECT 0, 'note', gen_random_uuid(), 'x', actor_id, '', '', '' FROM history WHERE id = 1"
                ],
            ),
            (
                f"digest missing between {days_ago(3)} and {days_ago(1)}",
                [f"DELETE FROM history_digests WHERE day = '{SECOND_DAY}'"],
            ),
            (
                f"digest of {SECOND_DAY}: history changed, 4 rows signed, 8 found",
                [f"DELETE FROM history_digests WHERE day = '{days_ago(3)}'"],
            ),
            (f"digest of {days_ago(1)} missing", [f"DELETE FROM history_digests WHERE day = '{days_ago(1)}'"]),
            (f"digest of {days_ago(3)} missing", ["DELETE FROM history_digests"]),
            (
                f"digest of {SECOND_DAY}: wrong signature",
                [f"UPDATE history_digests SET rows = 5 WHERE day = '{SECOND_DAY}'"],
            ),
        ],
    )
    async def test_it_is_found(self, database: Database, what: str, statements: list[str]) -> None:
        await three_days(database)
        assert await found(database) == []
        async with database.unit_of_work() as session:
            await behind_the_back(session, *statements)
        assert [line for line in await found(database) if what in line] != []

    async def test_digests_made_anew_without_the_secret_show(self, database: Database) -> None:
        await three_days(database)
        async with database.unit_of_work() as session:
            await behind_the_back(session, "DELETE FROM history_digests", "DELETE FROM history WHERE id = 8")
        await close_days(database, service=SERVICE, signing_key=("another key",), now=at_noon(TODAY))
        assert f"digest of {SECOND_DAY}: wrong signature" in await found(database)

    async def test_digests_of_a_former_key_stay_good_beside_those_of_the_new_one(self, database: Database) -> None:
        await three_days(database)
        async with database.unit_of_work() as session:
            await behind_the_back(session, f"DELETE FROM history_digests WHERE day > '{days_ago(3)}'")
        both = ("the next key", *KEY)
        await close_days(database, service=SERVICE, signing_key=both, now=at_noon(TODAY))
        assert await found(database, key=both) == []
        assert await found(database, key=KEY) == [
            f"digest of {day}: wrong signature" for day in (SECOND_DAY, days_ago(1))
        ]
        assert await found(database, key=both[:1]) == [f"digest of {days_ago(3)}: wrong signature"]

    async def test_a_signature_of_before_keys_had_names_stays_good(self, database: Database) -> None:
        await three_days(database)
        (key,) = DigestKey.read_all(KEY)
        async with database.unit_of_work() as session:
            first = (await session.scalars(select(HistoryDigest).order_by(HistoryDigest.day).limit(1))).one()
            bare = key.private.sign(signed_text(SERVICE, first)).hex()
            await behind_the_back(
                session, f"UPDATE history_digests SET signature = '\\x{bare}' WHERE day = '{first.day}'"
            )
        assert await found(database) == []

    async def test_a_digest_of_another_service_is_not_taken_for_ours(self, database: Database) -> None:
        await three_days(database)
        assert len(await found(database, service=Service.AUTH)) == 3

    async def test_a_digest_cannot_be_rewritten(self, database: Database) -> None:
        await three_days(database)
        for statement in ("UPDATE history_digests SET rows = 0", "DELETE FROM history_digests"):
            with pytest.raises(DBAPIError, match="append-only"):
                async with database.unit_of_work() as session:
                    await session.execute(text(statement))
