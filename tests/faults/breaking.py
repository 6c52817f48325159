"""What is done to a running stack while people work, one thing after the other, chosen by a seed: the same seed breaks the same things in
the same order. What the platform makes of it is up to the machine.
"""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress

from redis.exceptions import RedisError

from tests.faults.inside import API, FAST, POSTGRES, POSTMASTER, SLOW, VALKEY, WORKERS, Inside

BEAT = r"ops\.beat"
Break = Callable[[Inside, random.Random], Awaitable[None]]
LONGEST_PAUSE, LONGEST_FREEZE = 6.0, 4.0


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
    """Breaks something every few seconds in the block; what, so far."""
    done: Counter[str] = Counter()
    task = asyncio.create_task(_go_on(inside, random.Random(seed), done))
    try:
        yield done
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _go_on(inside: Inside, chance: random.Random, done: Counter[str]) -> None:
    while True:
        await asyncio.sleep(chance.uniform(0.5, LONGEST_PAUSE))
        name = chance.choice(list(BREAKS))
        done[name] += 1
        await BREAKS[name](inside, chance)
