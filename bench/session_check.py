"""What it costs a service to know who calls: from the token's hash to the actor, by Redis, and by auth when Redis forgot. Measured in a
process of its own beside an embedded platform, over the same connections as a service has.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.events import adopt_environment
from bench.figure import Figure
from ops.client import PlatformClient
from services.auth.demo import DEMO_PASSWORD
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from shared.web.callers import ask_auth, cache_key, token_hash
from tests.stack import Stack, running_stack

ROUNDS = 300


def figures() -> Iterator[Figure]:
    """Medians of ``ROUNDS`` checks each."""
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder) / "var") as stack:
        adopt_environment(stack)
        known, forgotten = asyncio.run(_measure(stack))
    yield Figure("session_check_median_ms", statistics.median(known) * 1000, "ms", 1)
    yield Figure("session_check_redis_forgot_median_ms", statistics.median(forgotten) * 1000, "ms", 10)


async def _measure(stack: Stack) -> tuple[list[float], list[float]]:
    async with (
        PlatformClient(stack.base_url) as client,
        open_runtime(Service.TRAINING, pool_size=1, lanes={}) as training,
    ):
        hashed = token_hash((await client.sign_in("unit01", DEMO_PASSWORD))["token"])
        await _check(training, hashed)
        known = [await _check(training, hashed) for _ in range(ROUNDS)]
        forgotten = []
        for _ in range(ROUNDS):
            await training.redis.delete(cache_key(hashed))
            forgotten.append(await _check(training, hashed))
        return known, forgotten


async def _check(runtime: Runtime, hashed: str) -> float:
    started = time.perf_counter()
    state = await ask_auth(runtime, hashed)
    seconds = time.perf_counter() - started
    assert state.actor is not None
    return seconds
