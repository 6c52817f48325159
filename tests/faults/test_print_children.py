"""A print worker with its children, as compose runs it: a child that is killed in the middle of a page, or replaced because it has had its
time, loses nothing and doubles nothing (PLAT-11).
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from ops.up.processes import Process, tail
from services.certificates.hints import RENDER_DUE
from services.certificates.issue.models import Certificate
from services.certificates.issue.workflow import CertificateStatus
from services.certificates.main import app
from shared.db.session import note_hint
from shared.runtime import Runtime
from tests.services.certificates.pages import CACHE
from tests.services.certificates.records import issued, jobs_of, stored

pytestmark = [pytest.mark.req("PLAT-11", "PLAT-09", "STAFF-10"), pytest.mark.usefixtures("platform")]
CELERY = "celery -A ops.worker:app worker --queues certificates.print --concurrency 2 --without-gossip --without-mingle"
PATIENCE_SECONDS = 240


@pytest.fixture
async def runtime(open_app: Callable[[FastAPI], Awaitable[Runtime]]) -> Runtime:
    return await open_app(app)


@contextmanager
def worker(folder: Path, *options: str) -> Iterator[Process]:
    environment = {**os.environ, "WORKER": "certificates.print", "PLATFORM_CACHE_DIR": str(CACHE)}
    argv = [sys.executable, "-m", *CELERY.split(), *options]
    process = Process("print", argv, folder / "print.log", environment)
    process.start()
    try:
        yield process
    finally:
        process.kill()


def children(process: Process) -> set[int]:
    found = set()
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = entry.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == process.pid and state != "Z":
            found.add(int(entry.parent.name))
    return found


async def until(ask: Callable[[], Awaitable[bool]], process: Process) -> None:
    for _ in range(PATIENCE_SECONDS * 5):
        if await ask():
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"not within {PATIENCE_SECONDS} s; the end of the worker's log:\n{tail(process.log)}")


async def made(runtime: Runtime, process: Process, *certificates: Certificate) -> None:
    """All of them become valid, with the hint that beat would say now and then."""

    async def valid() -> bool:
        async with runtime.database.unit_of_work() as session:
            note_hint(session, RENDER_DUE)
        return {(await stored(runtime, each)).status for each in certificates} == {CertificateStatus.VALID}

    await until(valid, process)


@asynccontextmanager
async def nobody_may_end_a_page(runtime: Runtime) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """Gives the question whether both children wait with a page that is made and not written down."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'certificates'::regclass")

    async def both_wait() -> bool:
        async with runtime.database.unit_of_work() as session:
            return bool(await session.scalar(waiting) == 2)

    async with runtime.database.unit_of_work() as mine:
        await mine.execute(text("LOCK TABLE certificates IN EXCLUSIVE MODE"))
        yield both_wait


async def test_children_killed_in_the_middle_of_a_page(runtime: Runtime, tmp_path: Path) -> None:
    with worker(tmp_path) as process:
        await made(runtime, process, await issued(runtime))
        os.killpg(process.pid, signal.SIGSTOP)
        certificates = [await issued(runtime) for _ in range(30)]
        killed = children(process)
        async with nobody_may_end_a_page(runtime) as both_wait:
            os.killpg(process.pid, signal.SIGCONT)
            await until(both_wait, process)
            for child in killed:
                os.kill(child, signal.SIGKILL)
        ids = [each.id for each in certificates]
        async with runtime.database.unit_of_work() as session:
            # What their leases would come to in less than a minute.
            lapse = "UPDATE render_jobs SET leased_until = now() WHERE certificate_id = ANY(:ids) AND done_at IS NULL"
            await session.execute(text(lapse), {"ids": ids})
        await made(runtime, process, *certificates)
        assert process.alive()
        assert not killed & children(process)
    attempts = [job.attempts for each in certificates for job in await jobs_of(runtime, each)]
    assert sorted(attempts) == [1] * 28 + [2] * 2
    for each in certificates:
        kept = await stored(runtime, each)
        assert (kept.editions, await runtime.storage.exists(kept.storage_key or "")) == (1, True)
        assert files_of(runtime, each) == 1


def files_of(runtime: Runtime, certificate: Certificate) -> int:
    folder = Path(runtime.settings.storage_url.removeprefix("file://")) / "certificates" / str(certificate.id)
    return sum(path.is_file() for path in folder.rglob("*"))


@pytest.mark.parametrize("limit", ["--max-tasks-per-child=2", "--max-memory-per-child=1"], ids=["count", "memory"])
async def test_children_that_have_had_their_time(runtime: Runtime, tmp_path: Path, limit: str) -> None:
    seen: set[int] = set()

    async def somebody_was_replaced() -> bool:
        # A hint that finds nothing to do counts as a task as well; between two children there is a moment without any.
        async with runtime.database.unit_of_work() as session:
            note_hint(session, RENDER_DUE)
        seen.update(children(process))
        return len(seen) > 2

    with worker(tmp_path, limit) as process:
        certificates = []
        for _ in range(4):
            certificates.append(await issued(runtime))
            await made(runtime, process, *certificates)
        await until(somebody_was_replaced, process)
        assert process.alive()
    assert [job.attempts for each in certificates for job in await jobs_of(runtime, each)] == [1] * 4
