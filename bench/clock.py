"""How long the nightly clock of declarations takes over 300,000 units (BEY-10): the first run, which writes what is due of every unit, and
a later one, which finds everything as it should be and sends the reminders. The servers are durable ones of its own.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bench.figure import Figure
from ops.migrate import migrate
from ops.up.environment import child_environment
from ops.up.servers import embedded_servers
from services.declaration.clock.models import ClockRun, DueDate, DueReminder
from services.declaration.clock.tasks import run_clock
from services.declaration.figures.repository import take_time
from shared.clock import beijing_today, now_utc
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from shared.settings import platform_settings

UNITS = 300_000
# Last approved from today to as long ago as an annual update may take; a tenth has never declared.
SPAN_DAYS = 395
_UNITS = """
INSERT INTO employers (id, name, name_folded, name_initials, name_pieces, credit_code, region_code, review_level, active)
SELECT gen_random_uuid(), 'unit ' || n, 'unit ' || n, 'u', ARRAY['u'], lpad(n::text, 18, '0'),
       '32' || lpad((n % 13 + 1)::text, 2, '0') || '02', 'county', true
  FROM generate_series(1, :units) AS n"""
_DECLARED = """
INSERT INTO declarations
       (id, employer_id, employer_name, credit_code, region_code, review_level, kind, status, declared_on, reviewed_at, version)
SELECT gen_random_uuid(), id, name, credit_code, region_code, 'county', 'initial', 'approved',
       :today - (substr(credit_code, 10)::int % :span), now(), 1
  FROM employers WHERE substr(credit_code, 10)::int % 10 > 0"""


def figures() -> Iterator[Figure]:
    """Seconds of the first run and of a later one."""
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder) / "var") as servers:
        os.environ.update(child_environment(servers, port=1))
        platform_settings.cache_clear()
        servers.create_database(Service.DECLARATION)
        migrate(Service.DECLARATION)
        first, later, reminders = asyncio.run(_measure())
    yield Figure("clock_300000_units_first_s", first, "s", None)
    yield Figure("clock_300000_units_s", later, "s", 60)
    yield Figure("clock_300000_units_reminders", reminders, "", None)


async def _measure() -> tuple[float, float, float]:
    async with open_runtime(Service.DECLARATION, pool_size=2, lanes={}) as runtime:
        async with runtime.database.unit_of_work() as session:
            await _prepare(session)
        first = await _timed(runtime)
        async with runtime.database.unit_of_work() as session:
            assert await session.scalar(select(func.count()).select_from(DueDate)) == UNITS
            await session.execute(delete(ClockRun))
            # Those whose mark comes on this very day, as on any night.
            await session.execute(
                delete(DueReminder).where(DueReminder.last_day - beijing_today(now_utc()) == DueReminder.mark)
            )
        later = await _timed(runtime)
        async with runtime.database.unit_of_work() as session:
            run = (await session.scalars(select(ClockRun))).one()
            assert run.done_at is not None
            assert run.corrected == 0
            return first, later, float(run.reminded)


async def _prepare(session: AsyncSession) -> None:
    await take_time(session)
    await session.execute(text(_UNITS), {"units": UNITS})
    await session.execute(text(_DECLARED), {"today": beijing_today(now_utc()), "span": SPAN_DAYS})
    await session.execute(text("ANALYZE"))


async def _timed(runtime: Runtime) -> float:
    started = time.perf_counter()
    await run_clock(runtime)
    return time.perf_counter() - started
