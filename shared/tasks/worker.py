"""Worker processes, made from ``WorkerSpec`` tables. One event loop and one runtime per service and process; a task's time
limit is inside the loop, because a coroutine that Celery's soft limit leaves behind would finish inside the next task.
"""

import asyncio
import ctypes
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown
from kombu.entity import Queue

from shared.logging import get_logger, new_correlation_id
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from shared.settings import platform_settings
from shared.tasks.beat import new_celery
from shared.tasks.spec import Lane, TaskSpec, WorkerSpec

log = get_logger(__name__)
_PR_SET_PDEATHSIG = 1
# Above every task's own limit: a child that does not come back at all is killed and replaced.
_HARD_LIMIT_MARGIN = 30


class _Process:
    """The loop and the runtimes of one worker process, opened after the fork and closed before the end."""

    def __init__(self, specs: Sequence[WorkerSpec]) -> None:
        self._specs = specs
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._runtimes: dict[Service, Runtime] = {}

    def open(self) -> None:
        self._runner.run(self._open())

    async def _open(self) -> None:
        pool_size = platform_settings().worker_pool_size
        for spec in self._specs:
            lanes = {task.name: spec.queue(task.lane) for task in spec.all_tasks()}
            runtime = open_runtime(spec.service, pool_size=pool_size, lanes=lanes)
            self._runtimes[spec.service] = await self._stack.enter_async_context(runtime)

    def run(self, service: Service, task: TaskSpec) -> None:
        self._runner.run(self._bounded(service, task))

    async def _bounded(self, service: Service, task: TaskSpec) -> None:
        new_correlation_id()
        try:
            async with asyncio.timeout(task.limit):
                await task.body()(self._runtimes[service])
        except TimeoutError:
            log.warning("task_out_of_time", task=task.name, limit=task.limit)
        except Exception as error:
            # The row or the bookmark still stands where it stood; beat says "look" again.
            log.warning("task_failed", task=task.name, error=repr(error), exc_info=True)

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()


def create_worker(specs: Sequence[WorkerSpec], lane: Lane) -> Celery:
    """The Celery app of one worker: the tasks of ``lane`` of these services, and their queues."""
    app = new_celery(f"worker-{lane}")
    chosen = [(spec, task) for spec in specs for task in spec.all_tasks() if task.lane == lane]
    limit = max(task.limit for _, task in chosen)
    app.conf.update(
        task_queues=[Queue(spec.queue(lane)) for spec in specs],  # type: ignore[no-untyped-call]
        task_time_limit=limit + _HARD_LIMIT_MARGIN,
        worker_prefetch_multiplier=1,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        broker_transport_options={"visibility_timeout": 600, "socket_connect_timeout": 2, "socket_keepalive": True},
    )
    process = _Process(specs)
    for spec, task in chosen:
        _register(app, process, spec.service, task)
        task.body()  # imported before the fork: its memory is shared, its absence shows at once
    _connect_signals(process, f"worker-{lane}")
    return app


def _register(app: Celery, process: _Process, service: Service, task: TaskSpec) -> None:
    def run() -> None:
        process.run(service, task)

    app.task(run, name=task.name, shared=False)


def _connect_signals(process: _Process, name: str) -> None:
    def opened(**_: Any) -> None:
        # The parent's death is told only to its direct child, so each child asks for it itself.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        process.open()

    def closing(**_: Any) -> None:
        process.close()

    worker_process_init.connect(opened, weak=False)
    worker_process_shutdown.connect(closing, weak=False)
