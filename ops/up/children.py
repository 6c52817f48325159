"""The table of what the embedded stack runs beside its two servers, in the order of starting. A new process is one row
here; how processes are watched is the business of the supervisor.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ops.up.address import Address
from ops.up.processes import Process

DATABASES = ("auth", "training", "certificates", "declaration", "notifications")


@dataclass(frozen=True)
class Child:
    """One row. ``heartbeat`` is the Redis key that the child renews while it hears the broker; ``{host}``,
    ``{port}`` and ``{var}`` in ``argv`` are filled in. Children with the same ``stops`` end together, lower numbers first.
    """

    name: str
    argv: str
    stops: int
    patience: float = 8.0
    heartbeat: str = ""


# One process a lane (solo): a forked child would hold another 46 MB, and here the supervisor is the one that starts again what hangs and
# what has ended itself because it had grown (docs/adr/0010).
# The API stands first: it is started alone, the others once it answers.
CHILDREN = (
    Child(
        "api",
        "uvicorn ops.up.asgi:app --host {host} --port {port} --loop uvloop --http shared.web.protocol:BoundedProtocol --ws none"
        " --no-access-log --no-proxy-headers --no-server-header --timeout-graceful-shutdown 5",
        stops=2,
    ),
    Child(
        "worker-fast",
        "celery -A ops.up.fast:app worker --pool solo --without-gossip --without-mingle --hostname fast@%h",
        stops=1,
        heartbeat="alive:training.fast",
    ),
    Child(
        "worker-slow",
        "celery -A ops.up.slow:app worker --pool solo --without-gossip --without-mingle --hostname slow@%h",
        stops=1,
        heartbeat="alive:training.slow",
    ),
    Child("beat", "celery -A ops.beat:app beat --schedule {var}/beat --pidfile=", stops=3, patience=3.0),
)


def process_of(child: Child, *, address: Address, var: Path, environment: Mapping[str, str]) -> Process:
    """The process of a row, run by the interpreter that runs us."""
    words = [word.format(host=address.host, port=address.port, var=var) for word in child.argv.split()]
    log = var / "logs" / f"{child.name}.log"
    return Process(child.name, [sys.executable, "-m", *words], log, environment, patience=child.patience)
