"""``python -m ops let-go SERVICE [--event ID | --type TYPE | --all]``: events that a service put aside because its handler refused them
eight times. Without a choice it lists them with their reasons; with one it tries these again, each in a transaction of its own, and says
which were accepted. What is refused again stays where it is (PLAT-11).
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from uuid import UUID

from sqlalchemy import select

from ops.key_check import refuse_others
from ops.refusals import answer
from ops.up.workers import SPECS
from shared.clock import beijing_time
from shared.db.session import Database
from shared.events.bookmarks import Handlers, ParkedEvent, let_go
from shared.services import Service
from shared.settings import platform_settings
from shared.workflow.binding import bind


async def list_parked(database: Database, asked: argparse.Namespace) -> Sequence[ParkedEvent]:
    """Those that were asked for, oldest first."""
    parked = select(ParkedEvent).where(ParkedEvent.parked_at.is_not(None)).order_by(ParkedEvent.parked_at)
    if asked.event:
        parked = parked.where(ParkedEvent.event_id == asked.event)
    if asked.type:
        parked = parked.where(ParkedEvent.type == asked.type)
    async with database.unit_of_work() as session:
        return (await session.scalars(parked)).all()


async def try_again(database: Database, rows: Sequence[ParkedEvent], handlers: Handlers) -> int:
    """How many were refused again; a line for each."""
    refused = 0
    for row in rows:
        try:
            await let_go(database, row.event_id, handlers)
        except Exception as error:
            refused += 1
            print(f"✗ {row.event_id} {row.type}: 仍然无法处理 refused again: {error!r}")
        else:
            print(f"✓ {row.event_id} {row.type}: 已处理 accepted")
    return refused


def _tell(rows: Sequence[ParkedEvent]) -> None:
    for row in rows:
        at = f"{beijing_time(row.parked_at):%Y-%m-%d %H:%M}" if row.parked_at else ""
        print(f"{row.event_id} {row.type} 搁置于 since {at}, 来自 of {row.producer}\n  {row.reason}")
    if not rows:
        print("没有搁置的消息 · nothing is parked")


async def run(words: Sequence[str]) -> int:
    """The exit code: 1 when something is parked (listing), or was refused again."""
    parser = argparse.ArgumentParser(prog="python -m ops let-go", description=__doc__)
    parser.add_argument("service", type=Service, choices=list(Service))
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--event", type=UUID, metavar="ID")
    which.add_argument("--type", metavar="TYPE", help="all of one kind")
    which.add_argument("--all", action="store_true")
    asked, settings = parser.parse_args(words), platform_settings()
    refuse_others([asked.service], settings)
    bind(next(spec.bindings for spec in SPECS if spec.service == asked.service))
    database = Database(
        settings.database_of(asked.service), pool_size=1, checkout_seconds=5, publish=lambda _hints: None
    )
    try:
        rows = await list_parked(database, asked)
        if not (asked.event or asked.type or asked.all):
            _tell(rows)
            return 1 if rows else 0
        if not rows:
            print("没有这样的搁置消息 · no such event is parked")
            return 1
        handlers: Handlers = import_module(f"services.{asked.service}.consumers").HANDLERS
        return 1 if await try_again(database, rows, handlers) else 0
    finally:
        await database.close()


if __name__ == "__main__":
    sys.exit(answer(run(sys.argv[1:])))
