"""Where Redis is, and where the messages between processes go: by one address each, which may name Sentinels or RabbitMQ (ADR 39).

``redis://host:6379/0``, ``rediss://…`` for TLS; ``redis+sentinel://host:26379,host:26379,host:26379/master/0``, where Sentinels say which
Redis is the primary now; ``amqp://user@host:5672/vhost`` for messages alone. A Redis Cluster is none of these: Celery cannot speak to one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

from celery import Celery
from kombu.connection import Connection
from redis.asyncio import Redis
from redis.asyncio.sentinel import Sentinel

_SENTINEL_PORT: Final = 26379
_SENTINEL: Final = "redis+sentinel"
REDIS: Final = ("redis", "rediss", _SENTINEL)
AMQP: Final = ("amqp", "amqps")
LOOK_SECONDS: Final = 2


@dataclass(frozen=True)
class Sentinels:
    """``hosts`` that know who is primary of ``master``; ``password`` is Redis' own, ``asked_with`` the Sentinels'."""

    hosts: tuple[tuple[str, int], ...]
    master: str
    db: int
    username: str
    password: str
    asked_with: str


def refusal_of(url: str, schemes: Collection[str]) -> str:
    """Why nothing can be reached there; nothing when it is an address of one of these kinds. It quotes no part of it."""
    scheme = url.partition("://")[0]
    if scheme not in schemes:
        return f"应以 {'、'.join(f'{each}://' for each in schemes)} 开头"
    try:
        if scheme == _SENTINEL and not sentinels_of(url).master:
            return "应为 redis+sentinel://主机:端口,主机:端口/主库名/0"
    except ValueError:
        return "主机、端口或库号不正确"
    return ""


def sentinels_of(url: str, asked_with: str = "") -> Sentinels:
    """Raises ValueError."""
    parts = urlsplit(url)
    who, _, where = parts.netloc.rpartition("@")
    username, _, password = who.partition(":")
    master, _, db = parts.path.strip("/").partition("/")
    hosts = [each.rpartition(":") if ":" in each else (each, "", str(_SENTINEL_PORT)) for each in where.split(",")]
    if not all(host for host, _, _ in hosts):
        raise ValueError("a host has no name")
    found = tuple((host, int(port)) for host, _, port in hosts)
    return Sentinels(found, master, int(db or 0), unquote(username), unquote(password), asked_with)


def redis_of(url: str, asked_with: str = "", *, seconds: float, **options: Any) -> "Redis":
    """A client; connections are made when first used, and each to who is primary then. ``seconds`` bounds an answer."""
    options |= {"socket_timeout": seconds, "socket_connect_timeout": seconds, "protocol": 2}
    if not url.startswith(f"{_SENTINEL}:"):
        return Redis.from_url(url, **options)
    there = sentinels_of(url, asked_with)
    asked = {"socket_timeout": seconds, "socket_connect_timeout": seconds, "password": there.asked_with or None}
    options |= {"db": there.db, "username": there.username or None, "password": there.password or None}
    sentinel = Sentinel(there.hosts, sentinel_kwargs=asked)  # type: ignore[no-untyped-call]
    client: Redis = sentinel.master_for(there.master, **options)
    return client


def celery_of(name: str, url: str, asked_with: str = "", options: Mapping[str, Any] | None = None) -> Celery:
    """A Celery app whose messages go there; ``options`` are the Redis transport's own."""
    if not url.startswith(f"{_SENTINEL}:"):
        app = Celery(name, broker=url, set_as_current=False)
        # What is said of a Redis' sockets RabbitMQ's client would take for arguments of its own.
        app.conf.broker_transport_options = {} if is_amqp(url) else dict(options or {})
        return app
    there = sentinels_of(url, asked_with)
    who = f"{quote(there.username, safe='')}:{quote(there.password, safe='')}@" if there.password else ""
    addresses = ";".join(f"sentinel://{who}{host}:{port}/{there.db}" for host, port in there.hosts)
    app = Celery(name, broker=addresses, set_as_current=False)
    app.conf.broker_transport_options = {
        "master_name": there.master,
        "sentinel_kwargs": {"password": there.asked_with or None, "socket_timeout": LOOK_SECONDS},
        **(options or {}),
    }
    return app


def is_amqp(url: str) -> bool:
    return url.partition("://")[0] in AMQP


def lengths_at(url: str, queues: Collection[str]) -> dict[str, int]:
    """How many messages wait in each queue of a RabbitMQ; one that nobody has made yet has none. Raises OSError."""
    found = {}
    connection = Connection(url, connect_timeout=LOOK_SECONDS)  # type: ignore[no-untyped-call]
    try:
        for queue in queues:
            with connection.channel() as channel:  # type: ignore[no-untyped-call]
                try:
                    found[queue] = int(channel.queue_declare(queue, passive=True).message_count)
                except connection.channel_errors:
                    found[queue] = 0
    except connection.connection_errors as error:
        raise ConnectionError(type(error).__name__) from error
    finally:
        connection.release()  # type: ignore[no-untyped-call]
    return found
