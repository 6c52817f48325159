"""A worker's proof of life: a key that it renews through the broker, so that it shows not only that the process runs but that it
hears. The supervisor or the container's health check restarts a worker whose key has lapsed.
"""

from shared.runtime import Runtime

ALIVE_SECONDS = 60


def alive_key(service: str, lane: str) -> str:
    return f"alive:{service}.{lane}"


async def prove_fast(runtime: Runtime) -> None:
    """Renews the key of this service's fast worker."""
    await runtime.redis.set(alive_key(runtime.service, "fast"), "1", ex=ALIVE_SECONDS)


async def prove_slow(runtime: Runtime) -> None:
    """Renews the key of this service's slow worker; a long job may take all of the time in between."""
    await runtime.redis.set(alive_key(runtime.service, "slow"), "1", ex=ALIVE_SECONDS * 5)


async def prove_print(runtime: Runtime) -> None:
    """Renews the key of this service's print worker, whose processes may all be in the middle of a run."""
    await runtime.redis.set(alive_key(runtime.service, "print"), "1", ex=ALIVE_SECONDS * 5)
