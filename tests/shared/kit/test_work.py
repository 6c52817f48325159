"""Rows of work: leased to one, given again when the lease lapses, ended once (PLAT-11)."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import delete, func, select, text

from shared.db.session import Database
from shared.identifiers import made_at, new_id
from shared.services import Service
from shared.tasks.standing import show_work
from shared.tasks.work import (
    LONGEST_WAIT_SECONDS,
    SHORTEST_WAIT_SECONDS,
    Attempts,
    claim,
    finish,
    list_exhausted,
    put_back,
    try_again,
    wait_out,
)
from tests.shared.kit.sample import Job, SampleBase

LATE = """UPDATE sample_jobs SET due_at = now() - interval '11 minutes'
 WHERE id = (SELECT id FROM sample_jobs WHERE leased_until IS NULL LIMIT 1)"""
THREE = Attempts(most=3, first_pause=10, factor=4, longest_pause=60)


@pytest.fixture(autouse=True)
async def _no_jobs(database: Database) -> None:
    async with database.unit_of_work() as session:
        await session.execute(delete(Job))


async def add_jobs(database: Database, count: int) -> None:
    async with database.unit_of_work() as session:
        session.add_all(Job(name=uuid4().hex) for _ in range(count))


async def take(database: Database, limit: int = 10, lease: float = 60) -> list[Job]:
    async with database.unit_of_work() as session:
        return list(await claim(session, Job, THREE, limit=limit, lease_seconds=lease))


@pytest.mark.req("PLAT-11")
class TestLeases:
    async def test_two_workers_never_hold_the_same_row(self, database: Database) -> None:
        await add_jobs(database, 30)
        taken = await asyncio.gather(*(take(database, 10) for _ in range(4)))
        names = [job.name for jobs in taken for job in jobs]
        assert len(names) == len(set(names)) == 30

    async def test_a_lapsed_lease_is_given_again_and_the_late_worker_ends_nothing(self, database: Database) -> None:
        await add_jobs(database, 1)
        [first] = await take(database, lease=0)
        [second] = await take(database)
        assert (first.attempts, second.attempts) == (1, 2)
        async with database.unit_of_work() as session:
            assert await finish(session, first) is False
            assert await finish(session, second) is True
            assert await finish(session, second) is False
        assert await take(database) == []

    async def test_attempts_have_an_end(self, database: Database) -> None:
        await add_jobs(database, 1)
        for _ in range(3):
            [job] = await take(database, lease=0)
            async with database.unit_of_work() as session:
                await put_back(session, job, error="no", delay_seconds=0)
        assert await take(database) == []

    async def test_a_row_put_back_waits_its_time(self, database: Database) -> None:
        await add_jobs(database, 1)
        [job] = await take(database)
        async with database.unit_of_work() as session:
            await put_back(session, job, error="busy", delay_seconds=3600)
        assert await take(database) == []
        async with database.unit_of_work() as session:
            await session.execute(text("UPDATE sample_jobs SET due_at = now()"))
        [again] = await take(database)
        assert again.last_error == "busy"

    async def test_waiting_out_costs_no_attempt(self, database: Database) -> None:
        await add_jobs(database, 1)
        for _ in range(5):
            [job] = await take(database)
            assert job.attempts == 1
            async with database.unit_of_work() as session:
                assert await wait_out(session, job, error="away")
                await session.execute(text("UPDATE sample_jobs SET due_at = now()"))

    @pytest.mark.parametrize(
        ("age", "wait"),
        [(0, SHORTEST_WAIT_SECONDS), (60, 60), (7200, LONGEST_WAIT_SECONDS)],
        ids=["new", "a minute old", "two hours old"],
    )
    async def test_an_old_row_waits_longer_up_to_an_end(self, database: Database, age: int, wait: float) -> None:
        made = UUID(int=new_id().int - (age * 1000 << 80))
        async with database.unit_of_work() as session:
            session.add(Job(id=made, name=uuid4().hex))
        [job] = await take(database)
        async with database.unit_of_work() as session:
            await wait_out(session, job, error="away")
            left = await session.scalar(select(func.extract("epoch", Job.due_at - func.now())))
        assert float(left or 0) == pytest.approx(wait, abs=5)


@pytest.mark.req("PLAT-11")
class TestAttempts:
    def test_each_pause_is_longer_up_to_an_end(self) -> None:
        assert [THREE.pause_after(made) for made in range(5)] == [10, 10, 40, 60, 60]

    async def test_a_failure_rests_and_the_last_one_is_left_to_the_caller(self, database: Database) -> None:
        await add_jobs(database, 1)
        for pause in (10, 40, None):
            [job] = await take(database)
            async with database.unit_of_work() as session:
                assert await try_again(session, job, THREE, error="no") is (pause is not None)
                left = await session.scalar(select(func.extract("epoch", Job.due_at - func.now())))
                await session.execute(text("UPDATE sample_jobs SET due_at = now()"))
            if pause is not None:
                assert float(left or 0) == pytest.approx(pause)

    async def test_what_its_last_worker_died_on_is_found_and_nothing_that_is_still_held(
        self, database: Database
    ) -> None:
        await add_jobs(database, 1)
        for _ in range(THREE.most):
            [job] = await take(database, lease=0)
        async with database.unit_of_work() as session:
            assert [lost.id for lost in await list_exhausted(session, Job, THREE, limit=10)] == [job.id]
            await session.execute(text("UPDATE sample_jobs SET leased_until = now() + interval '1 minute'"))
            assert not await list_exhausted(session, Job, THREE, limit=10)


def test_an_id_tells_when_it_was_made() -> None:
    before = datetime.now(UTC)
    assert abs((made_at(new_id()) - before).total_seconds()) < 60


@pytest.mark.req("PLAT-10", "PLAT-11")
class TestFigures:
    async def test_what_waits_and_since_when(self, database: Database) -> None:
        await add_jobs(database, 3)
        await take(database, limit=1)
        async with database.unit_of_work() as session:
            await session.execute(text(LATE))
            await show_work(session, Service.TRAINING, SampleBase.metadata)

        def shown(name: str) -> float:
            return REGISTRY.get_sample_value(name, {"service": "training", "table": "sample_jobs"}) or 0.0

        assert (shown("work_rows"), shown("work_overdue_rows")) == (3, 1)
        assert 660 <= shown("work_oldest_due_seconds") < 720

    async def test_who_takes_over_from_the_lost_is_counted(self, database: Database) -> None:
        def lapsed() -> float:
            return REGISTRY.get_sample_value("leases_lapsed_total", {"table": "sample_jobs"}) or 0.0

        before = lapsed()
        await add_jobs(database, 2)
        await take(database, lease=0)
        assert lapsed() == before
        await take(database)
        assert lapsed() == before + 2
