"""``python -m ops move ADMIN_URL``: all data of this platform into the databases of another, which are migrated to this release and hold
nothing yet, table by table and on any version of PostgreSQL, so that what was tried with ``make run`` goes on in compose (PLAT-19).
ADMIN_URL is libpq's, of a superuser of the other server. Here nothing changes. What arrived is compared row by row; if a table differs,
nothing is kept.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import psycopg
from psycopg import sql
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from ops.backup import places
from ops.backup.making import admin_urls
from ops.backup.moment import Held, held
from ops.backup.restoring import IN_USE, refuse_data
from shared.services import Service
from shared.settings import platform_settings

Connection = psycopg.Connection[tuple[object, ...]]
_OTHER_SCHEMA = "{service}：两边的版本不同（这里 {here}，那里 {there}），请运行同一版本 · run one release on both sides"
_DIFFERS = "{service}.{table}：带到的数据与原来的不同，什么也没有保留 · what arrived differs; nothing was kept"
_NEXT = """
还有三步 · three more steps:
1. 把密钥放进那里的 .env（{keys}；make run 的在 secrets.json）· put the keys into its .env
2. 把文件 {files} 复制到那里的存储 · copy the files into its store
3. 在那里运行 python -m ops audit，再启动服务 · run the audit there, then start the services"""
_TABLES = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
 WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'
 GROUP BY c.oid, c.relname ORDER BY 1"""
_SEQUENCES = (
    "SELECT schemaname || '.' || quote_ident(sequencename), last_value FROM pg_sequences WHERE last_value IS NOT NULL"
)
# Of all rows whatever their order: sixty bits of each row's digest, added up.
_SUM = sql.SQL("SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0) FROM {} t")


@dataclass(frozen=True)
class Arrived:
    """What came into one database."""

    service: Service
    tables: int
    rows: int


def move(source: Mapping[Service, str], target: Mapping[Service, str]) -> list[Arrived]:
    """From and to libpq's addresses. Raises SystemExit, with words, when the other side holds data or has another schema, and when
    something has not arrived as it was."""
    for url in target.values():
        refuse_data(url)
    with held(source) as moments, ExitStack() as stack:
        readers = {each: stack.enter_context(_reading(source[each], moments[each])) for each in source}
        writers = {each: stack.enter_context(_writing(target[each])) for each in target}
        for service, writer in writers.items():
            _refuse_other_schema(service, moments[service], writer)
        arrived = [_bring(each, readers[each], writers[each]) for each in source]
        # Counted before any log has new numbers.
        read = {each: _read(moments[each], readers) for each in source}
        for service, writer in writers.items():
            places.number_anew(writer)
            places.forget_places(writer)
            for producer, count in read[service].items():
                places.move_bookmark(writer, producer, count)
        return arrived


def _reading(url: str, moment: Held) -> Connection:
    connection = psycopg.connect(url, connect_timeout=10, options="-c timezone=UTC")
    connection.isolation_level, connection.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
    connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(moment.snapshot)))
    return connection


def _writing(url: str) -> Connection:
    """In one transaction, without triggers: what comes was judged where it comes from."""
    connection = psycopg.connect(url, connect_timeout=10, options="-c timezone=UTC -c lock_timeout=10s")
    connection.execute("SET LOCAL session_replication_role = replica")
    return connection


def _refuse_other_schema(service: Service, moment: Held, writer: Connection) -> None:
    there = writer.execute("SELECT version_num FROM alembic_version").fetchone()
    if there != (moment.schema_version,):
        shown = there[0] if there else ""
        raise SystemExit(_OTHER_SCHEMA.format(service=service, here=moment.schema_version, there=shown))


def _bring(service: Service, reader: Connection, writer: Connection) -> Arrived:
    tables = [(str(name), [str(each) for each in _listed(columns)]) for name, columns in reader.execute(_TABLES)]
    _empty(service, writer, [name for name, _ in tables])
    rows = 0
    for name, columns in tables:
        _copy(reader, writer, name, columns)
        sums = [each.execute(_SUM.format(sql.Identifier(name))).fetchone() for each in (reader, writer)]
        if sums[0] is None or sums[0] != sums[1]:
            raise SystemExit(_DIFFERS.format(service=service, table=name))
        rows += int(str(sums[0][0]))
    # Numbers go on where they were: a sequence stands outside of every snapshot, and at worst skips some.
    for sequence, last in reader.execute(_SEQUENCES):
        writer.execute("SELECT setval(%s::regclass, %s)", [sequence, last])
    return Arrived(service, len(tables), rows)


def _empty(service: Service, writer: Connection, tables: Sequence[str]) -> None:
    """What the migrations and an idle platform have written goes."""
    try:
        writer.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, tables))))
    except psycopg.errors.LockNotAvailable as error:
        raise SystemExit(IN_USE.format(name=service)) from error


def _listed(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def _copy(reader: Connection, writer: Connection, table: str, columns: Sequence[str]) -> None:
    named = sql.SQL("COPY {} ({})").format(sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)))
    out, into = named + sql.SQL(" TO STDOUT"), named + sql.SQL(" FROM STDIN")
    with reader.cursor().copy(out) as given, writer.cursor().copy(into) as taken:
        for piece in given:
            taken.write(piece)


def _read(moment: Held, logs: Mapping[Service, Connection]) -> dict[str, int]:
    """By producer, how many events of its log this service had read."""
    return {
        producer: places.how_many_read(logs[Service(producer)], place) for producer, place in moment.bookmarks.items()
    }


def lines_of(arrived: Sequence[Arrived]) -> Iterator[str]:
    for each in arrived:
        yield f"{each.service}: {each.tables} 张表、{each.rows} 行，逐行核对一致 · {each.tables} tables, {each.rows} rows, all the same"


async def run(words: Sequence[str]) -> int:
    """The exit code, 0; whatever is refused ends it with words."""
    parser = argparse.ArgumentParser(prog="python -m ops move", description=__doc__)
    parser.add_argument("admin_url", metavar="ADMIN_URL", help="the password may be left to PGPASSWORD")
    asked, settings = parser.parse_args(words), platform_settings()
    try:
        admin = make_url(asked.admin_url)
    except ArgumentError:
        parser.error(
            f"{asked.admin_url!r} 不是数据库地址，应如 postgresql://postgres@host:5432/postgres · is no address of a server"
        )
    source = admin_urls(settings)
    target = {
        each: admin.set(database=make_url(url).database).render_as_string(hide_password=False)
        for each, url in source.items()
    }
    print("\n".join(lines_of(move(source, target))))
    keys = "、".join(("PLATFORM_FIELD_KEYS", "PLATFORM_BLIND_INDEX_KEY", "PLATFORM_SIGNING_KEY"))
    print(_NEXT.format(keys=keys, files=settings.storage_url))
    return 0
