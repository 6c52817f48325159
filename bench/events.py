"""How soon an event has its effect, and how fast a backlog is drained: commit in the producer's database to the handler's commit in the
subscriber's, over HTTP as in real life, with the real workers of an embedded stack.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from bench.figure import Figure
from shared.db.types import field_cipher
from shared.events.auth import AccountChanged
from shared.events.log import record
from shared.identifiers import new_id
from shared.roles import Level, Portal
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from shared.settings import platform_settings
from tests.stack import Stack, running_stack

ROUNDS = 40
BACKLOG = 10_000


def figures() -> Iterator[Figure]:
    """Medians over ``ROUNDS`` single events on an idle platform, then one backlog."""
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder) / "var") as stack:
        adopt_environment(stack)
        latencies, drained = asyncio.run(_measure())
    yield Figure("event_to_effect_median_ms", statistics.median(latencies) * 1000, "ms", 100)
    yield Figure("event_to_effect_p95_ms", statistics.quantiles(latencies, n=20)[-1] * 1000, "ms")
    yield Figure("events_drained_per_s", drained, "1/s", 1000)


def adopt_environment(stack: Stack) -> None:
    """This process becomes one of the stack's own: same databases, same broker."""
    pid = stack.pids("uvicorn")[0]
    pairs = Path(f"/proc/{pid}/environ").read_text().split("\0")
    os.environ.update(dict(pair.split("=", 1) for pair in pairs if pair.startswith("PLATFORM_")))
    platform_settings.cache_clear()
    field_cipher.cache_clear()  # a stack before this one had other keys


@asynccontextmanager
async def _both() -> AsyncIterator[tuple[Runtime, Runtime]]:
    async with (
        open_runtime(Service.AUTH, pool_size=2, lanes={}) as producer,
        open_runtime(Service.NOTIFICATIONS, pool_size=2, lanes={}) as subscriber,
    ):
        yield producer, subscriber


def _event(account_id: UUID) -> AccountChanged:
    """An event that one service reads: what is measured is the way, not how many go it."""
    return AccountChanged(
        account_id=account_id,
        organisation_id=new_id(),
        person_name="张三",
        portal=Portal.TRAINING,
        level=Level.UNIT,
        region_code="320102",
        permissions=frozenset(),
        active=False,
        phone=None,
        email=None,
    )


async def _measure() -> tuple[list[float], float]:
    async with _both() as (producer, subscriber):
        latencies = [await _one(producer, subscriber) for _ in range(ROUNDS)]
        return latencies, await _backlog(producer, subscriber)


async def _one(producer: Runtime, subscriber: Runtime) -> float:
    """Seconds from the producer's commit to the subscriber's, by polling; the poll itself costs about a millisecond."""
    event = _event(new_id())
    async with producer.database.unit_of_work() as session:
        record(session, event)
    started = time.perf_counter()
    while True:
        async with subscriber.database.unit_of_work() as session:
            found = text("SELECT 1 FROM accounts WHERE id = :id")
            if await session.scalar(found, {"id": event.account_id}):
                return time.perf_counter() - started
        await asyncio.sleep(0.001)


async def _backlog(producer: Runtime, subscriber: Runtime) -> float:
    """Events a second from the commit of ``BACKLOG`` events in one transaction to the last effect."""
    last = new_id()
    async with producer.database.unit_of_work() as session:
        for _ in range(BACKLOG - 1):
            record(session, _event(new_id()))
        record(session, _event(last))
    started = time.perf_counter()
    while True:
        async with subscriber.database.unit_of_work() as session:
            if await session.scalar(text("SELECT 1 FROM accounts WHERE id = :id"), {"id": last}):
                return BACKLOG / (time.perf_counter() - started)
        await asyncio.sleep(0.05)
