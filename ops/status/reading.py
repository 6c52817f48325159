"""How one service stands, as its database and the logs that it reads say together: beside what ``shared.tasks.standing`` reads, its schema
and how far it has come in the logs of others."""

from dataclasses import replace
from importlib import import_module

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.migrations import config_for
from shared.db.session import Database
from shared.events.bookmarks import place_of
from shared.events.log import read_after
from shared.events.subscriptions import producers_for
from shared.services import Service
from shared.tasks import standing
from shared.tasks.standing import Lag, Standing, begin_standing, read_standing


async def read(databases: dict[Service, Database], service: Service) -> Standing:
    """Asks the database of ``service``, and those of the logs that it reads. Raises ``Unavailable`` when its own is away, and
    ``ProgrammingError`` when it has no tables yet."""
    async with databases[service].unit_of_work() as session:
        stored = await session.run_sync(lambda plain: _schema(plain.connection()))
        newest = ScriptDirectory.from_config(config_for(service)).get_current_head()
        if stored != newest:
            return replace(await begin_standing(session, service), schema=stored, newest_schema=newest)
        whole = await read_standing(session, service, _tables(service))
        lags = [await _lag(session, databases, producer) for producer in producers_for(service)]
        return replace(whole, schema=stored, newest_schema=newest, lags=lags)


def _schema(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _tables(service: Service) -> MetaData:
    metadata: MetaData = import_module(f"services.{service}.tables").METADATA
    return metadata


def work_tables(service: Service) -> list[Table]:
    """Every table of the service that is rows of work."""
    return standing.work_tables(_tables(service))


async def _lag(session: AsyncSession, databases: dict[Service, Database], producer: Service) -> Lag:
    place = await place_of(session, producer)
    async with databases[producer].unit_of_work() as log:
        events = (await read_after(log, place, limit=1)).events
    return Lag(producer, events[0].occurred_at if events else None)
