"""How long the old system's list of 5,000 units takes, from the file to the drafts and the rows that wait (DECL-09, FAQ-D16): read and
judged row by row, then taken over, half of its units having an account; and what that takes of the worker's memory, beside a list of a
hundred. The servers are durable ones of its own; a list of 200,000 is read, too, for its memory.
"""

import asyncio
import os
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from bench.figure import Figure
from bench.stack import processor_ms
from ops.legacy_sample import HEAD, as_csv, as_xlsx, units
from ops.migrate import migrate
from ops.up.environment import child_environment
from ops.up.servers import Servers, embedded_servers
from services.declaration import bindings
from services.declaration.jobs.kinds import JOBS
from services.declaration.legacy import service
from services.declaration.legacy.files import PART_BYTES
from services.declaration.legacy.schemas import LegacyImportCreate
from services.declaration.legacy.workflow import LegacyAction, LegacyOutcome
from shared.db.types import field_cipher
from shared.roles import Level, Permission
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from shared.settings import platform_settings
from shared.tasks.job_runner import run_jobs
from tests.conftest import make_actor

UNITS, MANY = 5_000, 200_000
CODE, NAME = HEAD.index("统一社会信用代码"), HEAD.index("用人单位名称")
_EMPLOYER = """
INSERT INTO employers (id, name, name_folded, name_initials, name_pieces, credit_code, region_code, review_level, active)
VALUES (gen_random_uuid(), :name, :name, 'u', ARRAY['u'], :code, '320102', 'county', true)"""
BOUND = bindings


def figures() -> Iterator[Figure]:
    """Seconds of both jobs together; memory is the peak of the process that runs them beyond its peak after a hundred rows."""
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder) / "var") as servers:
        os.environ.update(child_environment(servers, port=1))
        platform_settings.cache_clear()
        field_cipher.cache_clear()
        servers.create_database(Service.DECLARATION)
        migrate(Service.DECLARATION)
        measured = asyncio.run(_measure(servers))
    yield Figure("legacy_5000_units_s", measured["read"] + measured["apply"], "s", 30)
    yield Figure("legacy_5000_units_processor_s", measured["processor"], "s")
    yield Figure("legacy_5000_units_read_s", measured["read"], "s")
    yield Figure("legacy_5000_units_csv_read_s", measured["csv"], "s")
    yield Figure("legacy_5000_units_undo_s", measured["undo"], "s")
    yield Figure("legacy_5000_units_memory_mb", measured["memory"], "MB")
    if "many" in measured:
        yield Figure("legacy_200000_units_read_s", measured["many"], "s")
        yield Figure("legacy_200000_units_memory_mb", measured["many_memory"], "MB")


async def _measure(servers: Servers) -> dict[str, float]:
    actor = make_actor(Permission.ADMINISTRATION, level=Level.PROVINCE, region="320000")
    measured: dict[str, float] = {}
    async with open_runtime(Service.DECLARATION, pool_size=2, lanes={}) as runtime:
        desk = _Desk(runtime, actor)
        await desk.act(await desk.send(as_xlsx(list(units(100, seed=9))), "a.xlsx"), LegacyAction.READ)
        before = peak_mb()
        rows = list(units(UNITS))
        await _employ(runtime, rows[::2])
        import_id = await desk.send(as_xlsx(rows), "名单.xlsx")
        spent = _processor_s(servers)
        measured["read"] = await desk.act(import_id, LegacyAction.READ)
        measured["apply"] = await desk.act(import_id, LegacyAction.CONFIRM)
        measured["processor"] = _processor_s(servers) - spent
        counts = await desk.counts(import_id)
        assert counts == {LegacyOutcome.IMPORTED: UNITS // 2, LegacyOutcome.WAITING: UNITS // 2}, counts
        again = await desk.send(as_csv(rows), "名单.csv")
        measured["csv"] = await desk.act(again, LegacyAction.READ)
        measured["undo"] = await desk.act(import_id, LegacyAction.UNDO)
        measured["memory"] = peak_mb() - before
        if os.environ.get("LEGACY_MANY"):
            many = await desk.send(as_xlsx(list(units(MANY, seed=2))), "很多.xlsx")
            # What makes the list is this very process: its peak counts from here on.
            before = peak_mb()
            measured["many"] = await desk.act(many, LegacyAction.READ)
            measured["many_memory"] = peak_mb() - before
    return measured


class _Desk:
    """The administrator, and the worker that does what is asked for."""

    def __init__(self, runtime: Runtime, actor: Any) -> None:
        self._runtime, self._actor = runtime, actor

    async def send(self, data: bytes, name: str) -> UUID:
        body = LegacyImportCreate(file_name=name, size=len(data))
        async with self._runtime.database.unit_of_work() as session:
            row = await service.announce(session, actor=self._actor, body=body)
            import_id, parts = row.id, row.parts
        for part in range(parts):
            async with self._runtime.database.unit_of_work() as session:
                await service.keep_part(
                    session,
                    self._runtime.storage,
                    actor=self._actor,
                    import_id=import_id,
                    part=part + 1,
                    data=data[part * PART_BYTES : (part + 1) * PART_BYTES],
                )
        return import_id

    async def act(self, import_id: UUID, action: LegacyAction) -> float:
        started = time.perf_counter()
        async with self._runtime.database.unit_of_work() as session:
            await service.act(session, self._runtime.storage, actor=self._actor, import_id=import_id, action=action)
        state = None
        while state is None or state.job is None or state.job.ended_at is None:
            await run_jobs(self._runtime, JOBS)
            async with self._runtime.database.unit_of_work() as session:
                state = await service.read_import(session, actor=self._actor, import_id=import_id)
        assert state.job.failure is None, state.job.failure
        return time.perf_counter() - started

    async def counts(self, import_id: UUID) -> dict[LegacyOutcome, int]:
        async with self._runtime.database.unit_of_work() as session:
            state = await service.read_import(session, actor=self._actor, import_id=import_id)
        return {each.outcome: each.count for each in state.outcomes}


async def _employ(runtime: Runtime, rows: Sequence[Sequence[Any]]) -> None:
    async with runtime.database.unit_of_work() as session:
        await session.execute(text(_EMPLOYER), [{"name": row[NAME], "code": row[CODE]} for row in rows])
        await session.execute(text("ANALYZE"))


def _processor_s(servers: Servers) -> float:
    """Processor time of this process, which is the worker, and of the database."""
    return time.process_time() + processor_ms(servers) / 1000


def peak_mb() -> float:
    """The most that this process has ever had."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0
