"""Brings every database to the newest schema, and sees whether the keys of its rows are there: ``python -m ops.migrate``. The next
migration is written by ``ops.revision``.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from time import sleep

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import LockNotAvailable
from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import OperationalError

from ops.key_check import refuse_missing_keys
from ops.refusals import answer
from shared.db.migrations import config_for
from shared.services import Service

_PAUSES = (1, 2, 5, 10, 20, 30, 30, 30, 30, 30)
_LOCKED = "表正被使用，{seconds} 秒后再试 · a table is in use, trying again in {seconds} s"
_AHEAD = "数据库为更新版本的 {schema}，保持不变 · the database is at {schema}, of a later release, and stays there"


def migrate(service: Service, url: str | None = None) -> None:
    """Upgrades one database to the head of its history; one that a later release has brought further stays there. A migration that meets
    a lock lets those go first who wait behind it, and comes back; after some minutes the refusal of the database is raised."""
    if ahead := _ahead(config_for(service, url)):
        print(f"{service}: {_AHEAD.format(schema=ahead)}", file=sys.stderr, flush=True)
        return
    for pause in _PAUSES:
        try:
            command.upgrade(config_for(service, url), "head")
            return
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable):
                raise
            print(f"{service}: {_LOCKED.format(seconds=pause)}", file=sys.stderr, flush=True)
            sleep(pause)
    command.upgrade(config_for(service, url), "head")


def _ahead(config: Config) -> str:
    """The revision of a database that a later release has migrated; empty for any other."""
    newest = ScriptDirectory.from_config(config).get_current_head() or ""
    engine = create_engine(config.attributes["url"], poolclass=NullPool)
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision() or ""
    return found if found > newest else ""


async def run(words: Sequence[str]) -> int:
    """Takes no words. Raises SystemExit for a question about itself."""
    argparse.ArgumentParser(prog="python -m ops.migrate", description=__doc__).parse_args(words)
    for each in Service:
        await asyncio.to_thread(migrate, each)
        await asyncio.to_thread(refuse_missing_keys, each)
    return 0


if __name__ == "__main__":
    sys.exit(answer(run(sys.argv[1:])))
