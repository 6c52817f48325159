"""Races without chance: one transaction holds what another wants, and goes on when that one waits."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.session import Database

T = TypeVar("T")
_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() <> pid AND :holder = ANY (pg_blocking_pids(pid))"
)


async def wait_for_waiting(database: Database, holder: AsyncSession, count: int = 1) -> None:
    """Until so many transactions wait for ``holder``."""
    pid = await holder.scalar(text("SELECT pg_backend_pid()"))
    while True:
        async with database.unit_of_work() as session:
            if await session.scalar(_WAITING, {"holder": pid}) == count:
                return


async def overtaken_by(database: Database, statement: str, values: dict[str, object], late: Awaitable[T]) -> T:
    """What ``late`` comes to when it has begun before ``statement`` is committed, and wants to write after it."""
    async with database.unit_of_work() as first:
        await first.execute(text(statement), values)
        running = asyncio.ensure_future(late)
        waiting = asyncio.ensure_future(wait_for_waiting(database, first))
        done, _ = await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        assert running not in done, f"it wanted nothing of what was held: {running.result()}"
    return await running
