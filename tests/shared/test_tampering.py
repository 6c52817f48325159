"""Whatever is done to a history behind the platform's back is found (PLAT-04): any change of any column of any row, rows taken out, put in
or exchanged; in rows and digests of the first version, sealed anew by the migration, as well as in those written since, and in views; and
also when whoever did it knows how the rows' own digests are made.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import product

import pytest
from alembic import command
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, DateTime, LargeBinary, Uuid, null, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.psycopg import dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from ops.up.servers import Servers
from shared.clock import now_utc
from shared.db.digests import DigestKey, HistoryDigest, broken_digests, broken_records
from shared.db.history import History
from shared.db.migrations import config_for
from shared.db.session import Database
from shared.identifiers import new_id
from tests.length import at_length
from tests.shared.ledger import KEY, SERVICE, a_row, at_noon, behind_the_back, close, days_ago, new_ledger

pytestmark = pytest.mark.req("PLAT-04")
# The revision before the second version.
BEFORE = "0005"
RECORDS = [new_id() for _ in range(3)]
CONTENTS: list[tuple[str | None, str | None, str | None]] = [
    (None, None, "{}"),
    ("", "{}", None),
    ("a", '{"a": null}', "null"),
    (None, "null", '{"a": "a"}'),
]
COLUMNS = list(History.__table__.columns)
TEXTS = st.one_of(
    st.sampled_from(["", "a", "a|", "|a", "null", "{}", "note", "update", "系统"]), st.text('a|\\"汉', max_size=3)
)
DRAWN: dict[type, st.SearchStrategy[str]] = {
    BigInteger: st.integers(-5, 99).map(str),
    DateTime: st.sampled_from(["infinity", "-infinity", "2026-01-02 BC", "2026-01-02"]) | st.dates().map(str),
    JSONB: st.sampled_from(["null", "{}", "[]", '{"a": ""}', '{"a": null}', '"a"', "1", "1.0"]),
    LargeBinary: st.binary(max_size=2).map(lambda data: f"\\x{data.hex()}"),
    Uuid: st.uuids().map(str) | st.sampled_from([str(each) for each in RECORDS]),
}
NEIGHBOURS = [
    ("reason", "actor_name"),
    ("address", "reason"),
    ("before", "after"),
    ("action", "record_type"),
    ("address", "correlation_id"),
]
_KEPT = "actor_id, actor_name, address, correlation_id, at, position, record_type, record_id"
WHOLE_ROWS = {
    "taken out": "DELETE FROM history WHERE id = :row",
    "put in": f"INSERT INTO history (id, action, {_KEPT}, digest, digest_v1)"
    f" SELECT -:other, action || 'x', {_KEPT.replace('position', 'position + 100')}, digest, digest_v1 FROM history WHERE id = :row",
    "exchanged": "UPDATE history h SET (at, action, reason, before, after, digest, digest_v1) ="
    " (SELECT at, action, reason, before, after, digest, digest_v1 FROM history o WHERE o.id IN (:row, :other) AND o.id <> h.id)"
    " WHERE h.id IN (:row, :other)",
}
# What somebody does who may write everything, and knows how rows are sealed.
SEAL_ANEW = """
DO $$ DECLARE this history; last history; BEGIN
  FOR this IN SELECT * FROM history ORDER BY record_type, record_id, position, id LOOP
    IF this.position IS NULL OR (this.record_type, this.record_id) IS DISTINCT FROM (last.record_type, last.record_id)
    THEN last.digest := ''; END IF;
    this.digest := sha256(last.digest || history_content(this));
    UPDATE history SET digest = this.digest WHERE id = this.id;
    last := this;
  END LOOP; END $$"""
_WRITE = text(
    "INSERT INTO history (record_type, record_id, at, action, actor_id, actor_name, address, reason, before, after, correlation_id)"
    " VALUES ('note', :record, :at, 'update', :record, 'a', '', :reason, CAST(:before AS jsonb), CAST(:after AS jsonb), '')"
)
_CLOSE_V1 = text(
    "INSERT INTO history_digests (day, rows, last_history_id, digest, signature)"
    " SELECT :day, count(*), max(id), sha256(string_agg(int8send(id) || digest, ''::bytea ORDER BY id)), ''::bytea FROM history"
    " RETURNING rows, last_history_id, digest"
)


async def write_on(database: Database, days: int) -> None:
    async with database.unit_of_work() as session:
        for number, (record, (reason, before, after)) in enumerate(product(RECORDS[: 4 - days], CONTENTS)):
            at = at_noon(days_ago(days)) + timedelta(minutes=number)
            told = {"record": record, "reason": reason, "before": before, "after": after, "at": at}
            await session.execute(_WRITE, told)


async def close_as_version_1(database: Database, days: int) -> None:
    async with database.unit_of_work() as session:
        rows, last, digest = (await session.execute(_CLOSE_V1, {"day": days_ago(days)})).one()
        told = f"{SERVICE}|{days_ago(days).isoformat()}|{rows}|{last}|{digest.hex()}"
        signature = DigestKey.read_all(KEY)[0].sign(told.encode()).hex()
        await behind_the_back(session, rf"UPDATE history_digests SET signature = '\x{signature}'")


@pytest.fixture(scope="session")
async def ledger(platform: Servers) -> AsyncIterator[Database]:
    """A record of the first version with the signed digest of its day; after the migration more rows of it, rows of others and views, on
    two closed days."""
    database = new_ledger(platform, "tampered", BEFORE)
    await write_on(database, 3)
    await close_as_version_1(database, 3)
    command.upgrade(config_for(SERVICE, platform.database_url("tampered")), "head")
    for days in (2, 1):
        await write_on(database, days)
        async with database.unit_of_work() as session:
            for number, record in enumerate((*RECORDS, new_id())):
                view = a_row(record, at_noon(days_ago(days)) + timedelta(seconds=number))
                view.position, view.action = null(), "view_full"
                session.add(view)
    await close(database)
    yield database
    await database.close()


async def found(session: AsyncSession) -> list[str]:
    keys = DigestKey.read_all(KEY)
    lines = broken_digests(session, service=SERVICE, keys=keys, now=now_utc())
    return [*await broken_records(session), *[line async for line in lines]]


async def a_row_of(session: AsyncSession, data: st.DataObject) -> int:
    return data.draw(st.sampled_from((await session.scalars(select(History.id).order_by(History.id))).all()))


async def lines_after(
    database: Database, statement: str, values: dict[str, object], *, sealed_anew: bool
) -> list[str] | None:
    """What is found; nothing of it stays. None for what the database itself refuses, and for what changes nothing."""
    async with database.unit_of_work() as session:
        try:
            await session.execute(text("ALTER TABLE history DISABLE TRIGGER USER"))
            if not (await session.execute(text(f"{statement} RETURNING id"), values)).all():
                return None
            if sealed_anew:
                await session.execute(text(SEAL_ANEW))
            return await found(session)
        except DBAPIError:
            return None
        finally:
            await session.rollback()


async def is_found(database: Database, statement: str, values: dict[str, object], *, sealed_anew: bool) -> bool:
    lines = await lines_after(database, statement, values, sealed_anew=sealed_anew)
    assume(lines is not None)
    return bool(lines)


_DIALECT = dialect()  # type: ignore[no-untyped-call]
MANY = settings(max_examples=at_length(30, 1000), deadline=None)
KNOWING = st.booleans()


class TestWhateverIsDone:
    async def test_untouched_it_is_whole(self, ledger: Database) -> None:
        async with ledger.unit_of_work() as session:
            assert await found(session) == []
            versions = (await session.scalars(select(HistoryDigest.version).order_by(HistoryDigest.version))).all()
        assert versions == [1, 2, 2, 2]

    @MANY
    @given(data=st.data(), column=st.sampled_from(COLUMNS), knowing=KNOWING)
    async def test_another_value_in_any_column(
        self, ledger: Database, data: st.DataObject, column: Column[object], knowing: bool
    ) -> None:
        async with ledger.unit_of_work() as session:
            row = await a_row_of(session, data)
        kind = next((DRAWN[kind] for kind in DRAWN if isinstance(column.type, kind)), TEXTS)
        value = data.draw(kind | st.none() if column.nullable else kind)
        new = f"CAST(CAST(:value AS text) AS {column.type.compile(_DIALECT)})"
        statement = f"UPDATE history SET {column.name} = {new} WHERE id = :row AND {column.name} IS DISTINCT FROM {new}"
        sealed_anew = knowing and column.name != "digest"
        assert await is_found(ledger, statement, {"row": row, "value": value}, sealed_anew=sealed_anew)

    @MANY
    @given(data=st.data(), pair=st.sampled_from(NEIGHBOURS), knowing=KNOWING)
    async def test_values_exchanged_between_columns(
        self, ledger: Database, data: st.DataObject, pair: tuple[str, str], knowing: bool
    ) -> None:
        async with ledger.unit_of_work() as session:
            row = await a_row_of(session, data)
        one, other = pair
        statement = (
            f"UPDATE history SET {one} = {other}, {other} = {one} WHERE id = :row AND {one} IS DISTINCT FROM {other}"
        )
        assert await is_found(ledger, statement, {"row": row}, sealed_anew=knowing)

    @MANY
    @given(
        data=st.data(),
        statement=st.sampled_from(["taken out", "put in", "exchanged"]).map(WHOLE_ROWS.get),
        knowing=KNOWING,
    )
    async def test_whole_rows(self, ledger: Database, data: st.DataObject, statement: str, knowing: bool) -> None:
        async with ledger.unit_of_work() as session:
            row, other = await a_row_of(session, data), await a_row_of(session, data)
        assume(row != other)
        assert await is_found(ledger, statement, {"row": row, "other": other}, sealed_anew=knowing)

    async def test_a_row_cannot_ask_for_the_weaker_digest(self, ledger: Database) -> None:
        """The first row after the migration, with the digest that it would have had before."""
        back = """
UPDATE history h SET digest_v1 = sha256((SELECT digest_v1 FROM history b WHERE (b.record_id, b.position) = (h.record_id, h.position - 1))
  || history_content_v1(h)) WHERE position = 5 AND record_id = :record"""
        assert await lines_after(ledger, back, {"record": RECORDS[0]}, sealed_anew=False)
        assert await lines_after(ledger, back, {"record": RECORDS[0]}, sealed_anew=True)

    @pytest.mark.parametrize("table", ["history", "history_digests"])
    async def test_no_table_is_emptied(self, ledger: Database, table: str) -> None:
        with pytest.raises(DBAPIError, match="append-only"):
            async with ledger.unit_of_work() as session:
                await session.execute(text(f"TRUNCATE {table}"))

    async def test_no_digest_of_the_first_version_goes(self, ledger: Database) -> None:
        async with ledger.unit_of_work() as session:
            await behind_the_back(session, "DELETE FROM history_digests WHERE version = 1")
            lines = await found(session)
            await session.rollback()
        assert lines == [f"digest of {days_ago(3)}: history changed, 4 rows signed, 4 found"]
