"""What does not hold stands as a row as long as it does not hold, is shown to Prometheus by any API, and is told to people once a day."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from ops.up.servers import Servers
from shared.db.session import Database
from shared.event_checks import EventCheck
from shared.events.alarms import NotificationsAlarmRaised
from shared.events.log import EventRow
from shared.findings import FINDINGS, Finding, keep, list_findings, list_looks, show
from shared.workflow.definition import Labelled
from tests.shared.ledger import SERVICE, new_ledger

pytestmark = pytest.mark.req("PLAT-10")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
CHECKS = tuple(EventCheck)
PARKED = EventCheck.PARKED_EVENT


@pytest.fixture(scope="session")
async def own_database(platform: Servers) -> AsyncIterator[Database]:
    database = new_ledger(platform, "looked_through")
    yield database
    await database.close()


@pytest.fixture
async def database(own_database: Database) -> Database:
    async with own_database.unit_of_work() as session:
        await session.execute(text("DELETE FROM findings"))
        await session.execute(text("DELETE FROM looks"))
    return own_database


def found(*subjects: str, detail: str = "why") -> list[Finding]:
    return [Finding(PARKED, subject, LONG_AGO, detail) for subject in subjects]


async def look(database: Database, findings: Sequence[Finding], silent: Sequence[Labelled] = ()) -> None:
    async with database.unit_of_work() as session:
        await keep(session, SERVICE, CHECKS, findings, silent=silent)


async def standing(database: Database) -> dict[str, str]:
    async with database.unit_of_work() as session:
        return {row.subject: row.detail for row in await list_findings(session)}


async def time_passes(database: Database, interval: str) -> None:
    async with database.unit_of_work() as session:
        for column in ("found_at", "told_at"):
            moved = f"UPDATE findings SET {column} = {column} - interval '{interval}'"
            await session.execute(text(moved))


async def alarms(database: Database) -> list[int]:
    """How many findings each alarm spoke of."""
    told = select(EventRow.payload).where(EventRow.type == NotificationsAlarmRaised.type).order_by(EventRow.seq)
    async with database.unit_of_work() as session:
        return [NotificationsAlarmRaised.model_validate(row).count for row in await session.scalars(told)]


class TestRows:
    async def test_they_are_what_was_found_last(self, database: Database) -> None:
        await look(database, found("a", "b"))
        await look(database, found("b", "c", detail="because"))
        assert await standing(database) == {"b": "because", "c": "because"}
        await look(database, [])
        assert await standing(database) == {}

    async def test_a_check_that_found_nothing_says_when_it_looked(self, database: Database) -> None:
        await look(database, found("a", "b"))
        async with database.unit_of_work() as session:
            counted = {each.check: (each.findings, each.since) for each in await list_looks(session)}
        quiet = dict.fromkeys((EventCheck.LATE_BOOKMARK, EventCheck.LOG_CUT), (0, None))
        assert counted == {**quiet, PARKED: (2, LONG_AGO)}

    async def test_any_api_shows_them_and_the_zeros(self, database: Database) -> None:
        gauge = FINDINGS.labels(SERVICE, PARKED)
        for findings, shown in ((found("a", "b"), 2), ([], 0)):
            await look(database, findings)
            async with database.unit_of_work() as session:
                await show(session, SERVICE)
            assert gauge._value.get() == shown


class TestAlarms:
    async def test_people_are_told_of_what_stands_and_again_each_day(self, database: Database) -> None:
        before = await alarms(database)
        await look(database, found("a", "b"))
        assert await alarms(database) == before, "one look may see what the next does not"
        await time_passes(database, "2 minutes")
        await look(database, found("a", "b"))
        await look(database, found("a", "b"))
        assert await alarms(database) == [*before, 2]
        await time_passes(database, "1 day")
        await look(database, found("b"))
        assert await alarms(database) == [*before, 2, 1]

    async def test_one_more_finding_of_a_check_that_was_told_is_told_too(self, database: Database) -> None:
        before = await alarms(database)
        await look(database, found("a"))
        await time_passes(database, "2 minutes")
        await look(database, found("a"))
        await look(database, found("a", "b"))
        await time_passes(database, "2 minutes")
        await look(database, found("a", "b"))
        assert await alarms(database) == [*before, 1, 2]

    async def test_what_is_somebody_elses_is_told_to_nobody(self, database: Database) -> None:
        before = await alarms(database)
        for _ in range(2):
            await look(database, found("a"), silent=[PARKED])
            await time_passes(database, "2 minutes")
        assert await alarms(database) == before
