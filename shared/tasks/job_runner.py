"""Does jobs batch by batch: each batch in one transaction with the progress that it made, so that a worker that is killed is followed by
one that goes on where the rows say, and nothing is done twice (PLAT-09, PLAT-11). What a batch does is the handlers' business.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from shared import traces
from shared.db.session import note_hint
from shared.errors import AppError, Forbidden
from shared.logging import correlation_id, get_logger
from shared.masking import mask_secrets
from shared.runtime import Runtime
from shared.tasks import job_rows
from shared.tasks.job_files import JobFiles
from shared.tasks.job_rows import ATTEMPTS, LeaseLost
from shared.tasks.jobs import Batches, J, JobTable, Progress, order_of

# One run ends after this and asks for the next, so that the other tasks of the lane have their turn.
RUN_SECONDS = 60
GAVE_UP = f"系统连续 {ATTEMPTS.most} 次未能完成该任务，此前已生效的改动保留；请稍后重新提交，仍不成功请联系系统管理人员"
log = get_logger(__name__)


async def run_jobs(runtime: Runtime, table: JobTable[J]) -> None:
    """Works until nothing is due. The body of the task ``<service>.run_jobs``."""
    ends = time.monotonic() + RUN_SECONDS
    while time.monotonic() < ends:
        async with runtime.database.unit_of_work() as session:
            await job_rows.end_exhausted(session, table, GAVE_UP)
            job = await job_rows.claim_job(session, table)
        if job is None:
            return
        correlation_id.set(job.correlation_id)
        with traces.follow(job.traceparent, f"job {job.kind}", row=str(job.id)):
            await run_one(JobRun(runtime, table, job), ends)
    async with runtime.database.unit_of_work() as session:
        note_hint(session, table.hint)


async def run_one(run: "JobRun[J]", ends: float) -> None:
    """A claimed job to its end, to the end of this run's time, to a refusal that people can read, or to another try later."""
    try:
        if not await run.open():
            return
        while await run.step():
            if run.resumable and time.monotonic() >= ends:
                await run.hand_over()
                return
        await run.sweep_input()
    except LeaseLost:
        log.info("job_lost", job_id=str(run.job.id))
    except AppError as error:
        if error.status >= 500:
            await run.try_again(error)
        else:
            await run.fail(_told(error))
    except Exception as error:
        await run.try_again(error)
    finally:
        await run.close()


def _told(error: AppError) -> str:
    """The refusal as a person reads it, its fields included."""
    return "；".join([error.detail, *dict.fromkeys(field.message for field in error.errors)][:6])


