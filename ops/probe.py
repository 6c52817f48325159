"""A container's health check, which also ends what is stuck: an engine marks a container as unhealthy, but restarts only what has ended.
``python -I -S ops/probe.py http://…/readyz`` for an API, ``alive:training.fast`` for a worker, ``beat``. Exit 0 when it is well. It runs
twice a minute in every container, so it imports as little as it can: nothing but the standard library, and of that nothing large.
"""

import os
import signal
import socket
import sys
import time
from enum import Enum, auto
from pathlib import Path
from urllib.parse import unquote, urlsplit

SERVICES = ("auth", "training", "certificates", "declaration", "notifications")
LANES = ("fast", "slow")
ALIVE = (*(f"alive:{service}.{lane}" for service in SERVICES for lane in LANES), "alive:certificates.print")
# On a machine that has too much to do an answer takes seconds, and is an answer.
ANSWER_SECONDS = 10.0
# Longer than any task may hold a worker.
PATIENCE_SECONDS = 240.0
# Before the first sign of life: longer than the slowest start on a machine that has too much to do.
START_PATIENCE_SECONDS = 900.0
# The container's own, empty at each start.
FOLDER = Path("/tmp")  # noqa: S108
# What a start that waits for others touches again and again; older than this it waits no more.
WAITING, WAITING_SECONDS = "waiting", 60.0


class Health(Enum):
    """``AWAY``: unwell, and by another's fault, so that a restart would not help; ``STUCK``: unwell, and nobody else is to blame."""

    WELL = auto()
    AWAY = auto()
    STUCK = auto()


def setting(name: str, default: str | None = None) -> str:
    """A setting of the platform, from its variable or from the file that ``…_FILE`` names, as ``shared.settings`` has it. Raises KeyError
    where it has neither, unless there is a ``default``."""
    if given := os.environ.get(name):
        return given
    if default is not None and not os.environ.get(f"{name}_FILE"):
        return default
    return Path(os.environ[f"{name}_FILE"]).read_text("utf-8").strip("\r\n")


def health_of_api(url: str) -> Health:
    """An API that answers anything lives; what is not 200 is its database's trouble."""
    where = urlsplit(url)
    try:
        with socket.create_connection((where.hostname, where.port or 80), ANSWER_SECONDS) as connection:
            connection.sendall(f"GET {where.path} HTTP/1.0\r\nHost: {where.netloc}\r\n\r\n".encode())
            with connection.makefile("rb") as answer:
                _, status, *_ = answer.readline().split()
    except (OSError, ValueError):
        return Health.STUCK
    return Health.WELL if status == b"200" else Health.AWAY


def health_of_worker(redis_url: str, key: str) -> Health:
    """Stuck when others prove their life through the broker and this host's worker does not, whoever else works in its lane; without any,
    broker or beat is away."""
    try:
        if count_keys(redis_url, f"{key}@{socket.gethostname()}"):
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
    who, _, hosts = where.netloc.rpartition("@")
    path = where.path.strip("/")
    # The authorities whose certificates are taken: an empty name stands for those of the machine.
    tls = where.query.partition("ssl_ca_certs=")[2].partition("&")[0] if where.scheme.startswith("rediss") else None
    if where.scheme.endswith("+sentinel"):
        master, _, path = path.partition("/")
        address = primary_of(hosts.split(","), master, tls)
    else:
        address = _address(hosts, 6379)
    commands = [("SELECT", path or "0"), ("EXISTS", *keys)]
    if password := unquote(who.partition(":")[2]) or setting("PLATFORM_REDIS_PASSWORD", ""):
        commands.insert(0, ("AUTH", password))
    last = _ask(address, commands, tls=tls)[-1]
    if not last.startswith(b":"):
        raise ConnectionError(last.decode(errors="replace"))
    return int(last[1:])


def primary_of(hosts: list[str], master: str, tls: str | None = None) -> tuple[str, int]:
    """Whom one of these Sentinels names as the primary. Raises OSError when none does."""
    password = setting("PLATFORM_REDIS_SENTINEL_PASSWORD", "")
    before = [("AUTH", password)] if password else []
    for host in hosts:
        try:
            # Three lines each for the two parts of the answer, and one before.
            asked = [*before, ("SENTINEL", "GET-MASTER-ADDR-BY-NAME", master)]
            told = _ask(_address(host, 26379), asked, more=4, tls=tls)
        except OSError:
            continue
        if len(told) >= 5 and told[-5].startswith(b"*2"):
            return told[-3].strip().decode(), int(told[-1])
    raise ConnectionError(f"no Sentinel names a primary of {master}")


def _address(host: str, port: int) -> tuple[str, int]:
    name, found, given = host.rpartition(":")
    return (name, int(given)) if found else (host, port)


def _ask(
    address: tuple[str, int], commands: list[tuple[str, ...]], more: int = 0, *, tls: str | None = None
) -> list[bytes]:
    """A line for each command, and ``more`` of the last one where it has them."""
    with socket.create_connection(address, ANSWER_SECONDS) as plain, _encrypted(plain, address[0], tls) as connection:
        connection.sendall(b"".join(_command(words) for words in commands))
        with connection.makefile("rb") as answers:
            lines = [answers.readline() for _ in commands]
            return lines + ([answers.readline() for _ in range(more)] if more and lines[-1].startswith(b"*2") else [])


def _encrypted(plain: socket.socket, host: str, tls: str | None) -> socket.socket:
    if tls is None:
        return plain
    import ssl  # noqa: PLC0415  # large, and rarely needed

    return ssl.create_default_context(cafile=unquote(tls) or None).wrap_socket(plain, server_hostname=host)


def _command(words: tuple[str, ...]) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w.encode()), w.encode()) for w in words)


def is_over(health: Health, folder: Path, now: float) -> bool:
    """Whether it has been stuck without a break for too long. ``folder`` keeps since when, and whether it ever was well: it is as old
    as the container's start. ``now``: seconds of the monotonic clock."""
    since, was_well = folder / "stuck-since", folder / "was-well"
    if health is not Health.STUCK:
        since.unlink(missing_ok=True)
        if health is Health.WELL:
            was_well.touch()
        return False
    if not since.exists():
        since.write_text(str(now))
    return now - float(since.read_text()) > (PATIENCE_SECONDS if was_well.exists() else START_PATIENCE_SECONDS)


def is_waiting(folder: Path, now: float) -> bool:
    """Whether its start waits for others, and says so still. ``now``: seconds of the clock that stamps files."""
    try:
        return now - (folder / WAITING).stat().st_mtime < WAITING_SECONDS
    except FileNotFoundError:
        return False


def health_of(what: str) -> Health:
    if is_waiting(FOLDER, time.time()):
        return Health.AWAY
    if what.startswith("http"):
        return health_of_api(what)
    redis_url = setting("PLATFORM_REDIS_URL")
    return health_of_beat(redis_url) if what == "beat" else health_of_worker(redis_url, what)


def end_everything() -> None:
    """Kills all of this container but its init process; with its child gone init ends, and the restart policy begins anew. Only a process
    that an engine puts into a container has no parent there: elsewhere this would be everything on the machine."""
    if os.getppid() == 0:
        os.kill(-1, signal.SIGKILL)


if __name__ == "__main__":
    health = health_of(sys.argv[1])
    if is_over(health, FOLDER, time.monotonic()):
        end_everything()
    print(health.name.lower())
    sys.exit(0 if health is Health.WELL else 1)
