"""How many certificates a second a real print worker of two processes makes, signed and without a photo: from the first published result to
the last certificate that is valid, on its own PostgreSQL and Valkey, with everything on the same cores; and how many bare pages two
processes render and sign right before and after, without any of that. ``python -m bench.print 10000`` for another number.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import text

from bench.certificate import TEMPLATE, photoless_sample, test_sealer
from bench.figure import Figure
from bench.stack import adopt
from ops.up.processes import CannotStart, Process, tail
from ops.up.servers import Servers, embedded_servers
from services.certificates.hints import RENDER_DUE
from services.certificates.issue.service import issue_certificate
from services.certificates.rendering.fonts import load_fonts
from services.certificates.rendering.render import render
from services.certificates.signing.seal import seal_pdf
from services.certificates.worker import WORKER
from shared.db.session import note_hint
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from tests.services.certificates.records import published_result

CERTIFICATES = 2_000
BATCH = 100  # as the puller of events takes them
PROCESSES = 2
GOAL_A_SECOND = 30
GOAL_MB = 300
START_SECONDS = 120
BARE_PAGES = 150
LOOK_SECONDS = 0.5
CELERY = f"celery -A ops.worker:app worker --queues certificates.print --concurrency {PROCESSES} --without-gossip --without-mingle"


def figures(count: int = CERTIFICATES) -> Iterator[Figure]:
    """Certificates a second, and what the process that held most held at its peak: PSS counts a shared page once."""
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder) / "var") as servers:
        environment = {**adopt(servers, Service.CERTIFICATES), "WORKER": "certificates.print"}
        bare = [_bare_pages_a_second()]
        with _worker(environment, servers) as process:
            seconds, memory = asyncio.run(_measure(process, count))
        bare.append(_bare_pages_a_second())
    yield Figure("print_certificates_per_s", count / seconds, "/s", GOAL_A_SECOND)
    yield Figure("print_bare_pages_per_s", sum(bare) / 2, "/s")
    yield Figure("print_to_bare_pages", count / seconds / (sum(bare) / 2), "x")
    yield Figure("print_process_rss_peak_mb", memory["Rss"], "MB", GOAL_MB)
    yield Figure("print_process_pss_peak_mb", memory["Pss"], "MB")


def _bare_pages_a_second() -> float:
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        return sum(pool.map(_press_bare_pages, [BARE_PAGES] * PROCESSES))


def _press_bare_pages(count: int) -> float:
    """Pages a second of one process among its like: rendered and signed, kept nowhere."""
    document, sealer = photoless_sample(), test_sealer()
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        fonts = load_fonts(Path(folder))
        render(TEMPLATE, document, fonts)
        started = time.perf_counter()
        for _ in range(count):
            runner.run(seal_pdf(render(TEMPLATE, document, fonts), sealer, reason="签发"))
        return count / (time.perf_counter() - started)


@contextmanager
def _worker(environment: dict[str, str], servers: Servers) -> Iterator[Process]:
    log = servers.var / "logs" / "print.log"
    process = Process("print", [sys.executable, "-m", *CELERY.split()], log, environment)
    try:
        process.start()
        yield process
    finally:
        process.ask_to_stop()
        process.kill()


async def _measure(process: Process, count: int) -> tuple[float, dict[str, float]]:
    lanes = {task.name: WORKER.queue(task.lane) for task in WORKER.all_tasks()}
    peak = {"Rss": 0.0, "Pss": 0.0}
    async with open_runtime(Service.CERTIFICATES, pool_size=2, lanes=lanes) as runtime:
        # One page by each process, so that fonts are cut and both are awake.
        await _issue(runtime, PROCESSES * 2)
        await _all_valid(runtime, process, peak, START_SECONDS)
        started = time.perf_counter()
        await _issue(runtime, count)
        await _all_valid(runtime, process, peak, count / 2)
        return time.perf_counter() - started, peak


async def _issue(runtime: Runtime, count: int) -> None:
    results = [published_result() for _ in range(count)]
    for start in range(0, count, BATCH):
        async with runtime.database.unit_of_work() as session:
            for result in results[start : start + BATCH]:
                await issue_certificate(session, result)


async def _all_valid(runtime: Runtime, process: Process, peak: dict[str, float], patience: float) -> None:
    """Asks until no job is open. There is no beat: while nothing moves, we say the hint of its sweep."""
    deadline, before = time.monotonic() + patience, -1
    while True:
        async with runtime.database.unit_of_work() as session:
            left = await session.scalar(text("SELECT count(*) FROM render_jobs WHERE done_at IS NULL"))
            bad = await session.scalar(text("SELECT count(*) FROM certificates WHERE status = 'failed'"))
            if left == before:
                note_hint(session, RENDER_DUE)
        before = left
        for name, size in _peaks(process.pid):
            peak[name] = max(peak[name], size)
        if not left and not bad:
            return
        if bad or not process.alive() or time.monotonic() > deadline:
            raise CannotStart(f"{left} left, {bad} failed. The end of the worker's log:\n{tail(process.log)}")
        await asyncio.sleep(LOOK_SECONDS)


def _peaks(parent: int) -> Iterator[tuple[str, float]]:
    """Megabytes that each child holds now."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                rollup = (entry / "smaps_rollup").read_text()
                yield from ((name, _kilobytes(rollup, name) / 1024) for name in ("Rss", "Pss"))
        except OSError:
            continue


def _kilobytes(rollup: str, name: str) -> int:
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith(f"{name}:"))


if __name__ == "__main__":
    for figure in figures(*map(int, sys.argv[1:2])):
        print(figure.line())
