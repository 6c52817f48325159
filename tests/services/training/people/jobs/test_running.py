"""Long work batch by batch, whatever becomes of its workers (PLAT-09, PLAT-11)."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from services.training.people.jobs.models import Job
from shared.errors import Forbidden, NotFound
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from shared.storage import FileMissing
from shared.tasks import job_rows
from shared.tasks.job_rows import ATTEMPTS, LeaseLost
from shared.tasks.job_runner import GAVE_UP, JobRun, run_jobs, run_one, tidy_jobs
from shared.tasks.jobs import JobState, start_job, state_of
from tests.services.training.people.jobs.counting import COUNT, COUNT_ANEW, TABLE, counted

pytestmark = pytest.mark.req("PLAT-09", "PLAT-11")
MakeActor = Callable[..., Actor]


@pytest.fixture
def actor(make_actor: MakeActor) -> Actor:
    return make_actor(Permission.SCORE_ENTRY, Permission.PLAN_MANAGEMENT)


async def start(
    runtime: Runtime, actor: Actor, *, kind: str = COUNT.name, data: bytes | None = None, **told: Any
) -> Job:
    arguments = {"total": 35, **told}
    async with runtime.database.unit_of_work() as session:
        return await start_job(session, runtime.storage, TABLE, actor=actor, kind=kind, arguments=arguments, data=data)


async def now(runtime: Runtime, job: Job) -> Job:
    """The job as it is stored."""
    async with runtime.database.unit_of_work() as session:
        return await session.get_one(Job, job.id)


async def numbers(runtime: Runtime, job: Job, actor: Actor) -> list[int]:
    async with runtime.database.unit_of_work() as session:
        return await counted(session, job, actor)


async def claimed(runtime: Runtime) -> JobRun[Job]:
    async with runtime.database.unit_of_work() as session:
        job = await job_rows.claim_job(session, TABLE)
    assert job is not None
    return JobRun(runtime, TABLE, job)


async def change(runtime: Runtime, job: Job, what: str) -> None:
    """Moves the row's times, as an hour that passes would."""
    async with runtime.database.unit_of_work() as session:
        await session.execute(text(f"UPDATE jobs SET {what} WHERE id = :id"), {"id": job.id})


LAPSED = "leased_until = now() - interval '1 second'"


class TestWork:
    async def test_a_job_is_done_and_says_so(self, runtime: Runtime, actor: Actor) -> None:
        job = await start(runtime, actor)
        assert (state_of(job), job.total) == (JobState.WAITING, None)
        await run_jobs(runtime, TABLE)
        ended = await now(runtime, job)
        assert (state_of(ended), ended.total, ended.done, ended.failed) == (JobState.DONE, 35, 35, 0)
        assert ended.result == {"sum": sum(range(35)), "bytes": 0}
        assert await numbers(runtime, job, actor) == list(range(35))

    async def test_progress_stands_after_every_batch(self, runtime: Runtime, actor: Actor) -> None:
        job = await start(runtime, actor)
        run = await claimed(runtime)
        await run.open()
        await run.step()
        row = await now(runtime, job)
        assert (state_of(row), row.position, row.done, row.total) == (JobState.RUNNING, 10, 10, 35)

    async def test_a_worker_that_dies_between_batches_is_followed_without_doubles(
        self, runtime: Runtime, actor: Actor
    ) -> None:
        job = await start(runtime, actor)
        dead = await claimed(runtime)
        await dead.open()
        await dead.step()
        await run_jobs(runtime, TABLE)
        assert (await now(runtime, job)).position == 10, "a job under a lease is nobody else's"
        await change(runtime, job, LAPSED)
        await run_jobs(runtime, TABLE)
        assert state_of(await now(runtime, job)) is JobState.DONE
        assert await numbers(runtime, job, actor) == list(range(35))
        assert (await now(runtime, job)).result == {"sum": sum(range(35)), "bytes": 0}

    async def test_a_worker_that_wakes_too_late_does_nothing(self, runtime: Runtime, actor: Actor) -> None:
        job = await start(runtime, actor)
        late = await claimed(runtime)
        await late.open()
        await change(runtime, job, LAPSED)
        other = await claimed(runtime)
        await other.open()
        await other.step()
        with pytest.raises(LeaseLost):
            await late.step()
        await run_one(late, time.monotonic() + 60)
        assert await numbers(runtime, job, actor) == list(range(10))

    async def test_work_that_cannot_be_resumed_begins_anew(self, runtime: Runtime, actor: Actor) -> None:
        job = await start(runtime, actor, kind=COUNT_ANEW.name)
        dead = await claimed(runtime)
        await dead.open()
        await dead.step()
        await change(runtime, job, LAPSED)
        await run_jobs(runtime, TABLE)
        ended = await now(runtime, job)
        assert (ended.done, ended.result) == (35, {"sum": sum(range(35)), "bytes": 0})

    async def test_a_long_job_lets_others_have_their_turn(self, runtime: Runtime, actor: Actor) -> None:
        long, short = await start(runtime, actor), await start(runtime, actor, total=5)
        await run_one(await claimed(runtime), ends=0)
        assert (await now(runtime, long)).position == 10
        second = await claimed(runtime)
        assert second.job.id == short.id


