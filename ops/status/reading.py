"""How one service stands, read out of its database: its schema, what its worker found, how far it has read the logs of others, what waits
to be done, and when each of its clock's tasks last came to its end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.migrations import config_for
from shared.db.session import Database
from shared.events.bookmarks import ParkedEvent, place_of
from shared.events.log import read_after
from shared.events.subscriptions import producers_for
from shared.findings import Counted, FindingRow, list_findings, list_looks
from shared.services import Service
from shared.tasks.runs import TaskRun

OVERDUE = timedelta(minutes=10)
_WORK = frozenset({"due_at", "done_at", "leased_until", "attempts"})


@dataclass(frozen=True)
class Waiting:
    """Rows of work of one table that are still to be done; ``overdue`` should have been taken up more than ten minutes ago."""

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
    """What the database of one service says, at its own ``now``."""

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


async def read(databases: dict[Service, Database], service: Service) -> Standing:
    """Asks the database of ``service``, and those of the logs that it reads. Raises ``Unavailable`` when its own is away, and
    ``ProgrammingError`` when it has no tables yet."""
    async with databases[service].unit_of_work() as session:
        stored = await session.run_sync(lambda plain: _schema(plain.connection()))
        newest = ScriptDirectory.from_config(config_for(service)).get_current_head()
        size = await session.scalar(text("SELECT pg_database_size(current_database())")) or 0
        now = (await session.execute(select(func.clock_timestamp()))).scalar_one()
        plain = Standing(service, now, stored, newest, round(size / 1024**2))
        if stored != newest:
            return plain
        parked = select(func.count()).select_from(ParkedEvent).where(ParkedEvent.parked_at.is_not(None))
        return Standing(
            service,
            now,
            stored,
            newest,
            plain.megabytes,
            looks=await list_looks(session),
            findings=await list_findings(session),
            parked=await session.scalar(parked) or 0,
            lags=[await _lag(session, databases, producer) for producer in producers_for(service)],
            waiting=[await _waiting(session, table) for table in work_tables(service)],
            runs=(await session.scalars(select(TaskRun).order_by(TaskRun.task))).all(),
        )


def _schema(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def work_tables(service: Service) -> list[Table]:
    """Every table of the service that is rows of work."""
    metadata = import_module(f"services.{service}.tables").METADATA
    return [table for table in metadata.sorted_tables if set(table.columns.keys()) >= _WORK]


async def _lag(session: AsyncSession, databases: dict[Service, Database], producer: Service) -> Lag:
    place = await place_of(session, producer)
    async with databases[producer].unit_of_work() as log:
        events = (await read_after(log, place, limit=1)).events
    return Lag(producer, events[0].occurred_at if events else None)


async def _waiting(session: AsyncSession, table: Table) -> Waiting:
    columns = table.columns
    unheld = or_(columns.leased_until.is_(None), columns.leased_until < func.now())
    late = unheld & (columns.due_at < func.now() - OVERDUE)
    counted = select(func.count(), func.count().filter(late), func.min(columns.due_at).filter(late))
    rows, overdue, oldest = (await session.execute(counted.where(columns.done_at.is_(None)))).one()
    return Waiting(table.name, rows, overdue, oldest)
