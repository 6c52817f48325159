"""How soon an SMS code leaves: from the request for it to the moment at which the provider has it, on an idle platform and while the slow
worker has certificates to make, with the real workers of an embedded stack and its catcher as the provider.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bench.events import adopt_environment
from bench.figure import Figure
from services.auth.access.codes.models import Purpose
from services.auth.access.codes.service import request_code
from services.certificates.issue.service import issue_certificate
from shared.db.types import field_cipher
from shared.identifiers import new_id
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from tests.services.certificates.records import published_result
from tests.stack import running_stack

ROUNDS = 30
GOAL_MS = 300
CERTIFICATES = 2_000
GIVE_UP_SECONDS = 60


def figures() -> Iterator[Figure]:
    """Medians over ``ROUNDS`` codes, one after the other, each for a number and an address of its own."""
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder) / "var") as stack:
        adopt_environment(stack)
        idle, busy = asyncio.run(_measure())
    yield Figure("code_to_provider_idle_median_ms", statistics.median(idle) * 1000, "ms", GOAL_MS)
    yield Figure("code_to_provider_idle_p95_ms", statistics.quantiles(idle, n=20)[-1] * 1000, "ms")
    yield Figure("code_to_provider_slow_full_median_ms", statistics.median(busy) * 1000, "ms", GOAL_MS)
    yield Figure("code_to_provider_slow_full_p95_ms", statistics.quantiles(busy, n=20)[-1] * 1000, "ms")


async def _measure() -> tuple[list[float], list[float]]:
    async with (
        open_runtime(Service.AUTH, pool_size=2, lanes={}) as auth,
        open_runtime(Service.NOTIFICATIONS, pool_size=2, lanes={}) as notifications,
    ):
        await _one(auth, notifications, 0)  # connections are made, modules are loaded
        idle = [await _one(auth, notifications, number) for number in range(1, ROUNDS + 1)]
        async with _slow_worker_full():
            busy = [await _one(auth, notifications, number) for number in range(ROUNDS + 1, 2 * ROUNDS + 1)]
    return idle, busy


async def _one(auth: Runtime, notifications: Runtime, number: int) -> float:
    """Seconds from the request to the row of the catcher, by polling; the poll itself costs about a millisecond."""
    phone = f"1390000{number:04}"
    address = field_cipher().blind_index(phone)
    started = time.perf_counter()
    async with auth.database.unit_of_work() as session:
        await request_code(session, purpose=Purpose.RECOVERY, phone=phone, address=new_id().hex)
    while time.perf_counter() - started < GIVE_UP_SECONDS:
        async with notifications.database.unit_of_work() as session:
            found = text("SELECT 1 FROM caught_messages WHERE address_index[1] = :address")
            if await session.scalar(found, {"address": address}):
                return time.perf_counter() - started
        await asyncio.sleep(0.001)
    raise RuntimeError(f"no code within {GIVE_UP_SECONDS} s")


@asynccontextmanager
async def _slow_worker_full() -> AsyncIterator[None]:
    """It makes pages from before the block until after it."""
    async with open_runtime(
        Service.CERTIFICATES, pool_size=1, lanes={"certificates.render_due": "certificates.print"}
    ) as runtime:
        async with runtime.database.unit_of_work() as session:
            for _ in range(CERTIFICATES):
                await issue_certificate(session, published_result())
        await _begun(runtime)
        yield
        async with runtime.database.unit_of_work() as session:
            left = await _jobs(session, "done_at IS NULL")
        if not left:
            raise RuntimeError("the slow worker had nothing more to do: the figure says nothing")


async def _begun(runtime: Runtime) -> None:
    while True:
        async with runtime.database.unit_of_work() as session:
            if await _jobs(session, "done_at > now() - interval '2 s'"):
                return
        await asyncio.sleep(0.05)


async def _jobs(session: AsyncSession, which: str) -> int:
    return await session.scalar(text(f"SELECT count(*) FROM render_jobs WHERE {which}")) or 0
