"""How the work of one service stands, read out of its own database and its queues: what ``python -m ops status`` says in words and every
API's ``/metrics`` in figures, whichever process did the work (PLAT-10).
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from prometheus_client import Gauge
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import MetaData, Table, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.brokers import is_amqp, lengths_at
from shared.events.bookmarks import ParkedEvent
from shared.findings import Counted, FindingRow, list_findings, list_looks
from shared.services import Service
from shared.tasks.retention import show_retentions
from shared.tasks.runs import TaskRun

OVERDUE = timedelta(minutes=10)
_WORK = frozenset({"due_at", "done_at", "leased_until", "attempts"})
ROWS = Gauge("work_rows", "Rows of work that are still to be done", ["service", "table"])
OVERDUE_ROWS = Gauge("work_overdue_rows", "Those of them that nobody took up in ten minutes", ["service", "table"])
OLDEST = Gauge(
    "work_oldest_due_seconds", "How long the oldest row that nobody holds has been due", ["service", "table"]
)
QUEUED = Gauge("queue_messages", "Messages of the broker that no worker has taken", ["service", "lane"])
ENDED = Gauge(
    "task_succeeded_at_seconds", "When a task last came to its end, in seconds since 1970", ["service", "task"]
)
SIZE = Gauge("database_bytes", "What the service's database takes on the disk", ["service"])


@dataclass(frozen=True)
class Waiting:
    """Rows of work of one table that are still to be done; ``overdue`` should have been taken up more than ten minutes ago, and
    ``oldest_due`` is since when the oldest that nobody holds is due."""

    table: str
    rows: int
    overdue: int
    oldest_due: datetime | None


@dataclass(frozen=True)
class Lag:
    """The oldest event of ``producer`` that this service has not read; None when it has read all."""

    producer: str
    oldest_unread: datetime | None


@dataclass(frozen=True)
class Standing:
    """What the database of one service says, at its own ``now``. Schemas and lags are known to whoever asks all databases."""

    service: Service
    now: datetime
    schema: str | None
    newest_schema: str | None
    megabytes: int
    looks: Sequence[Counted] = field(default_factory=tuple)
    findings: Sequence[FindingRow] = field(default_factory=tuple)
    parked: int = 0
    lags: Sequence[Lag] = field(default_factory=tuple)
    waiting: Sequence[Waiting] = field(default_factory=tuple)
    runs: Sequence[TaskRun] = field(default_factory=tuple)


def work_tables(metadata: MetaData) -> list[Table]:
    """Every table of a service that is rows of work."""
    return [table for table in metadata.sorted_tables if set(table.columns.keys()) >= _WORK]


async def waiting_in(session: AsyncSession, table: Table) -> Waiting:
    """What waits in this table."""
    columns = table.columns
    unheld = or_(columns.leased_until.is_(None), columns.leased_until < func.now())
    due, late = (unheld & (columns.due_at <= func.now() - after) for after in (timedelta(0), OVERDUE))
    counted = select(func.count(), func.count().filter(late), func.min(columns.due_at).filter(due))
    rows, overdue, oldest = (await session.execute(counted.where(columns.done_at.is_(None)))).one()
    return Waiting(table.name, rows, overdue, oldest)


async def begin_standing(session: AsyncSession, service: Service) -> Standing:
    """What can be asked of any schema: its size, and its clock."""
    size = await session.scalar(text("SELECT pg_database_size(current_database())")) or 0
    now = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return Standing(service, now, None, None, round(size / 1024**2))


async def read_standing(session: AsyncSession, service: Service, metadata: MetaData) -> Standing:
    """All that the service's own database, at this release's schema, says."""
    parked = select(func.count()).select_from(ParkedEvent).where(ParkedEvent.parked_at.is_not(None))
    return replace(
        await begin_standing(session, service),
        looks=await list_looks(session),
        findings=await list_findings(session),
        parked=await session.scalar(parked) or 0,
        waiting=[await waiting_in(session, table) for table in work_tables(metadata)],
        runs=(await session.scalars(select(TaskRun).order_by(TaskRun.task))).all(),
    )


async def show_work(session: AsyncSession, service: Service, metadata: MetaData) -> None:
    """Sets the gauges to what the database says, zeros included."""
    now = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    for table in work_tables(metadata):
        waiting = await waiting_in(session, table)
        ROWS.labels(service, waiting.table).set(waiting.rows)
        OVERDUE_ROWS.labels(service, waiting.table).set(waiting.overdue)
        age = (now - waiting.oldest_due).total_seconds() if waiting.oldest_due else 0
        OLDEST.labels(service, waiting.table).set(age)
    for run in await session.scalars(select(TaskRun).where(TaskRun.succeeded_at.is_not(None))):
        ENDED.labels(service, run.task).set(run.succeeded_at.timestamp() if run.succeeded_at else 0)
    await show_retentions(session, service)
    SIZE.labels(service).set(await session.scalar(text("SELECT pg_database_size(current_database())")) or 0)


async def lengths_of(redis: "Redis", address: str, queues: Collection[str]) -> dict[str, int]:
    """How many messages wait in each queue of the broker at ``address``. Raises RedisError, OSError."""
    if is_amqp(address):
        return await asyncio.to_thread(lengths_at, address, queues)
    return {queue: int(await redis.llen(queue)) for queue in queues}


async def read_queues(redis: "Redis", address: str, queues: Mapping[str, str]) -> dict[str, int]:
    """How many messages wait in each lane, given with its queue; nothing while the broker is away."""
    try:
        lengths = await lengths_of(redis, address, queues.values())
    except (RedisError, OSError):
        return {}
    return {lane: lengths[queue] for lane, queue in queues.items()}


async def show_queues(redis: "Redis", address: str, service: Service, queues: Mapping[str, str]) -> None:
    """Sets the gauge of each lane. A broker that is away leaves none: what it holds is not known then."""
    lengths = await read_queues(redis, address, queues)
    for lane in queues:
        if lane in lengths:
            QUEUED.labels(service, lane).set(lengths[lane])
        else:
            QUEUED.remove_by_labels({"service": str(service), "lane": lane})