class TestCalledOff:
    async def test_it_stops_before_the_next_batch_and_keeps_what_was_done(self, runtime: Runtime, actor: Actor) -> None:
        job = await start(runtime, actor)
        run = await claimed(runtime)
        await run.open()
        await run.step()
        async with runtime.database.unit_of_work() as session:
            await job_rows.call_off(session, await session.get_one(Job, job.id))
        assert state_of(await now(runtime, job)) is JobState.RUNNING
        assert await run.step() is False
        ended = await now(runtime, job)
        assert (state_of(ended), ended.done, ended.result) == (JobState.CANCELLED, 10, {"sum": 45, "bytes": 0})
        assert await numbers(runtime, job, actor) == list(range(10))

    async def test_it_ends_at_once_when_no_worker_has_it(self, runtime: Runtime, actor: Actor) -> None:
        job = await start(runtime, actor)
        async with runtime.database.unit_of_work() as session:
            await job_rows.call_off(session, await session.get_one(Job, job.id))
        await run_jobs(runtime, TABLE)
        assert state_of(await now(runtime, job)) is JobState.CANCELLED
        assert await numbers(runtime, job, actor) == []

    async def test_called_off_after_the_last_batch_it_is_done(self, runtime: Runtime, actor: Actor) -> None:
        job = await start(runtime, actor, total=10)
        run = await claimed(runtime)
        await run.open()
        await run.step()
        await change(runtime, job, "cancelled_at = now()")
        assert await run.step() is False
        assert state_of(await now(runtime, job)) is JobState.DONE


class TestFailures:
    async def test_a_refusal_ends_it_with_words_people_read(self, runtime: Runtime, actor: Actor) -> None:
        job = await start(runtime, actor, refused_at=15)
        await run_jobs(runtime, TABLE)
        ended = await now(runtime, job)
        assert (state_of(ended), ended.failure, ended.done) == (JobState.FAILED, "没有数了，请换一个", 10)
        assert await numbers(runtime, job, actor) == list(range(10)), "the refused batch has left nothing"

    async def test_a_defect_is_tried_again_later_and_then_told(self, runtime: Runtime, actor: Actor) -> None:
        job = await start(runtime, actor, broken_at=15)
        await run_jobs(runtime, TABLE)
        row = await now(runtime, job)
        assert (state_of(row), row.done, row.leased_until) == (JobState.RUNNING, 10, None)
        assert "RuntimeError" in (row.last_error or "")
        assert "320102196001010009" not in (row.last_error or "")
        for _ in range(ATTEMPTS.most + 1):
            await change(runtime, job, "due_at = now()")
            await run_jobs(runtime, TABLE)
        ended = await now(runtime, job)
        assert (state_of(ended), ended.failure) == (JobState.FAILED, GAVE_UP)
        assert await numbers(runtime, job, actor) == list(range(10))

    async def test_a_job_that_kills_its_workers_is_given_up(self, runtime: Runtime, actor: Actor) -> None:
        job = await start(runtime, actor)
        for _ in range(ATTEMPTS.most):
            await claimed(runtime)
            await change(runtime, job, LAPSED)
        await run_jobs(runtime, TABLE)
        assert (await now(runtime, job)).failure == GAVE_UP

    async def test_attempts_are_counted_anew_after_a_batch(self, runtime: Runtime, actor: Actor) -> None:
        job = await start(runtime, actor, total=ATTEMPTS.most * 20)
        for _ in range(ATTEMPTS.most + 2):
            run = await claimed(runtime)
            await run.open()
            await run.step()
            await change(runtime, job, LAPSED)
        assert (await now(runtime, job)).done == (ATTEMPTS.most + 2) * 10


