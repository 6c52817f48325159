"""What a history says goes after its legal time; that something was done, when and to which record stays, and is checked as before. Nothing
younger is ever emptied, whoever asks, and what is left of an emptied row cannot be changed unseen (PLAT-04, PLAT-19).
"""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from pydantic import ValidationError
from sqlalchemy import null, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from ops.up.servers import Servers
from shared.clock import now_utc
from shared.db.digests import DigestKey, broken_digests, broken_records, close_day, settled_id
from shared.db.emptied import EMPTYINGS, empty
from shared.db.history import RecordType, history_of
from shared.db.session import Database
from shared.identifiers import new_id
from shared.identity import SYSTEM
from shared.services import Service
from shared.settings import PlatformSettings, platform_settings
from shared.tasks.histories import history_rules
from shared.tasks.retention import keep_rules, list_retentions
from shared.web.histories import NOBODY, history_entries
from tests.shared.ledger import KEY, SERVICE, a_row, at_noon, behind_the_back, days_ago, new_ledger

pytestmark = pytest.mark.req("PLAT-04", "PLAT-19")
YEARS_11, YEARS_9, YEAR = 11 * 366, 9 * 365, 365
NOTE = RecordType("note")
RESTED, CHANGED = new_id(), new_id()


async def write(session: AsyncSession, record: UUID, days: int, *, look: bool = False) -> None:
    row = a_row(record, at_noon(days_ago(days)))
    row.reason, row.before, row.after, row.address = "更正", {"name": "旧"}, {"name": "新"}, "10.1.2.3"
    if look:
        row.position, row.action = null(), "view_full"
    session.add(row)
    await session.flush()


@pytest.fixture(scope="session")
async def own(platform: Servers) -> AsyncIterator[Database]:
    database = new_ledger(platform, "emptied_histories")
    yield database
    await database.close()


@pytest.fixture
async def ledger(own: Database) -> Database:
    """One record at rest for eleven years, one changed again since, looks at both; the days of the old rows are signed, in their order."""
    async with own.unit_of_work() as session:
        await behind_the_back(session, "TRUNCATE history, history_digests, retentions")
        for record, days in ((RESTED, YEARS_11), (CHANGED, YEARS_11), (RESTED, YEARS_11 - 1)):
            await write(session, record, days)
        await write(session, RESTED, YEARS_11, look=True)
        await sign(session, YEARS_11 - 1)
        await write(session, CHANGED, YEARS_9)
        await write(session, CHANGED, YEAR, look=True)
        await sign(session, YEAR - 1)
        await write(session, CHANGED, 2, look=True)
    return own


async def sign(session: AsyncSession, days: int) -> None:
    """As though the day had been closed then; what it signs is no matter here."""
    columns = "version, day, rows, last_history_id, digest, signature"
    made = f"INSERT INTO history_digests ({columns}) SELECT 2, :day, 0, max(id), '', '' FROM history"
    await session.execute(text(made), {"day": days_ago(days)})


async def empty_all(database: Database, settings: PlatformSettings | None = None) -> dict[str, int]:
    return await keep_rules(database, SERVICE, history_rules(SERVICE, settings or platform_settings()))


async def broken(database: Database) -> list[str]:
    async with database.unit_of_work() as session:
        return await broken_records(session)


async def test_what_is_due_goes_and_the_chain_holds(ledger: Database) -> None:
    assert await empty_all(ledger) == {"looks": 1, "histories": 2}
    assert await empty_all(ledger) == {"looks": 0, "histories": 0}
    assert await broken(ledger) == []
    async with ledger.unit_of_work() as session:
        rows = await history_of(session, NOTE, RESTED)
        assert [(row.position, row.action) for row in rows] == [(1, "update"), (None, "view_full"), (2, "update")]
        said = {(row.before is None, row.after is None, row.reason, row.actor_name, row.address) for row in rows}
        assert said == {(True, True, None, "", "")}
        assert [row.emptied_by for row in await history_of(session, NOTE, CHANGED)] == [None] * 4
        assert {row.what: row.gone for row in await list_retentions(session)} == {"looks": 1, "histories": 2}


async def test_an_emptied_record_goes_on(ledger: Database) -> None:
    await empty_all(ledger)
    async with ledger.unit_of_work() as session:
        await write(session, RESTED, 0)
    assert await broken(ledger) == []


async def test_signed_days_hold(own: Database) -> None:
    """A day's digest is over the rows' own digests, of which none becomes another one."""
    keys = DigestKey.read_all(KEY)
    async with own.unit_of_work() as session:
        await behind_the_back(session, "TRUNCATE history, history_digests")
        await write(session, RESTED, YEAR, look=True)
    async with own.unit_of_work() as session:
        settled = await settled_id(session)
        await close_day(session, service=SERVICE, day=days_ago(YEAR), settled=settled, key=keys[0])
    assert (await empty_all(own))["looks"] == 0
    assert (await empty_all(own, platform_settings().model_copy(update={"looks_kept_days": 200})))["looks"] == 1
    async with own.unit_of_work() as session:
        lines = broken_digests(session, service=SERVICE, keys=keys, now=at_noon(days_ago(YEAR - 1)))
        assert [line async for line in lines] == []
    assert await broken(own) == []


