"""A container's health check, which also ends what is stuck: an engine marks a container as unhealthy, but restarts only what has ended.
``python -m ops.probe http://…/readyz`` for an API, ``alive:training.fast`` for a worker, ``beat``. Exit 0 when it is well. Standard library
only: it runs every few seconds in every container.
"""

import http.client
import os
import signal
import socket
import sys
import tempfile
import time
from enum import Enum, auto
from pathlib import Path
from urllib.parse import unquote, urlsplit

SERVICES = ("auth", "training", "certificates", "declaration", "notifications")
LANES = ("fast", "slow")
ALIVE = (*(f"alive:{service}.{lane}" for service in SERVICES for lane in LANES), "alive:certificates.print")
ANSWER_SECONDS = 3.0
# Longer than the slowest start, and than any task may hold a worker.
PATIENCE_SECONDS = 240.0


class Health(Enum):
    """``AWAY``: unwell, and by another's fault, so that a restart would not help; ``STUCK``: unwell, and nobody else is to blame."""

    WELL = auto()
    AWAY = auto()
    STUCK = auto()


def health_of_api(url: str) -> Health:
    """An API that answers anything lives; what is not 200 is its database's trouble."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.netloc, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", where.path)
        return Health.WELL if connection.getresponse().status == http.HTTPStatus.OK else Health.AWAY
    except (OSError, http.client.HTTPException):
        return Health.STUCK
    finally:
        connection.close()


def health_of_worker(redis_url: str, key: str) -> Health:
    """Stuck when others prove their life through the broker and this one does not; without any, broker or beat is away."""
    try:
        if count_keys(redis_url, key):
            return Health.WELL
        return Health.STUCK if count_keys(redis_url, *ALIVE) else Health.AWAY
    except OSError:
        return Health.AWAY


def health_of_beat(redis_url: str) -> Health:
    """Beat is well when any worker was asked for its proof; the keys lapse on their own."""
    try:
        return Health.WELL if count_keys(redis_url, *ALIVE) else Health.STUCK
    except OSError:
        return Health.AWAY


def count_keys(redis_url: str, *keys: str) -> int:
    """How many of ``keys`` Redis has. Raises OSError when it does not say."""
    where = urlsplit(redis_url)
    commands = [("SELECT", where.path.strip("/") or "0"), ("EXISTS", *keys)]
    if where.password:
        commands.insert(0, ("AUTH", unquote(where.password)))
    with socket.create_connection((where.hostname, where.port or 6379), ANSWER_SECONDS) as connection:
        connection.sendall(b"".join(_command(words) for words in commands))
        with connection.makefile("rb") as answers:
            last = [answers.readline() for _ in commands][-1]
    if not last.startswith(b":"):
        raise ConnectionError(last.decode(errors="replace"))
    return int(last[1:])


def _command(words: tuple[str, ...]) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w.encode()), w.encode()) for w in words)


def is_over(health: Health, since: Path, now: float) -> bool:
    """Whether it has been stuck without a break for too long. ``since`` keeps the beginning, as ``now``: seconds of the monotonic clock."""
    if health is not Health.STUCK:
        since.unlink(missing_ok=True)
        return False
    if not since.exists():
        since.write_text(str(now))
    return now - float(since.read_text()) > PATIENCE_SECONDS


def health_of(what: str) -> Health:
    if what.startswith("http"):
        return health_of_api(what)
    redis_url = os.environ["PLATFORM_REDIS_URL"]
    return health_of_beat(redis_url) if what == "beat" else health_of_worker(redis_url, what)


if __name__ == "__main__":
    health = health_of(sys.argv[1])
    if is_over(health, Path(tempfile.gettempdir()) / "stuck-since", time.monotonic()):
        # Everything here but the init process and this one; with its child gone init ends, and the restart policy begins anew.
        os.kill(-1, signal.SIGKILL)
    print(health.name.lower())
    sys.exit(0 if health is Health.WELL else 1)