@dataclass
class JobRun(Generic[J]):
    """One worker's hold on one job. ``job`` is the row as it was claimed, detached from any session."""

    runtime: Runtime
    table: JobTable[J]
    job: J
    progress: Progress = field(init=False)
    _opened: Batches | None = field(init=False, repr=False, default=None)
    _delivered: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._folder = f"{self.table.folder(self.job.id)}/results"
        self._files = JobFiles(self.runtime.storage, self._folder)
        self._lease, self._attempts = self.job.leased_until, self.job.attempts
        self.progress = Progress(self.job.position, self.job.done, self.job.failed, self.job.result or {})

    @property
    def _batches(self) -> Batches:
        assert self._opened is not None
        return self._opened

    @property
    def resumable(self) -> bool:
        return self.table.kind(self.job.kind).resumable

    async def open(self) -> bool:
        """Lets the handler read what it needs, once for all batches; False when the job was called off before. Raises what the handler
        refuses with, and ``Forbidden``."""
        if self.job.cancelled_at is not None:
            await self._write(ends=True, done_at=func.now())
            await self.sweep_input()
            return False
        kind, order = self.table.kind(self.job.kind), await order_of(self.runtime.storage, self.job, self._files)
        if not kind.open_to(order.actor):
            raise Forbidden
        if self.job.started_at is not None:  # a worker that died has left its files
            await self.runtime.storage.sweep(self._folder)
        if not kind.resumable:
            self.progress = Progress()
        async with self._held():
            self._opened = await kind.open_batches()(self.runtime, order)
        started = func.coalesce(self.table.model.started_at, func.now())
        values: dict[str, Any] = {"total": self._batches.total, "started_at": started, "result_files": []}
        await self._write(**values, **_columns(self.progress))
        return True

    @asynccontextmanager
    async def _held(self) -> AsyncIterator[None]:
        """Holds the job for longer while a large file is read. Raises ``LeaseLost`` at the end where another worker has it by then."""
        over = asyncio.Event()
        holding = asyncio.create_task(self._hold(over))
        try:
            yield
        finally:
            over.set()
            lost = (await asyncio.gather(holding, return_exceptions=True))[0]
        if isinstance(lost, BaseException):
            raise lost

    async def _hold(self, over: asyncio.Event) -> None:
        while True:
            try:
                await asyncio.wait_for(over.wait(), job_rows.LEASE_SECONDS / 3)
            except TimeoutError:
                await self._write()
            else:
                return

    async def step(self) -> bool:
        """The next batch, or the end; False when the job has ended. Raises ``LeaseLost``, and nothing has been done then."""
        if self.progress.position >= self._batches.total:
            await self._finish()
            return False
        await self._batches.prepare(self.progress)
        async with self.runtime.database.unit_of_work() as session:
            off = await job_rows.is_called_off(session, self.table, self.job.id, self._lease)
            if off:
                report = self._batches.report(self.progress)
                await self._write_in(session, ends=True, done_at=func.now(), result=report)
                return False
            made = await self._batches.do(session, self.progress)
            if made.position <= self.progress.position:
                raise RuntimeError(f"a batch of {self.job.kind} made no progress")
            # Work that begins anew has not got on by a batch: it would be begun for ever.
            attempts = 0 if self.resumable else self._attempts
            values = {"attempts": attempts, "total": self._batches.total, **_columns(made)}
            lease = await self._write_in(session, last_error=None, **values)
        self.progress, self._lease, self._attempts = made, lease, attempts
        await self._note_write()
        return True

    async def _note_write(self) -> None:
        """What a job does is its owner's doing."""
        if self.runtime.replica is not None:
            await self.runtime.replica.note_write(self.job.account_id)

    async def _finish(self) -> None:
        async with self._held():  # the last files may take a while
            await self._batches.finish(self.progress)
        values: dict[str, Any] = {"result": self._batches.report(self.progress), "result_files": self._files.made}
        async with self.runtime.database.unit_of_work() as session:
            await self._batches.conclude(session)
            # Called off too late: everything has been done, and so it says.
            await self._write_in(session, ends=True, done_at=func.now(), cancelled_at=None, last_error=None, **values)
        self._delivered = True
        await self._note_write()

    async def close(self) -> None:
        """Files that were not handed over are taken away."""
        if self._opened is not None:
            self._opened.let_go()
        if not self._delivered:
            await self._files.take_away()

    async def hand_over(self) -> None:
        """The job waits for the next run, behind those that wait already."""
        await self._write(ends=True, due_at=func.now())

    async def fail(self, failure: str) -> None:
        """Ends the job for a reason that its owner reads."""
        log.info("job_failed", job_id=str(self.job.id), kind=self.job.kind)
        await self._unless_lost(done_at=func.now(), failure=failure[:1000])
        await self.sweep_input()

    async def try_again(self, error: BaseException) -> None:
        """Later each time; in the end a person is told."""
        log.warning("job_attempt_failed", job_id=str(self.job.id), kind=self.job.kind, error=repr(error), exc_info=True)
        if ATTEMPTS.used_up(self._attempts):
            await self.fail(f"{error.detail}（{GAVE_UP}）" if isinstance(error, AppError) else GAVE_UP)
            return
        due_at = func.now() + func.make_interval(0, 0, 0, 0, 0, 0, ATTEMPTS.pause_after(self._attempts))
        await self._unless_lost(due_at=due_at, last_error=mask_secrets(repr(error))[:2000])

    async def sweep_input(self) -> None:
        """What came in is of no more use; a store that is away is asked again by ``tidy_jobs``."""
        if self.job.input_key is not None:
            await take_away_input(self.runtime, self.table, self.job)

    async def _unless_lost(self, **values: Any) -> None:
        try:
            await self._write(ends=True, **values)
        except LeaseLost:
            log.info("job_lost", job_id=str(self.job.id))

    async def _write(self, *, ends: bool = False, **values: Any) -> None:
        async with self.runtime.database.unit_of_work() as session:
            lease = await self._write_in(session, ends=ends, **values)
        self._lease = lease

    async def _write_in(self, session: AsyncSession, *, ends: bool = False, **values: Any) -> datetime | None:
        return await job_rows.write(session, self.table, self.job.id, self._lease, ends=ends, **values)


def _columns(progress: Progress) -> Mapping[str, Any]:
    return {
        "position": progress.position,
        "done": progress.done,
        "failed": progress.failed,
        "result": dict(progress.state),
    }


async def take_away_input(runtime: Runtime, table: JobTable[J], job: J) -> None:
    """The file first and its key after, so that a kill in between leaves nothing that the next sweep does not find."""
    try:
        await runtime.storage.delete(job.input_key or "")
    except AppError as error:
        log.info("job_input_left_behind", job_id=str(job.id), error=repr(error))
        return
    async with runtime.database.unit_of_work() as session:
        await job_rows.forget_input(session, table, job.id)


async def tidy_jobs(runtime: Runtime, table: JobTable[J]) -> None:
    """Takes away what has had its time. The body of the task ``<service>.tidy_jobs``."""
    async with runtime.database.unit_of_work() as session:
        leftovers = await job_rows.list_leftovers(session, table)
    for job in leftovers:
        if job.input_key is not None:
            await take_away_input(runtime, table, job)
        else:
            await _take_away_result(runtime, table, job)
    async with runtime.database.unit_of_work() as session:
        await job_rows.forget_old(session, table)


async def _take_away_result(runtime: Runtime, table: JobTable[J], job: J) -> None:
    try:
        await runtime.storage.sweep(table.folder(job.id))
    except AppError as error:
        log.info("job_result_left_behind", job_id=str(job.id), error=repr(error))
        return
    async with runtime.database.unit_of_work() as session:
        await job_rows.forget_result_files(session, table, job.id)
