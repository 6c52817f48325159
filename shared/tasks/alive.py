"""A worker's proof of life: keys that it renews through the broker, so that they show not only that the process runs but that it hears.
One key says that somebody works in the lane; one of its own says that the worker of this host does, so that no second worker hides a
stuck one. The supervisor or the container's health check restarts a worker whose key has lapsed.
"""

import socket

from shared.runtime import Runtime
from shared.services import Service

ALIVE_SECONDS = 60
# A long job may take all of the time in between; so may a run of pages in all processes of a printer.
_SECONDS = {"fast": ALIVE_SECONDS, "slow": ALIVE_SECONDS * 5, "print": ALIVE_SECONDS * 5}


def alive_key(service: str, lane: str) -> str:
    return f"alive:{service}.{lane}"


def own_key(key: str) -> str:
    """The key of this host's worker beside the one of its lane; ``ops/probe.py`` knows it too."""
    return f"{key}@{socket.gethostname()}"


async def prove_own(runtime: Runtime, service: Service, lane: str) -> None:
    """Renews the key of this host's worker: it has just taken something from the broker and come to its end. Brokers hand out in turns, so
    each of several workers of a lane is asked often enough."""
    await runtime.redis.set(own_key(alive_key(service, lane)), "1", ex=_SECONDS[lane])


async def _prove(runtime: Runtime, lane: str) -> None:
    await runtime.redis.set(alive_key(runtime.service, lane), "1", ex=_SECONDS[lane])


async def prove_fast(runtime: Runtime) -> None:
    """Renews the key of this service's fast workers."""
    await _prove(runtime, "fast")


async def prove_slow(runtime: Runtime) -> None:
    """Renews the key of this service's slow workers."""
    await _prove(runtime, "slow")


async def prove_print(runtime: Runtime) -> None:
    """Renews the key of this service's print workers."""
    await _prove(runtime, "print")
