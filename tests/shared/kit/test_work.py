"""Rows of work: leased to one, given again when the lease lapses, ended once (PLAT-11)."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import delete, text

from shared.db.session import Database
from shared.tasks.work import claim, finish, put_back
from tests.shared.kit.sample import Job


@pytest.fixture(autouse=True)
async def _no_jobs(database: Database) -> None:
    async with database.unit_of_work() as session:
        await session.execute(delete(Job))


async def add_jobs(database: Database, count: int) -> None:
    async with database.unit_of_work() as session:
        session.add_all(Job(name=uuid4().hex) for _ in range(count))


async def take(database: Database, limit: int = 10, lease: float = 60) -> list[Job]:
    async with database.unit_of_work() as session:
        return list(await claim(session, Job, limit=limit, lease_seconds=lease, max_attempts=3))


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
