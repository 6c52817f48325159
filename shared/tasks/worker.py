"""Worker processes, made from ``WorkerSpec`` tables. One event loop and one runtime per service and process; a task's time
limit is inside the loop, because a coroutine that Celery's soft limit leaves behind would finish inside the next task.
"""

import asyncio
import ctypes
import gc
import os
import signal
import time
from collections.abc import Collection, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import uvloop
from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown
from kombu.entity import Queue

from shared import traces
from shared.disks import Room
from shared.errors import LittleRoom
from shared.logging import get_logger, new_correlation_id
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from shared.settings import platform_settings
from shared.tasks.alive import prove_own
from shared.tasks.beat import new_celery
from shared.tasks.figures import listen, note_end
from shared.tasks.runs import NOTED_SECONDS, note_run
from shared.tasks.spec import Lane, TaskSpec, WorkerSpec, body_of
from shared.workflow.binding import bind, check_given

log = get_logger(__name__)
_PR_SET_PDEATHSIG = 1
# Above every task's own limit: a child that does not come back at all is killed and replaced.
_HARD_LIMIT_MARGIN = 30
# A child that has not opened by then is started again, and begins from nothing: the first one on a machine cuts the fonts, which took two
# minutes on one that had far too much to do.
_WARM_UP_SECONDS = 900
_ROOM_MB = 30
_OF_REDIS = {"visibility_timeout": 600, "socket_connect_timeout": 2, "socket_keepalive": True}
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1024**2


class _Process:
    """The loop and the runtimes of one worker process, opened after the fork and closed before the end."""

    def __init__(self, specs: Sequence[WorkerSpec], lanes: Collection[Lane]) -> None:
        self._specs, self._lanes = specs, lanes
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._stack = AsyncExitStack()
        self._runtimes: dict[Service, Runtime] = {}
        self._first_process, self._done, self._most_mb = os.getpid(), 0, 0.0
        self._noted: dict[str, tuple[bool, float]] = {}
        self._room, self._had_room = Room(), True

    def open(self) -> None:
        self._runner.run(self._open())

    async def _open(self) -> None:
        settings = platform_settings()
        pool_size = settings.worker_pool_size
        if settings.worker_metrics_port:
            listen(settings.worker_metrics_address, settings.worker_metrics_port)
        traces.begin(settings.traces_url, settings.traces_token, settings.traces_share)
        for spec in self._specs:
            lanes = {task.name: spec.queue(task.lane) for task in spec.all_tasks()}
            runtime = open_runtime(spec.service, pool_size=pool_size, lanes=lanes)
            self._runtimes[spec.service] = await self._stack.enter_async_context(runtime)
        for spec in self._specs:
            for target in (target for lane, target in spec.warm_ups.items() if lane in self._lanes):
                await self._warm_up(self._runtimes[spec.service], target)
            await self._prove(spec)
        # What is there by now stays: looking through it for garbage would cost a page a tenth more.
        gc.collect()
        gc.freeze()
        # A limit below what it holds from the first would end it after each task.
        self._most_mb = max(settings.worker_memory_mb, _memory_mb() + _ROOM_MB)

    async def _prove(self, spec: WorkerSpec) -> None:
        """The first sign of life, so that nobody need wait for beat to ask for one."""
        runtime = self._runtimes[spec.service]
        for lane in (lane for lane in spec.lanes if lane in self._lanes):
            try:
                await body_of(spec.proof(lane).target)(runtime)
                await prove_own(runtime, spec.service, lane)
            except Exception as error:
                # The broker is away; beat asks again.
                log.info("not_proved", lane=lane, error=repr(error))

    async def _warm_up(self, runtime: Runtime, target: str) -> None:
        try:
            await body_of(target)(runtime)
        except Exception as error:
            # The first task meets the same trouble, and says so where people see it.
            log.warning("warm_up_failed", target=target, error=repr(error), exc_info=True)

    def run(self, service: Service, task: TaskSpec) -> None:
        self._runner.run(self._bounded(service, task))
        self._done += 1
        if self._is_alone() and self._is_worn():
            log.info("worker_recycled", tasks=self._done, memory_mb=_memory_mb())
            os.kill(os.getpid(), signal.SIGTERM)

    def _is_alone(self) -> bool:
        """Whether this is a worker without children (solo), which nobody recycles: it asks itself to stop in good order, and whoever
        watches it starts it again."""
        return os.getpid() == self._first_process

    def _is_worn(self) -> bool:
        return _memory_mb() > self._most_mb or self._done >= platform_settings().worker_tasks

    async def _bounded(self, service: Service, task: TaskSpec) -> None:
        new_correlation_id()
        traces.at_work.set(service)
        if task.writes and not self._has_room():
            # Its rows wait where they stand, as they do for a store that is away.
            await self._note(service, task, LittleRoom())
            return
        failure: Exception | None = None
        began = time.monotonic()
        try:
            async with asyncio.timeout(task.limit):
                await task.body()(self._runtimes[service])
        except TimeoutError as error:
            failure = error
            log.warning("task_out_of_time", task=task.name, limit=task.limit)
        except Exception as error:
            # The row or the bookmark still stands where it stood; beat says "look" again.
            failure = error
            log.warning("task_failed", task=task.name, error=repr(error), exc_info=True)
        note_end(service, task.name, failure, time.monotonic() - began)
        await self._note(service, task, failure)

    def _has_room(self) -> bool:
        """Whether files may be written; said once when it ends, and once when it is so again."""
        has = not self._room.is_little(settings := platform_settings())
        if has != self._had_room:
            self._had_room = has
            tell = log.info if has else log.warning
            tell("room_again" if has else "little_room", least_free_mb=settings.least_free_mb)
        return has

    async def _note(self, service: Service, task: TaskSpec, failure: Exception | None) -> None:
        """What others know of this run: that the worker lives, and once a minute how the task ended."""
        runtime, failed = self._runtimes[service], failure is not None
        had_failed, at = self._noted.get(task.name, (False, -NOTED_SECONDS))
        try:
            await prove_own(runtime, service, task.lane)
            if failed != had_failed or time.monotonic() - at >= NOTED_SECONDS:
                await note_run(runtime.database, task.name, failure)
                self._noted[task.name] = failed, time.monotonic()
        except Exception as error:
            # Broker or database is away, which has alarms of its own.
            log.info("run_not_noted", task=task.name, error=repr(error))

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()
        traces.flush()


