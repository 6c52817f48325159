"""What a service's worker does, as a table: each task once, with its lane, its period and its time limit. ``services/<service>/
worker.py`` holds that table; workers, beat and the contract tests are made from it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, cast

from shared.services import Service

if TYPE_CHECKING:  # beat reads these tables and needs nothing of what runs them
    from shared.runtime import Runtime

Body = Callable[["Runtime"], Awaitable[object]]


class Lane(StrEnum):
    """Two workers, so that a code never waits behind a render: hints and codes are fast, documents and imports are slow."""

    FAST = "fast"
    SLOW = "slow"


@dataclass(frozen=True)
class TaskSpec:
    """``target`` is 'package.module:function', imported only by the worker that runs it; ``every`` is the period in seconds in which
    beat repeats it (a sweep), ``limit`` the seconds after which one run is given up."""

    name: str
    target: str
    lane: Lane = Lane.FAST
    every: float | None = None
    limit: float = 60

    def body(self) -> Body:
        module, _, function = self.target.partition(":")
        return cast(Body, getattr(import_module(module), function))


@dataclass(frozen=True)
class WorkerSpec:
    """One service's tasks. Every service also gets ``<service>.alive_<lane>``, by which its
    workers prove their life, and ``<service>.tidy_up`` for the kit's tables."""

    service: Service
    tasks: Sequence[TaskSpec]

    def all_tasks(self) -> tuple[TaskSpec, ...]:
        return (*self.tasks, self._tidy_up(), *(self._alive(lane) for lane in Lane))

    def queue(self, lane: Lane) -> str:
        return f"{self.service}.{lane}"

    def _tidy_up(self) -> TaskSpec:
        target = "shared.tasks.housekeeping:tidy_up"
        return TaskSpec(f"{self.service}.tidy_up", target, Lane.SLOW, every=3600, limit=300)

    def _alive(self, lane: Lane) -> TaskSpec:
        name = f"{self.service}.alive_{lane}"
        return TaskSpec(name, f"shared.tasks.alive:prove_{lane}", lane, every=10, limit=5)


def pull_events_task(service: Service) -> TaskSpec:
    """The task behind the hint ``<service>.pull_events``; beat repeats it, so that a lost hint costs two seconds."""
    return TaskSpec(f"{service}.pull_events", f"services.{service}.consumers:pull_events", Lane.FAST, every=2)
