"""Brings every database to the newest schema, and sees whether the keys of its rows are there: ``python -m ops.migrate``. The next
migration is written by ``ops.revision``.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from alembic import command

from ops.key_check import refuse_missing_keys
from ops.refusals import answer
from shared.db.migrations import config_for
from shared.services import Service


def migrate(service: Service, url: str | None = None) -> None:
    """Upgrades one database to the head of its history."""
    command.upgrade(config_for(service, url), "head")


async def run(words: Sequence[str]) -> int:
    """Takes no words. Raises SystemExit for a question about itself."""
    argparse.ArgumentParser(prog="python -m ops.migrate", description=__doc__).parse_args(words)
    for each in Service:
        await asyncio.to_thread(migrate, each)
        await asyncio.to_thread(refuse_missing_keys, each)
    return 0


if __name__ == "__main__":
    sys.exit(answer(run(sys.argv[1:])))