def create_worker(specs: Sequence[WorkerSpec], *lanes: Lane) -> Celery:
    """The Celery app of one worker: the tasks of ``lanes`` of these services, and their queues."""
    for spec in specs:
        bind(spec.bindings)
        check_given(spec.bindings)
    app = new_celery(f"worker-{lanes[0]}", _OF_REDIS)
    settings = platform_settings()
    chosen = [(spec, task) for spec in specs for task in spec.all_tasks() if task.lane in lanes]
    limit = max(task.limit for _, task in chosen)
    queues = [spec.queue(lane) for spec in specs for lane in spec.lanes if lane in lanes]
    app.conf.update(
        task_queues=[Queue(name) for name in queues],  # type: ignore[no-untyped-call]
        task_time_limit=limit + _HARD_LIMIT_MARGIN,
        worker_prefetch_multiplier=1,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_max_tasks_per_child=settings.worker_tasks,
        worker_max_memory_per_child=settings.worker_memory_mb * 1024,
        worker_proc_alive_timeout=_WARM_UP_SECONDS,
    )
    process = _Process(specs, lanes)
    for spec, task in chosen:
        _register(app, process, spec.service, task)
        task.body()  # imported before the fork: its memory is shared, its absence shows at once
    _connect_signals(process, f"worker-{lanes[0]}")
    return app


def _memory_mb() -> float:
    """What this process holds now, shared pages included."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE_MB


def _register(app: Celery, process: _Process, service: Service, task: TaskSpec) -> None:
    def run() -> None:
        process.run(service, task)

    app.task(run, name=task.name, shared=False)


def _connect_signals(process: _Process, name: str) -> None:
    def opened(**_: object) -> None:
        # The parent's death is told only to its direct child, so each child asks for it itself.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        process.open()

    def closing(**_: object) -> None:
        process.close()

    worker_process_init.connect(opened, weak=False)
    worker_process_shutdown.connect(closing, weak=False)
