"""What a bench measures against: real servers of its own with one service's database, and several processes of an app beside them.
What is asked of them, and what it says, is the business of the other files.
"""

import asyncio
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ops.migrate import migrate
from ops.up.environment import child_environment
from ops.up.ports import free_port
from ops.up.processes import CannotStart, Process, stop_together, tail
from ops.up.servers import Servers
from shared.db.types import field_cipher
from shared.services import Service
from shared.settings import platform_settings

UVICORN = "uvicorn --host 127.0.0.1 --loop uvloop --http shared.web.protocol:BoundedProtocol --no-access-log --no-proxy-headers"
START_SECONDS = 60
_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


def adopt(servers: Servers, service: Service) -> dict[str, str]:
    """The environment of processes on these servers, this one included; the service's database is at its newest schema."""
    # A bench speaks for many callers, as the gateway does.
    environment = child_environment(servers, port=free_port()) | {"PLATFORM_TRUSTED_PROXIES": "127.0.0.1"}
    os.environ.update({name: value for name, value in environment.items() if name.startswith("PLATFORM_")})
    platform_settings.cache_clear()
    field_cipher.cache_clear()  # a bench before this one had other keys
    servers.create_database(service)
    migrate(service)
    return environment


@contextmanager
def processes(app: str, count: int, environment: Mapping[str, str], servers: Servers) -> Iterator[list[int]]:
    """The ports of ``count`` processes that serve ``app``, once all of them answer; they end with the block."""
    ports = [free_port() for _ in range(count)]
    running = [
        Process(
            f"api-{port}",
            [sys.executable, "-m", *UVICORN.split(), "--port", str(port), app],
            servers.var / "logs" / f"api-{port}.log",
            environment,
        )
        for port in ports
    ]
    try:
        for each in running:
            each.start()
        asyncio.run(_answering(ports, running))
        yield ports
    finally:
        stop_together(running)


async def _answering(ports: Sequence[int], running: Sequence[Process]) -> None:
    """Raises CannotStart, with the end of its log, when one of them ends or does not answer in time."""
    deadline = time.monotonic() + START_SECONDS
    for port, process in zip(ports, running, strict=True):
        while not await _answers(port):
            if not process.alive() or time.monotonic() > deadline:
                raise CannotStart(f"{process.name} does not answer. The end of its log:\n{tail(process.log)}")
            await asyncio.sleep(0.1)


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def processor_ms(servers: Servers) -> float:
    """Processor time so far of everything that runs on these servers, APIs and databases, in ms; a difference is what something cost."""
    mine = (entry for entry in Path("/proc").iterdir() if entry.name.isdigit() and _belongs(entry, str(servers.var)))
    return sum(_ticks(entry) for entry in mine) * _TICK_MS


def _belongs(entry: Path, var: str) -> bool:
    try:
        # PostgreSQL's backends write their titles over their environment; they stand in the data folder.
        return var in str((entry / "cwd").readlink()) or var.encode() in (entry / "environ").read_bytes()
    except OSError:
        return False


def _ticks(entry: Path) -> int:
    try:
        fields = (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])