class TestRights:
    async def test_the_worker_acts_with_the_rights_of_the_request(self, runtime: Runtime, actor: Actor) -> None:
        job = await start(runtime, actor)
        assert set(job.actor["permissions"]) == set(actor.permissions)
        await run_jobs(runtime, TABLE)
        assert await numbers(runtime, job, actor) == list(range(35)), "every row names the one who asked"

    async def test_who_may_not_do_it_cannot_begin_it(self, runtime: Runtime, make_actor: MakeActor) -> None:
        with pytest.raises(Forbidden):
            await start(runtime, make_actor(Permission.PLAN_MANAGEMENT))

    async def test_a_job_without_the_right_is_refused_by_the_worker(self, runtime: Runtime, actor: Actor) -> None:
        job = await start(runtime, actor)
        await change(runtime, job, "actor = jsonb_set(actor, '{permissions}', '[]')")
        await run_jobs(runtime, TABLE)
        assert (await now(runtime, job)).failure == Forbidden.detail
        assert await numbers(runtime, job, actor) == []

    @pytest.mark.req("PLAT-06")
    async def test_a_colleague_sees_the_jobs_that_he_might_have_begun(
        self, runtime: Runtime, actor: Actor, make_actor: MakeActor
    ) -> None:
        job, same = await start(runtime, actor), {"organisation_id": actor.organisation_id}
        async with runtime.database.unit_of_work() as session:
            seen = await job_rows.require_job(session, TABLE, make_actor(Permission.SCORE_ENTRY, **same), job.id)
            assert seen.id == job.id
            for other in (make_actor(Permission.PLAN_MANAGEMENT, **same), make_actor(Permission.SCORE_ENTRY)):
                with pytest.raises(NotFound):
                    await job_rows.require_job(session, TABLE, other, job.id)


@pytest.mark.req("PLAT-05")
class TestFiles:
    async def test_what_came_in_is_encrypted_and_goes_with_the_end(self, runtime: Runtime, actor: Actor) -> None:
        job = await start(runtime, actor, data=b"320102196001010009")
        key = job.input_key or ""
        assert b"320102" not in await runtime.storage.get(key)
        await run_jobs(runtime, TABLE)
        ended = await now(runtime, job)
        file = (ended.result_files or [{}])[0]
        assert (ended.input_key, file["name"], file["size"]) == (None, "数.zip", 18)
        with pytest.raises(FileMissing):
            await runtime.storage.get(key)
        assert await runtime.storage.get(file["key"]) == b"320102196001010009"

    async def test_results_are_kept_a_day_and_rows_a_month(self, runtime: Runtime, actor: Actor) -> None:
        job = await start(runtime, actor, data=b"x")
        await run_jobs(runtime, TABLE)
        files = (await now(runtime, job)).result_files or []
        key = files[0]["key"]
        await tidy_jobs(runtime, TABLE)
        assert (await now(runtime, job)).result_files == files
        await change(runtime, job, "done_at = now() - interval '25 hours'")
        await tidy_jobs(runtime, TABLE)
        row = await now(runtime, job)
        assert (row.result_files, row.result, state_of(row)) == (None, None, JobState.DONE)
        with pytest.raises(FileMissing):
            await runtime.storage.get(key)
        await change(runtime, job, "done_at = now() - interval '31 days'")
        await tidy_jobs(runtime, TABLE)
        async with runtime.database.unit_of_work() as session:
            assert await session.get(Job, job.id) is None

    async def test_what_a_dead_worker_left_is_swept(self, runtime: Runtime, actor: Actor) -> None:
        job = await start(runtime, actor, data=b"x")
        await change(runtime, job, "done_at = now()")
        await tidy_jobs(runtime, TABLE)
        assert (await now(runtime, job)).input_key is None
        assert not await runtime.storage.exists(job.input_key or "")
