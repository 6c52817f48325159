"""What many pages ask for every few seconds and nothing is decided by: read at most once in a while by a process, however many ask. Routes
that answer with it are no units of work, so that hundreds who wait hold no place at the pool.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy.ext.asyncio import AsyncSession

from shared.runtime import Runtime

T = TypeVar("T")


@dataclass
class _Kept:
    """What one process has read, each until a time of the monotonic clock."""

    values: dict[Hashable, tuple[float, Any]] = field(default_factory=dict)
    locks: defaultdict[Hashable, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def fresh(self, key: Hashable) -> tuple[float, Any] | None:
        found = self.values.get(key)
        return found if found is not None and found[0] > time.monotonic() else None

    def tidy(self) -> None:
        now = time.monotonic()
        self.values = {key: kept for key, kept in self.values.items() if kept[0] > now}
        for key in [key for key, lock in self.locks.items() if key not in self.values and not lock.locked()]:
            del self.locks[key]


_KEPT: WeakKeyDictionary[Runtime, _Kept] = WeakKeyDictionary()


async def snapshot(
    runtime: Runtime, key: Hashable, seconds: float, read: Callable[[AsyncSession], Awaitable[T]]
) -> T:
    """What ``read`` gave in a unit of work of its own, no longer ago than ``seconds``. What it raises is raised, and not kept."""
    kept = _KEPT.setdefault(runtime, _Kept())
    if (found := kept.fresh(key)) is not None:
        return cast(T, found[1])
    async with kept.locks[key]:
        if (found := kept.fresh(key)) is not None:
            return cast(T, found[1])
        async with runtime.database.unit_of_work() as session:
            value = await read(session)
        kept.tidy()
        kept.values[key] = (time.monotonic() + seconds, value)
        return value
