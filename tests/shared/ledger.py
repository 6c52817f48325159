"""A history of its own for tests that tamper with one: a database that nobody else writes to, rows of past days, and what the owner of a
database can do behind the platform's back.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from alembic import command
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ops.up.servers import Servers
from shared.clock import BEIJING, beijing_today, now_utc
from shared.db.digests import close_days
from shared.db.history import History
from shared.db.migrations import config_for
from shared.db.session import Database
from shared.identifiers import new_id
from shared.identity import SYSTEM
from shared.services import Service

SERVICE = Service.NOTIFICATIONS
KEY = ("a signing key for tests",)
TODAY = beijing_today(now_utc())


def new_ledger(servers: Servers, name: str, revision: str = "head") -> Database:
    """A database called ``name``, migrated up to ``revision``."""
    servers.create_database(name)
    url = servers.database_url(name)
    command.upgrade(config_for(SERVICE, url), revision)
    return Database(url, pool_size=4, checkout_seconds=5, publish=lambda _hints: None)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), BEIJING)


def a_row(record_id: UUID, at: datetime) -> History:
    return History(
        record_type="note",
        record_id=record_id,
        at=at,
        action="update",
        actor_id=SYSTEM.account_id,
        actor_name="系统",
        address="",
        correlation_id="",
    )


async def write(database: Database, day: date, *records: UUID) -> None:
    """A change of each record, at noon of ``day``."""
    for record_id in records:
        async with database.unit_of_work() as session:
            session.add(a_row(record_id, at_noon(day)))


async def close(database: Database) -> None:
    await close_days(database, service=SERVICE, signing_key=KEY, now=now_utc())


async def three_days(database: Database) -> Sequence[UUID]:
    """Two records, changed on each of the last three days and today; the days are closed."""
    records = new_id(), new_id()
    for days in (3, 2, 1, 0):
        await write(database, days_ago(days), *records, *records)
    await close(database)
    return records


async def behind_the_back(session: AsyncSession, *statements: str) -> None:
    """Runs the statements as the owner of the database could, with no trigger in the way."""
    for table in ("history", "history_digests"):
        await session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    for statement in statements:
        await session.execute(text(statement))
    for table in ("history", "history_digests"):
        await session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
