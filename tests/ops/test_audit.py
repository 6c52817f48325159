"""What an operator is told of the histories: one line a service, one for each broken place, and an exit code for the timer that asks."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from ops.audit import report
from ops.up.servers import Servers
from services.certificates.main import app as certificates_app
from shared.clock import now_utc
from shared.db.digests import HistoryDigest, close_days
from shared.db.session import Database
from shared.housekeeping import tidy_up
from shared.identifiers import new_id
from shared.settings import PlatformSettings, platform_settings
from tests.shared.ledger import SERVICE, behind_the_back, days_ago, new_ledger, write

pytestmark = pytest.mark.req("PLAT-04")


@pytest.fixture(scope="session")
async def own_database(platform: Servers) -> AsyncIterator[Database]:
    database = new_ledger(platform, "audited")
    yield database
    await database.close()


@pytest.fixture
async def database(own_database: Database) -> Database:
    async with own_database.unit_of_work() as session:
        await behind_the_back(session, "TRUNCATE history, history_digests RESTART IDENTITY")
    return own_database


@pytest.fixture
def settings(own_database: Database) -> PlatformSettings:
    url = own_database.engine.url.render_as_string(hide_password=False)
    return platform_settings().model_copy(update={"database_url": url})


async def audited(settings: PlatformSettings, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    capsys.readouterr()
    code = await report([SERVICE], settings)
    return code, capsys.readouterr().out.splitlines()


async def sign(database: Database, settings: PlatformSettings) -> None:
    await close_days(database, service=SERVICE, signing_key=settings.signing_key, now=now_utc())


class TestReport:
    async def test_a_whole_history_is_one_line_with_the_digest_to_keep(
        self, database: Database, settings: PlatformSettings, capsys: pytest.CaptureFixture[str]
    ) -> None:
        await write(database, days_ago(1), new_id())
        await sign(database, settings)
        async with database.unit_of_work() as session:
            last = (await session.scalars(select(HistoryDigest))).one()
        code, lines = await audited(settings, capsys)
        assert (code, lines) == (0, [f"{SERVICE}: whole; last digest {last.day} {last.digest.hex()}"])

    async def test_each_broken_place_is_a_line_and_the_exit_code_is_one(
        self, database: Database, settings: PlatformSettings, capsys: pytest.CaptureFixture[str]
    ) -> None:
        record = new_id()
        await write(database, days_ago(2), record, record, record)
        await sign(database, settings)
        async with database.unit_of_work() as session:
            await behind_the_back(
                session, "UPDATE history SET reason = 'x' WHERE id = 2", "DELETE FROM history WHERE id = 3"
            )
        code, lines = await audited(settings, capsys)
        assert code == 1
        assert lines[0].startswith(f"{SERVICE}: BROKEN")
        assert lines[1:] == [
            f"{SERVICE}: record note {record}: history broken at position 2",
            f"{SERVICE}: digest of {days_ago(2)}: history changed, 3 rows signed, 2 found",
        ]
        assert "".join(lines).isascii()


class TestHousekeeping:
    @pytest.mark.req("PLAT-11")
    async def test_it_closes_the_days_that_are_over(self, database: Database, open_app: object) -> None:
        assert callable(open_app)
        runtime = replace(await open_app(certificates_app), database=database)
        await write(database, days_ago(2), new_id())
        await tidy_up(runtime)
        async with database.unit_of_work() as session:
            days = [row.day for row in await session.scalars(select(HistoryDigest).order_by(HistoryDigest.day))]
        assert days == [days_ago(2), days_ago(1)]


class TestCommand:
    async def test_it_looks_at_every_service_and_shows_the_public_key(self, platform: Servers) -> None:
        async def run(*words: str) -> tuple[int | None, str]:
            command = (sys.executable, "-m", "ops.audit", *words)
            process = await asyncio.create_subprocess_exec(*command, env=os.environ, stdout=asyncio.subprocess.PIPE)
            out, _ = await process.communicate()
            return process.returncode, out.decode()

        code, key = await run("--public-key")
        assert (code, len(bytes.fromhex(key.strip()))) == (0, 32)
        assert (await run("--public-key"))[1] == key
        _, lines = await run("certificates")
        assert [line.split(":")[0] for line in lines.splitlines()][:1] == ["certificates"]
