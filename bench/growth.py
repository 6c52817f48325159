"""What grows with what: rows, bytes, events, messages and files that a unit's year of training leaves (the main job: 12 people, 10 of them
registered, placed and certified), what one declaration takes, and what a signed-in account holds in Redis. Bytes are
those of the rows; what their indexes take beside them is a figure of its own.
"""

import asyncio
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from bench.events import adopt_environment
from bench.figure import Figure
from ops.journey.run import open_play, play_steps
from ops.journey.steps import STEPS
from shared.identifiers import new_id
from shared.runtime import open_runtime
from shared.services import Service
from shared.settings import platform_settings
from shared.web.callers import SessionState, cache_key, token_hash
from tests.conftest import make_actor
from tests.stack import Stack, running_stack

PLAYS, SESSIONS = 3, 2000
# A row's head and its entry in the page.
_ROW_BYTES = 28
# What comes with a release and not with use.
_SHIPPED = {"regions", "hazard_factors", "industries", "alembic_version"}
_COUNTED = {"events": "events", "history": "history", "deliveries": "deliveries", "messages": "messages"}


@dataclass(frozen=True)
class Held:
    """``rows`` and ``bytes`` by table, all services together; ``files`` in bytes."""

    rows: Mapping[str, int]
    bytes: Mapping[str, int]
    files: int


def figures() -> Iterator[Figure]:
    """Means over ``PLAYS``, after a first that makes what is made once."""
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder) / "var") as stack:
        adopt_environment(stack)
        yield from _declarations()
        asyncio.run(_play(stack))
        before = _held(stack)
        for _ in range(PLAYS):
            asyncio.run(_play(stack))
        yield from _grown(before, _held(stack))
        yield Figure("growth_indexes_to_rows", _index_share(), "x")
        yield Figure("growth_connections", _connections(), "connections")
        yield Figure("growth_redis_bytes_a_session", asyncio.run(_session_bytes()), "B")


async def _play(stack: Stack) -> None:
    async with open_play(stack.base_url) as play:
        await play_steps(play, STEPS, lambda _line: None)


def _grown(before: Held, after: Held) -> Iterator[Figure]:
    def a_play(kind: str) -> float:
        old, new = getattr(before, kind), getattr(after, kind)
        return float(sum(new[table] - old.get(table, 0) for table in new)) / PLAYS

    yield Figure("growth_rows_a_unit", a_play("rows"), "rows")
    yield Figure("growth_row_kb_a_unit", a_play("bytes") / 1024, "kB")
    for name, table in _COUNTED.items():
        each = (after.rows[table] - before.rows.get(table, 0)) / PLAYS
        size = (after.bytes[table] - before.bytes.get(table, 0)) / PLAYS
        yield Figure(f"growth_{name}_a_unit", each, "rows")
        yield Figure(f"growth_{name}_bytes_each", size / max(each, 1), "B")
    yield Figure("growth_file_kb_a_unit", (after.files - before.files) / PLAYS / 1024, "kB")


def _connect(service: Service) -> "psycopg.Connection[tuple[int, ...]]":
    return psycopg.connect(platform_settings().database_of(service).replace("+psycopg", ""))


def _held(stack: Stack) -> Held:
    rows: dict[str, int] = {}
    size: dict[str, int] = {}
    for service in Service:
        with _connect(service) as connection:
            tables = connection.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
            for name in (str(row[0]) for row in tables.fetchall() if str(row[0]) not in _SHIPPED):
                asked = sql.SQL("SELECT count(*), coalesce(sum(pg_column_size(t.*)), 0)::bigint FROM {} t")
                count, held = connection.execute(asked.format(sql.Identifier(name))).fetchall()[0]
                rows[name] = rows.get(name, 0) + count
                size[name] = size.get(name, 0) + held + _ROW_BYTES * count
    files = sum(path.stat().st_size for path in (stack.var / "files").rglob("*") if path.is_file())
    return Held(rows, size, files)


def _declarations() -> Iterator[Figure]:
    """Of the demo's, in all tables of the service that grow with them."""
    with _connect(Service.DECLARATION) as connection:
        ((count,),) = connection.execute("SELECT count(*) FROM declarations").fetchall()
        tables = [str(row[0]) for row in connection.execute("SELECT relname FROM pg_stat_user_tables").fetchall()]
        grows = [name for name in tables if name not in _SHIPPED and not name.startswith(("figure_", "events"))]
        size = 0
        for name in grows:
            asked = sql.SQL("SELECT coalesce(sum(pg_column_size(t.*) + {}), 0)::bigint FROM {} t")
            ((held,),) = connection.execute(asked.format(sql.Literal(_ROW_BYTES), sql.Identifier(name))).fetchall()
            size += held
    yield Figure("growth_row_kb_a_declaration", size / max(count, 1) / 1024, "kB")


def _index_share() -> float:
    """How much indexes take beside rows, in tables of more than a few pages."""
    asked = (
        "SELECT coalesce(sum(pg_indexes_size(oid)), 0)::bigint, coalesce(sum(pg_relation_size(oid)), 0)::bigint FROM pg_class"
        " WHERE relkind = 'r' AND pg_relation_size(oid) > 65536 AND relname <> ALL(%s) AND relnamespace = 'public'::regnamespace"
    )
    indexes = rows = 0
    for service in Service:
        with _connect(service) as connection:
            ((more, held),) = connection.execute(asked, (sorted(_SHIPPED),)).fetchall()
        indexes, rows = indexes + more, rows + held
    return indexes / max(rows, 1)


def _connections() -> float:
    with _connect(Service.AUTH) as connection:
        ((found,),) = connection.execute("SELECT sum(numbackends)::int FROM pg_stat_database").fetchall()
    return float(found - 1)


async def _session_bytes() -> float:
    """What an account that is signed in holds in Redis."""
    async with open_runtime(Service.AUTH, pool_size=1, lanes={}) as runtime:
        before = int((await runtime.redis.info("memory"))["used_memory"])
        for _ in range(SESSIONS):
            state = SessionState(actor=make_actor()).model_dump_json()
            await runtime.redis.set(cache_key(token_hash(new_id().hex + os.urandom(8).hex())), state, ex=600)
        after = int((await runtime.redis.info("memory"))["used_memory"])
    return (after - before) / SESSIONS
