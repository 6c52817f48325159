"""What is done to a running stack while people work, one thing after the other, chosen by a seed: the same seed breaks the same things in
the same order. What the platform makes of it is up to the machine.
"""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress

import httpx
from redis.exceptions import RedisError

from tests.faults.inside import API, FAST, POSTGRES, POSTMASTER, SLOW, VALKEY, WORKERS, Inside

BEAT = r"ops\.beat"
Break = Callable[[Inside, random.Random], Awaitable[None]]
LONGEST_PAUSE, LONGEST_FREEZE = 8.0, 4.0
# A machine that needs long for the main job would else be broken until it has done nothing but start.
MOST = 15


def _killed(pattern: str, number: signal.Signals = signal.SIGKILL) -> Break:
    async def kill(inside: Inside, _chance: random.Random) -> None:
        inside.signal(pattern, number)

    return kill


def _frozen(pattern: str) -> Break:
    async def freeze(inside: Inside, chance: random.Random) -> None:
        with inside.frozen(pattern):
            await asyncio.sleep(chance.uniform(0.2, LONGEST_FREEZE))

    return freeze


async def _emptied(inside: Inside, _chance: random.Random) -> None:
    with suppress(RedisError, OSError):  # it may be away just now
        inside.redis().flushall()


BREAKS: Mapping[str, Break] = {
    "fast worker killed": _killed(FAST),
    "slow worker killed": _killed(SLOW),
    "API killed": _killed(API),
    "beat killed": _killed(BEAT),
    "PostgreSQL killed": _killed(POSTMASTER),
    "PostgreSQL stopped": _killed(POSTMASTER, signal.SIGINT),
    "Redis killed": _killed(VALKEY),
    "Redis emptied": _emptied,
    "PostgreSQL frozen": _frozen(POSTGRES),
    "Redis frozen": _frozen(VALKEY),
    "workers frozen": _frozen(WORKERS),
    # Also the provider of text messages, which in a demo is one of its routes.
    "API frozen": _frozen(API),
}


@asynccontextmanager
async def broken(inside: Inside, seed: int) -> AsyncIterator[Counter[str]]:
    """Breaks something in the block, and something else some seconds after the platform has answered again; what, so far."""
    done: Counter[str] = Counter()
    task = asyncio.create_task(_go_on(inside, random.Random(seed), done))
    try:
        yield done
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _go_on(inside: Inside, chance: random.Random, done: Counter[str]) -> None:
    for _ in range(MOST):
        await asyncio.sleep(chance.uniform(0.2, LONGEST_PAUSE))
        name = chance.choice(list(BREAKS))
        done[name] += 1
        await BREAKS[name](inside, chance)
        await _answers(inside.stack.base_url)


async def _answers(base_url: str) -> None:
    """Waits until the platform can work, however long that takes: who is asked to do something gives up, not we."""
    async with httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=5) as client:
        while True:
            with suppress(httpx.TransportError):
                if (await client.get("/readyz")).status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(0.2)
