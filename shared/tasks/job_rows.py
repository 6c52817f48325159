"""The queries of jobs: claiming one, writing under its lease, calling one off, and what has had its time. Whoever writes names the lease
that he holds; a worker whose lease has passed to another writes nothing.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.paging import PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identity import Actor
from shared.tasks.jobs import J, JobColumns, JobState, JobTable
from shared.tasks.work import Attempts, claim_one, unheld

LEASE_SECONDS = 60
ATTEMPTS = Attempts(most=10, first_pause=5, longest_pause=600)
RESULT_FOR = timedelta(days=1)
ROW_FOR = timedelta(days=30)
SWEPT_AT_ONCE = 50
_OPEN_PARTS = 20


class LeaseLost(Exception):
    """Another worker has the job by now, or it has ended."""


def visible_to(table: JobTable[J], actor: Actor) -> ColumnElement[bool]:
    """The jobs of the actor's own organisation, of the kinds that the actor may begin; of some kinds only the actor's (PLAT-06)."""
    model = table.model
    shared = [each.name for each in table.kinds if not each.own]
    mine = or_(model.kind.in_(shared), model.account_id == actor.account_id)
    return and_(model.organisation_id == actor.organisation_id, model.kind.in_(table.kinds_for(actor)), mine)


async def list_open(session: AsyncSession, table: JobTable[J], kind: str, account_id: UUID) -> Sequence[J]:
    """The account's jobs of this kind that have not ended; nobody begins another one for it until this transaction ends."""
    lock = func.pg_advisory_xact_lock(func.hashtextextended(f"{kind}:{account_id}", 0))
    await session.execute(select(lock))
    model = table.model
    mine = model.kind == kind, model.account_id == account_id, model.done_at.is_(None)
    return (await session.scalars(select(model).where(*mine))).all()


async def list_jobs(session: AsyncSession, table: JobTable[J], actor: Actor, page: PageRequest) -> Rows[J]:
    """The newest first."""
    statement = select(table.model).where(visible_to(table, actor))
    return await fetch_page(session, statement, columns={"id": table.model.id}, default_sort="-id", page=page)


def in_state(table: JobTable[J], states: Collection[JobState]) -> ColumnElement[bool]:
    """The jobs that are in one of these states, as ``state_of`` has it."""
    model = table.model
    ended, bad, called_off = model.done_at.is_not(None), model.failure.is_not(None), model.cancelled_at.is_not(None)
    conditions = {
        JobState.WAITING: and_(~ended, model.started_at.is_(None)),
        JobState.RUNNING: and_(~ended, model.started_at.is_not(None)),
        JobState.FAILED: and_(ended, bad),
        JobState.CANCELLED: and_(ended, ~bad, called_off),
        JobState.DONE: and_(ended, ~bad, ~called_off),
    }
    return or_(*(conditions[each] for each in states))


async def list_of_all(
    session: AsyncSession, table: JobTable[J], page: PageRequest, states: Collection[JobState], until: datetime | None
) -> Rows[J]:
    """The jobs of all organisations, the newest first: for the administration of the platform."""
    statement = select(table.model)
    if states:
        statement = statement.where(in_state(table, states))
    if until is not None:
        statement = statement.where(table.model.created_at <= until)
    return await fetch_page(session, statement, columns={"id": table.model.id}, default_sort="-id", page=page)


async def require_job(
    session: AsyncSession, table: JobTable[J], actor: Actor, job_id: UUID, *, lock: bool = False
) -> J:
    """Raises ``NotFound``, also for a job of others."""
    statement = select(table.model).where(table.model.id == job_id, visible_to(table, actor))
    if lock:
        statement = statement.with_for_update()
    job = await session.scalar(statement.execution_options(populate_existing=True))
    if job is None:
        raise NotFound
    return job


async def claim_job(session: AsyncSession, table: JobTable[J]) -> J | None:
    """The next due job under a lease of ``LEASE_SECONDS``. Commit before working."""
    return await claim_one(session, table.model, ATTEMPTS, lease_seconds=LEASE_SECONDS)


