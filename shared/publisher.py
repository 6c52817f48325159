"""Says "look" to workers after a commit. A message carries no effect, so that one that is lost, doubled or late changes nothing but
the time; therefore publishing never blocks a request and never fails one.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock, Timer

from shared.brokers import celery_of
from shared.logging import get_logger

HINT_SECONDS = 10
# Who was told to look a moment ago is told again only after this: one look finds all that has come meanwhile, and thirty pages a second
# would be sixty messages and sixty looks.
QUIET_SECONDS = 0.1
log = get_logger(__name__)


class Publisher:
    """One thread and one connection per process. A hung broker costs a second a hint, off the event loop."""

    def __init__(self, url: str, lanes: dict[str, str], asked_with: str = "") -> None:
        """``lanes`` maps a task name to its queue; a task that is not in it goes to its service's fast queue; ``asked_with`` is
        the password of Sentinels, where ``url`` names some."""
        quick = {"socket_timeout": 1, "socket_connect_timeout": 1, "max_retries": 0}
        self._celery = celery_of("publisher", url, asked_with, quick)
        self._celery.conf.update(
            broker_connection_timeout=1,
            broker_connection_retry=False,
            task_ignore_result=True,
            task_create_missing_queues=True,
        )
        self._lanes = lanes
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="publisher")
        self._lock = Lock()
        self._closed = False
        self._waiting: set[str] = set()
        self._said: dict[str, float] = {}

    def publish(self, tasks: frozenset[str]) -> None:
        """Queues the hints and returns at once. One that waits already will be said for this commit, too."""
        with self._lock:
            for task in frozenset() if self._closed else tasks - self._waiting:
                self._waiting.add(task)
                pause = self._said.get(task, 0.0) + QUIET_SECONDS - time.monotonic()
                if pause > 0:
                    later = Timer(pause, self._submit, (task,))
                    later.daemon = True
                    later.start()
                else:
                    self._thread.submit(self._send, task)

    def _submit(self, task: str) -> None:
        with self._lock:
            if not self._closed:
                self._thread.submit(self._send, task)

    def _send(self, task: str) -> None:
        with self._lock:
            # Before it is said: what commits from now on needs a hint of its own.
            self._waiting.discard(task)
            self._said[task] = time.monotonic()
        try:
            queue = self._lanes.get(task, f"{task.split('.', 1)[0]}.fast")
            self._celery.send_task(task, queue=queue, expires=HINT_SECONDS, retry=False)
        except Exception as error:
            log.info("hint_lost", task=task, error=repr(error))

    def close(self) -> None:
        """Drops what waits: the sweeps will say it."""
        with self._lock:
            self._closed = True
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._celery.close()
