"""The moment of a backup. Each service has a database of its own, and no transaction spans two of them; so each is held at a moment of its
own, and these fit when every event that one service has acted on is in the log of the other. What was not yet read is read after the
restore, from the bookmark on. Held by PostgreSQL's exported snapshots; nobody waits for a backup, and it waits for nobody.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psycopg

from shared.events.subscriptions import producers_for
from shared.services import Service

_TRIES, _PAUSE_SECONDS = 50, 0.2
Place = tuple[int, int]
Connection = psycopg.Connection[tuple[object, ...]]
_MISSING = "试了 {tries} 次也没有取得各服务互相一致的时刻，请稍后再试 · no moment was found at which the services fit each other"


@dataclass(frozen=True)
class Held:
    """One database at its moment: ``snapshot`` is good for as long as the connection is open."""

    snapshot: str
    schema_version: str
    events: int
    bookmarks: dict[str, Place]


@contextmanager
def held(urls: Mapping[Service, str]) -> Iterator[dict[Service, Held]]:
    """All databases (libpq's addresses) at moments that fit each other, for as long as the block runs. Raises SystemExit, with words, when
    none are found; psycopg's errors when a server is away."""
    for _ in range(_TRIES):
        with ExitStack() as stack:
            connections = {each: stack.enter_context(_hold(url)) for each, url in urls.items()}
            moments = {each: _read(connection) for each, connection in connections.items()}
            if all(_fits(moments[each], each, connections) for each in urls):
                yield moments
                return
        time.sleep(_PAUSE_SECONDS)
    raise SystemExit(_MISSING.format(tries=_TRIES))


@contextmanager
def _hold(url: str) -> Iterator[Connection]:
    with psycopg.connect(url, connect_timeout=10) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        # A dump takes longer than a request may.
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        yield connection


def _read(connection: Connection) -> Held:
    (snapshot,) = _one(connection, "SELECT pg_export_snapshot()")
    (schema,) = _one(connection, "SELECT version_num FROM alembic_version")
    (events,) = _one(connection, "SELECT count(*) FROM events")
    marks = connection.execute("SELECT producer, transaction, sequence FROM bookmarks").fetchall()
    places = {str(producer): (int(str(xid)), int(str(seq))) for producer, xid, seq in marks}
    return Held(str(snapshot), str(schema), int(str(events)), places)


def _fits(moment: Held, subscriber: Service, connections: Mapping[Service, Connection]) -> bool:
    """Whether the last event that it has read in each log is there, at the moment of that log."""
    return all(
        moment.bookmarks[producer] == (0, 0) or _has(connections[producer], moment.bookmarks[producer])
        for producer in producers_for(subscriber)
        if producer in moment.bookmarks
    )


def _has(log: Connection, place: Place) -> bool:
    asked = "SELECT 1 FROM events WHERE xid = %s::text::xid8 AND seq = %s"
    return log.execute(asked, [str(place[0]), place[1]]).fetchone() is not None


def _one(connection: Connection, statement: str) -> tuple[object, ...]:
    row = connection.execute(statement).fetchone()
    assert row is not None
    return tuple(row)
