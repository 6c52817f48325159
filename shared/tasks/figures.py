"""What a worker's process counts of its own work, and where Prometheus reads it: each process listens at
``PLATFORM_WORKER_METRICS_PORT``, or at the first port behind it that is free, because a worker may have several and each counts for itself
(PLAT-10).
"""

import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import Counter, Histogram, make_wsgi_app

from shared.logging import get_logger
from shared.services import Service

# As many processes of one host find a place.
PLACES = 16
RUNS = Counter("task_runs_total", "Runs of tasks, by how they ended", ["service", "task", "outcome"])
SECONDS = Histogram(
    "task_seconds",
    "Time of one run of a task",
    ["service", "task"],
    buckets=(0.01, 0.05, 0.25, 1, 5, 30, 120, 600, float("inf")),
)
log = get_logger(__name__)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    # Two processes at one port would each be asked now and then.
    allow_reuse_port = False


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """A scrape is no news."""


def note_end(service: Service, task: str, failure: Exception | None, seconds: float) -> None:
    """Counts one run: it was ``done``, was given up as ``late``, or ``failed``."""
    outcome = "done" if failure is None else "late" if isinstance(failure, TimeoutError) else "failed"
    RUNS.labels(service, task, outcome).inc()
    SECONDS.labels(service, task).observe(seconds)


def listen(address: str, first: int) -> int | None:
    """Answers scrapes from a thread for as long as the process lives; gives the port, None when all of them are taken. Work does not depend
    on being watched: nothing is raised."""
    for port in range(first, first + PLACES):
        try:
            server = make_server(address, port, make_wsgi_app(), _Server, _Silent)
        except OSError as error:
            refusal = repr(error)
            continue
        threading.Thread(target=server.serve_forever, name="figures", daemon=True).start()
        return port
    log.warning("figures_not_shown", address=address, port=first, error=refusal)
    return None