async def test_pages_say_so_in_words(ledger: Database) -> None:
    await empty_all(ledger)
    async with ledger.unit_of_work() as session:
        shown = history_entries(await history_of(session, NOTE, RESTED), SYSTEM, NOTE)
    assert {(each.actor_name, each.changes[0].after) for each in shown} == {
        (NOBODY, "保存期限已满，当时的内容、理由和姓名已按规定清除，时间和操作保留")
    }


@pytest.mark.parametrize(("looks", "old_enough"), [(True, 2), (False, 3)])
async def test_the_database_empties_nothing_before_the_least_time(
    ledger: Database, *, looks: bool, old_enough: int
) -> None:
    """Whatever is asked of it: the newest look is two days old, the newest change nine years."""
    async with ledger.unit_of_work() as session:
        assert await empty(session, looks=looks, till=now_utc(), most=100) == old_enough
        await session.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET before = NULL WHERE position = 1",
        "UPDATE history SET emptied_by = 1, content = history_content(history) WHERE position = 1",
        "UPDATE history SET emptied_by = 1, content = '', before = NULL, after = NULL, reason = NULL, actor_name = '', address = ''"
        " WHERE position = 1",
        "UPDATE history h SET emptied_by = 1, content = history_content(h), before = NULL, after = NULL, reason = NULL, actor_name = '',"
        " address = '' WHERE at > now() - interval '3 days'",
        "DELETE FROM history WHERE position = 1",
    ],
)
async def test_nothing_but_a_whole_emptying_of_what_is_old_gets_through(ledger: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        async with ledger.unit_of_work() as session:
            await session.execute(text(statement))


YOUNG = f"""
WITH told AS (INSERT INTO history (record_type, record_id, action, actor_id, actor_name, address, correlation_id, after)
  VALUES ('{EMPTYINGS}', '{new_id()}', 'empty', '{SYSTEM.account_id}', '', '', '', '{{}}') RETURNING id)
UPDATE history h SET emptied_by = told.id, content = history_content(h), before = NULL, after = NULL, reason = NULL, actor_name = '',
  address = '' FROM told WHERE h.record_id = '{CHANGED}' AND h.at > now() - interval '10 years' AND position IS NOT NULL"""
TELLS_OF_IT = f"""
UPDATE history told SET after = jsonb_build_object('digest', (SELECT encode(sha256(string_agg(history_content(h) || h.digest || h.content,
  ''::bytea ORDER BY h.id)), 'hex') FROM history h WHERE h.emptied_by = told.id)) WHERE record_type = '{EMPTYINGS}'"""
SEALED = f"""
UPDATE history SET digest = sha256(''::bytea || history_content(history)) WHERE record_type = '{EMPTYINGS}' AND position = 1"""


@pytest.mark.parametrize(
    "statements",
    [
        ["UPDATE history SET action = 'x' WHERE emptied_by IS NOT NULL AND position = 2"],
        ["UPDATE history SET at = at + interval '1 day' WHERE emptied_by IS NOT NULL AND position = 2"],
        ["UPDATE history SET actor_name = '某人' WHERE emptied_by IS NOT NULL AND position IS NULL"],
        ["UPDATE history SET content = '' WHERE emptied_by IS NOT NULL AND position = 1"],
        ["UPDATE history SET emptied_by = 999999 WHERE emptied_by IS NOT NULL AND position = 1"],
        [f"DELETE FROM history WHERE record_type = '{EMPTYINGS}' AND position = 2"],
        [YOUNG, TELLS_OF_IT, SEALED],
    ],
    ids=[
        "another action",
        "another time",
        "a name put in",
        "its digest",
        "another emptying",
        "nobody tells",
        "too young",
    ],
)
async def test_what_is_left_cannot_be_changed_unseen(ledger: Database, statements: list[str]) -> None:
    if YOUNG not in statements:
        await empty_all(ledger)
    async with ledger.unit_of_work() as session:
        await behind_the_back(session, *statements)
        assert await broken_records(session)
        await session.rollback()
    assert await broken(ledger) == []


async def test_the_administration_finds_the_emptying(ledger: Database) -> None:
    await empty_all(ledger)
    async with ledger.unit_of_work() as session:
        rows = await history_of(session, RecordType(EMPTYINGS), SYSTEM.account_id)
    assert [row.after and row.after["rows"] for row in rows] == [1, 2]


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize(("service", "setting"), [(Service.AUTH, "account_histories"), (Service.TRAINING, "histories")])
def test_accounts_and_records_have_times_of_their_own(service: Service, setting: str) -> None:
    days = {"account_histories_kept_days": 4000, "histories_kept_days": 5000}
    settings = platform_settings().model_copy(update=days)
    _, changes = history_rules(service, settings)
    assert changes.setting == f"PLATFORM_{setting.upper()}_KEPT_DAYS"
    assert changes.days() == days[f"{setting}_kept_days"]


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize(("days", "name"), [(179, "LOOKS"), (3649, "HISTORIES"), (3649, "ACCOUNT_HISTORIES")])
def test_less_than_the_least_time_cannot_be_set(monkeypatch: pytest.MonkeyPatch, days: int, name: str) -> None:
    monkeypatch.setenv(f"PLATFORM_{name}_KEPT_DAYS", str(days))
    with pytest.raises(ValidationError, match=f"不少于 {days + 1} 天"):
        PlatformSettings()
    monkeypatch.setenv(f"PLATFORM_{name}_KEPT_DAYS", "0")
    PlatformSettings()
