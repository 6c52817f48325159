"""What a process of one service holds for its whole life: settings, pool, Redis, HTTP client, file store, publisher. Made once per
API or worker process and handed to what needs it; there is no global.
"""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any
from urllib.request import getproxies

import httpx
from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared import traces
from shared.brokers import redis_of
from shared.connections import Connections
from shared.crypto import FieldCipher
from shared.db.keys import writer_name
from shared.db.replicas import Replica
from shared.db.session import Cached, Database
from shared.db.types import field_cipher
from shared.logging import get_logger
from shared.publisher import Publisher
from shared.services import Service
from shared.settings import PlatformSettings, platform_settings
from shared.storage import Storage

log = get_logger(__name__)


@dataclass(frozen=True)
class Runtime:
    service: Service
    settings: PlatformSettings
    database: Database
    redis: "Redis"
    http: httpx.AsyncClient
    storage: Storage
    cipher: FieldCipher
    publisher: Publisher
    replica: Replica | None = None


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """One for all clients of a process: each would load the same certificates again."""
    return ssl.create_default_context()


class Client(httpx.AsyncClient):
    """Tells what is being traced to whom of ours it asks, and nobody else; of an address it notes the host alone."""

    async def send(self, request: httpx.Request, **how: Any) -> httpx.Response:
        with traces.inside(f"{request.method} {request.url.host}", calls=True, **{"server.address": request.url.host}):
            if request.url.path.startswith("/internal/") and (at := traces.carried()):
                request.headers["traceparent"] = at
            return await super().send(request, **how)


def _client() -> Client:
    """With a proxy in the environment httpx keeps the connections: which addresses go by it, it knows."""
    timeout = httpx.Timeout(5, connect=1)
    if getproxies().keys() - {"no"}:
        return Client(timeout=timeout, verify=_tls())
    one = httpx.Limits(max_connections=1)
    return Client(timeout=timeout, transport=Connections(lambda: httpx.AsyncHTTPTransport(verify=_tls(), limits=one)))


@asynccontextmanager
async def open_runtime(service: Service, *, pool_size: int, lanes: dict[str, str]) -> AsyncIterator[Runtime]:
    """The runtime of ``service``; closes everything at the end. Connections are made when first used."""
    settings = platform_settings()
    asked_with = settings.redis_sentinel_password
    publisher = Publisher(settings.queue_address, lanes, asked_with)
    redis = redis_of(settings.redis_address, asked_with, seconds=1, decode_responses=True)
    database = Database(
        settings.database_of(service),
        pool_size=pool_size,
        checkout_seconds=settings.checkout_seconds,
        publish=publisher.publish,
        cache=partial(_keep, redis),
        name=writer_name(settings),
    )
    replica = _replica_of(service, database, redis, pool_size) if settings.database_replica_url else None
    http = _client()
    try:
        yield Runtime(
            service,
            settings,
            database,
            redis,
            http,
            Storage(settings.storage_url, settings.storage_options),
            field_cipher(),
            publisher,
            replica,
        )
    finally:
        await http.aclose()
        await redis.aclose()
        await database.close()
        if replica is not None:
            await replica.database.close()
        publisher.close()


def _replica_of(service: Service, primary: Database, redis: "Redis", pool_size: int) -> Replica:
    settings = platform_settings()
    copy = Database(
        settings.replica_of(service),
        pool_size=pool_size,
        checkout_seconds=settings.checkout_seconds,
        publish=lambda _tasks: None,
        name=writer_name(settings),
    )
    return Replica(primary, copy, redis, service, settings.database_replica_lag)


async def _keep(redis: "Redis", cached: Mapping[str, Cached]) -> None:
    try:
        for key, entry in cached.items():
            await (redis.set(key, entry[0], ex=entry[1]) if entry else redis.delete(key))
    except (RedisError, OSError):
        log.warning("cache_not_told", keys=len(cached))
