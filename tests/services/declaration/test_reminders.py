"""The reminders before a last day (BEY-10): 30, 7 and 1 days before, each exactly once, whatever the nights are like."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from services.declaration.clock import runs
from services.declaration.clock.models import ClockRun, DueDate
from services.declaration.clock.reminders import remind_batch
from services.declaration.clock.tasks import run_clock
from services.declaration.invariants import stopped_clock
from services.declaration.main import app
from shared.clock import beijing_today, now_utc
from shared.db.session import Database
from shared.events.log import EventRow
from tests.services.declaration.records import Cast

TODAY = beijing_today(now_utc())
pytestmark = pytest.mark.req("BEY-10")


async def due_in(database: Database, employer_id: UUID, days: int) -> None:
    async with database.unit_of_work() as session:
        mine = update(DueDate).where(DueDate.employer_id == employer_id)
        await session.execute(mine.values(last_day=TODAY + timedelta(days=days)))


async def night(database: Database, days_on: int = 0) -> None:
    """What a run of that day sends."""
    async with database.unit_of_work() as session:
        await remind_batch(session, TODAY + timedelta(days=days_on))


async def told(database: Database, employer_id: UUID) -> list[tuple[str, int]]:
    """(last day, days left) of each reminder of the unit, oldest first."""
    async with database.unit_of_work() as session:
        kind = EventRow.type == "declaration.due.approaching.v1"
        events = await session.scalars(select(EventRow.payload).where(kind).order_by(EventRow.seq))
        mine = [each for each in events if str(employer_id) in each["employer_ids"]]
    return [(each["last_day"], each["days_left"]) for each in mine]


class TestMarks:
    async def test_each_once_though_a_day_has_two_runs(self, cast: Cast, database: Database) -> None:
        mine = cast.actor.organisation_id
        await due_in(database, mine, 31)
        for days_on in (0, 1, 1, 2, 24, 24, 29, 30, 30, 31, 32):
            await night(database, days_on)
        last = (TODAY + timedelta(days=31)).isoformat()
        assert await told(database, mine) == [(last, 30), (last, 7), (last, 1)]

    async def test_after_missed_days_the_nearest_and_with_the_days_that_are_left(
        self, cast: Cast, database: Database
    ) -> None:
        mine = cast.actor.organisation_id
        await due_in(database, mine, 31)
        for days_on in (4, 26, 31):
            await night(database, days_on)
        assert [left for _, left in await told(database, mine)] == [27, 5, 0]

    async def test_a_last_day_that_has_moved_is_reminded_of_anew(self, cast: Cast, database: Database) -> None:
        mine = cast.actor.organisation_id
        for days in (5, 6):
            await due_in(database, mine, days)
            await night(database)
        assert [left for _, left in await told(database, mine)] == [5, 6]

    async def test_who_has_submitted_is_left_in_peace(self, cast: Cast, database: Database) -> None:
        mine = cast.actor.organisation_id
        await cast.submitted()
        await due_in(database, mine, 5)
        await night(database)
        assert await told(database, mine) == []

    async def test_units_of_one_day_are_told_in_one_event(self, make_cast: Any, database: Database) -> None:
        units = [(await make_cast()).actor.organisation_id for _ in range(2)]
        for unit in units:
            await due_in(database, unit, 6)
        await night(database)
        async with database.unit_of_work() as session:
            kind = EventRow.type == "declaration.due.approaching.v1"
            events = list(await session.scalars(select(EventRow.payload).where(kind)))
        both = {str(unit) for unit in units}
        assert sum(both <= set(each["employer_ids"]) for each in events) == 1


class TestRun:
    async def test_one_a_day_and_what_a_killed_one_left_is_taken_up(
        self, cast: Cast, database: Database, open_app: Any
    ) -> None:
        mine = cast.actor.organisation_id
        runtime = await open_app(app)
        async with database.unit_of_work() as session:
            await session.execute(delete(ClockRun))
            killed = await runs.claim_run(session, now_utc())
        assert killed is not None
        await run_clock(runtime)
        assert await told(database, mine) == []
        async with database.unit_of_work() as session:
            await session.execute(update(ClockRun).values(leased_until=now_utc() - timedelta(seconds=1)))
        await cast.employer.put(
            "/api/declaration/employers/current/happenings/accepted", json={"happened_on": TODAY.isoformat()}
        )
        await run_clock(runtime)
        await run_clock(runtime)
        assert await told(database, mine) == [((TODAY + timedelta(days=30)).isoformat(), 30)]
        async with database.unit_of_work() as session:
            run = (await session.scalars(select(ClockRun).where(ClockRun.day == TODAY))).one()
            assert (run.done_at is not None, run.attempts) == (True, 2)
            with pytest.raises(runs.LeaseLost):
                await runs.keep_batch(session, killed)

    async def test_a_clock_that_has_stopped_is_found(self, cast: Cast, database: Database) -> None:
        async with database.unit_of_work() as session:
            await session.execute(delete(ClockRun))
            session.add(ClockRun(day=TODAY, done_at=now_utc()))
        async with database.unit_of_work() as session:
            found = [await stopped_clock(session, now_utc() + timedelta(days=each)) for each in (0, 1, 2)]
        assert [[each.subject for each in one] for one in found] == [[], [], [TODAY.isoformat()]]
