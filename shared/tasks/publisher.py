"""Says "look" to workers after a commit. A message carries no effect, so that one that is lost, doubled or late changes nothing but
the time; therefore publishing never blocks a request and never fails one.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

from celery import Celery

from shared.logging import get_logger

# Beyond this many waiting hints the broker is down or hung; the sweeps of beat say the same thing later.
_WAITING = 100
HINT_SECONDS = 10
log = get_logger(__name__)


class Publisher:
    """One thread and one connection per process. A hung broker costs a second a hint, off the event loop."""

    def __init__(self, redis_url: str, lanes: dict[str, str]) -> None:
        """``lanes`` maps a task name to its queue; a task that is not in it goes to its service's fast queue."""
        self._celery = Celery("publisher", broker=redis_url, set_as_current=False)
        self._celery.conf.update(
            broker_transport_options={"socket_timeout": 1, "socket_connect_timeout": 1, "max_retries": 0},
            broker_connection_retry=False,
            task_ignore_result=True,
            task_create_missing_queues=True,
        )
        self._lanes = lanes
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="publisher")
        self._room = BoundedSemaphore(_WAITING)

    def publish(self, tasks: frozenset[str]) -> None:
        """Queues the hints and returns at once."""
        for task in tasks:
            if self._room.acquire(blocking=False):
                self._thread.submit(self._send, task)

    def _send(self, task: str) -> None:
        try:
            queue = self._lanes.get(task, f"{task.split('.', 1)[0]}.fast")
            self._celery.send_task(task, queue=queue, expires=HINT_SECONDS, retry=False)
        except Exception as error:
            log.info("hint_lost", task=task, error=repr(error))
        finally:
            self._room.release()

    def close(self) -> None:
        """Drops what waits: the sweeps will say it."""
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._celery.close()