async def end_exhausted(session: AsyncSession, table: JobTable[J], failure: str) -> None:
    """Ends jobs whose last attempt never came to an end, because its worker died on it."""
    model = table.model
    lost = select(model.id).where(model.done_at.is_(None), model.attempts >= ATTEMPTS.most, unheld(model))
    ended = update(model).where(model.id.in_(lost.limit(_OPEN_PARTS).with_for_update(skip_locked=True)))
    await session.execute(
        ended.values(done_at=func.now(), leased_until=None, failure=failure).execution_options(
            synchronize_session=False
        )
    )


async def is_called_off(session: AsyncSession, table: JobTable[J], job_id: UUID, lease: datetime | None) -> bool:
    """Raises ``LeaseLost``."""
    model = table.model
    mine = select(model.cancelled_at).where(model.id == job_id, model.leased_until == lease, model.done_at.is_(None))
    row = (await session.execute(mine)).one_or_none()
    if row is None:
        raise LeaseLost
    return row[0] is not None


async def write(
    session: AsyncSession,
    table: JobTable[J],
    job_id: UUID,
    lease: datetime | None,
    *,
    ends: bool = False,
    **values: object,
) -> datetime | None:
    """Writes ``values`` and renews the lease, or with ``ends`` lets go of it; gives the new lease. Raises ``LeaseLost``."""
    model = table.model
    renewed = func.clock_timestamp() + text("make_interval(secs => :lease)").bindparams(lease=LEASE_SECONDS)
    written = (
        update(model)
        .where(model.id == job_id, model.leased_until == lease, model.done_at.is_(None))
        .values(leased_until=None if ends else renewed, **values)
        .returning(model.leased_until)
        .execution_options(synchronize_session=False)
    )
    row = (await session.execute(written)).one_or_none()
    if row is None:
        raise LeaseLost
    new_lease: datetime | None = row[0]
    return new_lease


async def call_off(session: AsyncSession, job: JobColumns) -> None:
    """The worker stops before its next batch; a job that no worker has at the moment ends now. ``job`` is locked by the caller."""
    model = type(job)
    await session.execute(
        update(model)
        .where(model.id == job.id)
        .values(cancelled_at=func.now())
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(model)
        .where(model.id == job.id, unheld(model))
        .values(done_at=func.now(), leased_until=None)
        .execution_options(synchronize_session=False)
    )


async def list_leftovers(session: AsyncSession, table: JobTable[J]) -> Sequence[J]:
    """Ended jobs with files that have had their time: what came in at once, what came out after ``RESULT_FOR``, or at once what a
    job has left that came to no good end."""
    model = table.model
    over = or_(model.done_at < func.now() - RESULT_FOR, model.cancelled_at.is_not(None), model.failure.is_not(None))
    old = and_(model.result_files.is_not(None), over)
    found = select(model).where(model.done_at.is_not(None), or_(model.input_key.is_not(None), old))
    return (await session.scalars(found.order_by(model.id).limit(SWEPT_AT_ONCE))).all()


async def forget_input(session: AsyncSession, table: JobTable[J], job_id: UUID) -> None:
    await _set(session, table, table.model.id == job_id, input_key=None)


async def forget_result_files(session: AsyncSession, table: JobTable[J], job_id: UUID) -> None:
    await _set(session, table, table.model.id == job_id, result_files=None)


async def forget_old(session: AsyncSession, table: JobTable[J]) -> None:
    """Results after ``RESULT_FOR``; rows without files after ``ROW_FOR``, what became of them stays in the history."""
    model = table.model
    ended = and_(model.done_at.is_not(None), model.done_at < func.now() - RESULT_FOR)
    await _set(session, table, and_(ended, model.result.is_not(None)), result=None)
    bare = and_(model.input_key.is_(None), model.result_files.is_(None))
    await session.execute(delete(model).where(model.done_at < func.now() - ROW_FOR, bare))


async def _set(session: AsyncSession, table: JobTable[J], which: ColumnElement[bool], **values: object) -> None:
    changed = update(table.model).where(which).values(**values)
    await session.execute(changed.execution_options(synchronize_session=False))
