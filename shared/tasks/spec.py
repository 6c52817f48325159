"""What a service's worker does, as a table: each task once, with its lane, its period and its time limit. ``services/<service>/
worker.py`` holds that table; workers, beat and the contract tests are made from it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, cast

from shared.services import Service

if TYPE_CHECKING:  # beat reads these tables and needs nothing of what runs them
    from shared.runtime import Runtime

Body = Callable[["Runtime"], Awaitable[object]]


class Lane(StrEnum):
    """Workers of their own, so that a code never waits behind an import, nor a page behind a ZIP: hints and codes are fast, batches are
    slow, pages are printed."""

    FAST = "fast"
    SLOW = "slow"
    PRINT = "print"


@dataclass(frozen=True)
class TaskSpec:
    """``target`` is 'package.module:function', imported only by the worker that runs it; ``every`` is the period in seconds in which
    beat repeats it (a sweep), ``limit`` the seconds after which one run is given up, ``fresh`` those after which a "look" that no
    worker has taken is dropped, because it is said again anyway. One that ``writes`` makes files, and waits while the disks have less left
    than ``least_free_mb``; codes and notices need none."""

    name: str
    target: str
    lane: Lane = Lane.FAST
    every: float | None = None
    limit: float = 60
    fresh: float = 10
    writes: bool = False

    def body(self) -> Body:
        return body_of(self.target)


def body_of(target: str) -> Body:
    """What 'package.module:function' names."""
    module, _, function = target.partition(":")
    return cast(Body, getattr(import_module(module), function))


@dataclass(frozen=True)
class WorkerSpec:
    """One service's tasks. Every service also gets ``<service>.tidy_up`` for the kit's tables, and ``<service>.alive_<lane>`` for each lane
    in which it has tasks, by which its workers prove their life. ``warm_ups`` are targets that a process of that lane runs before its
    first task; ``bindings`` is the module that ``shared.workflow.binding`` asks before any process of the service starts; ``files`` is the
    target that looks for files that no row names, of a service that keeps some."""

    service: Service
    tasks: Sequence[TaskSpec]
    warm_ups: Mapping[Lane, str] = field(default_factory=dict)
    bindings: str | None = None
    files: str | None = None

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The lanes that need a worker here."""
        return tuple(lane for lane in Lane if any(task.lane is lane for task in self._working()))

    def all_tasks(self) -> tuple[TaskSpec, ...]:
        return (*self._working(), *(self.proof(lane) for lane in self.lanes))

    def _working(self) -> tuple[TaskSpec, ...]:
        return (*self.tasks, self._tidy_up(), *self._sweep_files())

    def queue(self, lane: Lane) -> str:
        return f"{self.service}.{lane}"

    def _tidy_up(self) -> TaskSpec:
        target = "shared.housekeeping:tidy_up"
        return TaskSpec(f"{self.service}.tidy_up", target, Lane.SLOW, every=3600, limit=300)

    def _sweep_files(self) -> tuple[TaskSpec, ...]:
        """A store with a million files is listed in some minutes."""
        if self.files is None:
            return ()
        return (TaskSpec(f"{self.service}.sweep_files", self.files, Lane.SLOW, every=6 * 3600, limit=1800),)

    def proof(self, lane: Lane) -> TaskSpec:
        """A worker that is behind by a minute still lives; a proof that were dropped earlier would not say so."""
        name = f"{self.service}.alive_{lane}"
        return TaskSpec(name, f"shared.tasks.alive:prove_{lane}", lane, every=10, limit=5, fresh=60)


def pull_events_task(service: Service) -> TaskSpec:
    """The task behind the hint ``<service>.pull_events``; beat repeats it, so that a lost hint costs two seconds."""
    return TaskSpec(f"{service}.pull_events", f"services.{service}.consumers:pull_events", Lane.FAST, every=2)
