"""Where Redis is, and where the messages between processes go: by one address each, which may name Sentinels or RabbitMQ (ADR 39).

``redis://host:6379/0``, ``rediss://…`` for TLS; ``redis+sentinel://host:26379,host:26379,host:26379/master/0``, where Sentinels say which
Redis is the primary now, ``rediss+sentinel://…`` where Sentinels and Redis speak TLS; ``amqp://user@host:5672/vhost`` for messages alone,
``amqps://…`` for TLS. Over TLS certificate and name of the other side are checked, by ``?ssl_ca_certs=FILE`` or what the machine trusts.
A Redis Cluster is none of these: Celery cannot speak to one.
"""

import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

from celery import Celery
from kombu.connection import Connection
from redis.asyncio import Redis
from redis.asyncio.sentinel import Sentinel

_SENTINEL_PORT: Final = 26379
_SENTINELS: Final = ("redis+sentinel", "rediss+sentinel")
REDIS: Final = ("redis", "rediss", *_SENTINELS)
AMQP: Final = ("amqp", "amqps")
LOOK_SECONDS: Final = 2


@dataclass(frozen=True)
class Sentinels:
    """``hosts`` that know who is primary of ``master``; ``password`` is Redis' own, ``asked_with`` the Sentinels'; ``tls`` are the words
    for TLS to both, none where they speak in clear."""

    hosts: tuple[tuple[str, int], ...]
    master: str
    db: int
    username: str
    password: str
    asked_with: str
    tls: Mapping[str, Any]


def refusal_of(url: str, schemes: Collection[str]) -> str:
    """Why nothing can be reached there; nothing when it is an address of one of these kinds. It quotes no part of it."""
    scheme = url.partition("://")[0]
    if scheme not in schemes:
        return f"应以 {'、'.join(f'{each}://' for each in schemes)} 开头"
    try:
        if scheme in _SENTINELS and not sentinels_of(url).master:
            return f"应为 {scheme}://主机:端口,主机:端口/主库名/0"
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
    return Sentinels(found, master, int(db or 0), unquote(username), unquote(password), asked_with, _tls_of(url))


def _is_watched(url: str) -> bool:
    return url.partition("://")[0] in _SENTINELS


def _tls_of(url: str) -> dict[str, Any]:
    """The words for TLS to Redis, as its client knows them; none for an address in clear. Celery's transport would check no certificate
    unless told."""
    if not url.startswith("rediss"):
        return {}
    return {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True, "ssl_ca_certs": _authorities(url)}


def _authorities(url: str) -> str | None:
    return parse_qs(urlsplit(url).query).get("ssl_ca_certs", [None])[0]


def _tls_of_rabbit(url: str) -> dict[str, Any] | None:
    """The same for RabbitMQ's client, which compares no name unless it is given authorities, and asked for a name."""
    if not url.startswith("amqps:"):
        return None
    trusted = _authorities(url) or ssl.get_default_verify_paths().cafile
    return {"cert_reqs": ssl.CERT_REQUIRED, "ca_certs": trusted, "server_hostname": urlsplit(url).hostname}


def redis_of(url: str, asked_with: str = "", *, seconds: float, **options: Any) -> "Redis":
    """A client; connections are made when first used, and each to who is primary then. ``seconds`` bounds an answer."""
    options |= {"socket_timeout": seconds, "socket_connect_timeout": seconds, "protocol": 2}
    if not _is_watched(url):
        return Redis.from_url(url, **options)
    there = sentinels_of(url, asked_with)
    tls = {"ssl": True, **there.tls} if there.tls else {}
    asked = {"socket_timeout": seconds, "socket_connect_timeout": seconds, "password": there.asked_with or None, **tls}
    options |= {**tls, "db": there.db, "username": there.username or None, "password": there.password or None}
    sentinel = Sentinel(there.hosts, sentinel_kwargs=asked)  # type: ignore[no-untyped-call]
    client: Redis = sentinel.master_for(there.master, **options)
    return client


def celery_of(name: str, url: str, asked_with: str = "", options: Mapping[str, Any] | None = None) -> Celery:
    """A Celery app whose messages go there; ``options`` are the Redis transport's own."""
    if not _is_watched(url):
        app = Celery(name, broker=url.partition("?")[0], set_as_current=False)
        app.conf.broker_use_ssl = _tls_of_rabbit(url) or _tls_of(url) or None
        # What is said of a Redis' sockets RabbitMQ's client would take for arguments of its own.
        app.conf.broker_transport_options = {} if is_amqp(url) else dict(options or {})
        return app
    there = sentinels_of(url, asked_with)
    who = f"{quote(there.username, safe='')}:{quote(there.password, safe='')}@" if there.password else ""
    addresses = ";".join(f"sentinel://{who}{host}:{port}/{there.db}" for host, port in there.hosts)
    app = Celery(name, broker=addresses, set_as_current=False)
    app.conf.broker_use_ssl = dict(there.tls) or None
    tls = {"ssl": True, **there.tls} if there.tls else {}
    app.conf.broker_transport_options = {
        "master_name": there.master,
        "sentinel_kwargs": {"password": there.asked_with or None, "socket_timeout": LOOK_SECONDS, **tls},
        **(options or {}),
    }
    return app


def is_amqp(url: str) -> bool:
    return url.partition("://")[0] in AMQP


def lengths_at(url: str, queues: Collection[str]) -> dict[str, int]:
    """How many messages wait in each queue of a RabbitMQ; one that nobody has made yet has none. Raises OSError."""
    found = {}
    tls = _tls_of_rabbit(url)
    connection = Connection(url.partition("?")[0], connect_timeout=LOOK_SECONDS, ssl=tls or False)  # type: ignore[no-untyped-call]
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
