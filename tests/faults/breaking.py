"""What is done to a running stack while people work, one thing after the other, chosen by a seed: the same seed breaks the same things in
the same order. What the platform makes of it is up to the machine.
"""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import httpx
from redis.exceptions import RedisError

from tests.faults.disks import filled
from tests.faults.inside import API, FAST, POSTGRES, POSTMASTER, SLOW, VALKEY, WORKERS, Inside
from tests.faults.provider import Mood, SmsProvider

BEAT = r"ops\.beat"
Break = Callable[["Broken", random.Random], Awaitable[None]]
LONGEST_PAUSE, LONGEST_FREEZE, LONGEST_FULL = 8.0, 4.0, 6.0
# A machine that needs long for the main job would else be broken until it has done nothing but start.
MOST = 15


@dataclass(frozen=True)
class Broken:
    """What is broken: a stack from within, its provider of text messages where it has one of ours, whether its disks can be filled; at
    most how often, with at most so many seconds in between."""

    inside: Inside
    provider: SmsProvider | None = None
    small_disks: bool = False
    most: int = MOST
    longest_pause: float = LONGEST_PAUSE


def _killed(pattern: str, number: signal.Signals = signal.SIGKILL) -> Break:
    async def kill(broken: Broken, _chance: random.Random) -> None:
        broken.inside.signal(pattern, number)

    return kill


def _frozen(pattern: str) -> Break:
    async def freeze(broken: Broken, chance: random.Random) -> None:
        with broken.inside.frozen(pattern):
            await asyncio.sleep(chance.uniform(0.2, LONGEST_FREEZE))

    return freeze


async def _emptied(broken: Broken, _chance: random.Random) -> None:
    with suppress(RedisError, OSError):  # it may be away just now
        broken.inside.redis().flushall()


def _full(folder: str) -> Break:
    async def fill(broken: Broken, chance: random.Random) -> None:
        with filled(broken.inside.stack.var / folder):
            await asyncio.sleep(chance.uniform(0.5, LONGEST_FULL))

    return fill


def _provider(mood: Mood) -> Break:
    """It stays so until it is something else."""

    async def change(broken: Broken, _chance: random.Random) -> None:
        assert broken.provider
        broken.provider.mood = mood

    return change


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
    "API frozen": _frozen(API),
}
MOODS: Mapping[str, Break] = {f"SMS provider {mood}": _provider(mood) for mood in Mood}
# Where there are small disks. The platform's own has PostgreSQL on it, its log of changes and every log of a process.
FULL: Mapping[str, Break] = {"file store full": _full("files"), "disk full": _full("")}


@asynccontextmanager
async def breaking(broken: Broken, seed: int) -> AsyncIterator[Counter[str]]:
    """Breaks something in the block, and something else some seconds after the platform has answered again; what, so far. In the end the
    provider is well."""
    done: Counter[str] = Counter()
    task = asyncio.create_task(_go_on(broken, random.Random(seed), done))
    try:
        yield done
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        if broken.provider:
            broken.provider.mood = Mood.WELL


async def _go_on(broken: Broken, chance: random.Random, done: Counter[str]) -> None:
    breaks = {**BREAKS, **(MOODS if broken.provider else {}), **(FULL if broken.small_disks else {})}
    for _ in range(broken.most):
        await asyncio.sleep(chance.uniform(0.2, broken.longest_pause))
        name = chance.choice(list(breaks))
        done[name] += 1
        await breaks[name](broken, chance)
        await _answers(broken.inside.stack.base_url)


async def _answers(base_url: str) -> None:
    """Waits until the platform can work, however long that takes: who is asked to do something gives up, not we."""
    async with httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=5) as client:
        while True:
            with suppress(httpx.TransportError):
                if (await client.get("/readyz")).status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(0.2)
