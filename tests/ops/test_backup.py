"""A backup is taken while people work, each database at a moment of its own; what is restored on another server goes on where it was:
every event is acted on once, nothing is written over, and without the keys of that time nothing is begun (PLAT-19)."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pyrage
import pytest
from sqlalchemy import select

from ops.audit import audit
from ops.backup import making, manifest, moving, restoring
from ops.backup.making import back_up, drop_old
from ops.backup.moment import held
from ops.backup.moving import move
from ops.backup.restoring import restore
from ops.up.servers import Servers, embedded_servers
from services.notifications.consumers import HANDLERS
from services.notifications.notices.models import Notice
from shared.db.session import Database
from shared.events.alarms import ALARMS
from shared.events.base import Batch, Place
from shared.events.bookmarks import pull
from shared.events.log import EventRow, read_after, record
from shared.services import Service
from shared.settings import PlatformSettings, platform_settings
from tests.migrated import lay_out

pytestmark = pytest.mark.req("PLAT-19", "PLAT-11")
AUTH, DECLARATION, NOTIFICATIONS = Service.AUTH, Service.DECLARATION, Service.NOTIFICATIONS
NEWS = {"check": "parked_event", "label": "搁置的消息", "count": 1, "since": datetime(2026, 1, 1, tzinfo=UTC)}
WRITTEN_BEFORE, WRITTEN_MEANWHILE, UNREAD = 30, 60, 4
# A server that has been used for years counts its transactions far beyond a new one.
YEARS = "DO $$ BEGIN FOR i IN 1..5000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"


class Platform:
    """Servers of its own, and what a command is told of them."""

    def __init__(self, servers: Servers, store: Path) -> None:
        self.admin = servers.database_url("postgres").replace("+psycopg", "", 1)
        self.settings = platform_settings().model_copy(
            update={"database_url": servers.database_url("{service}"), "storage_url": f"file://{store}"}
        )

    @asynccontextmanager
    async def databases(self) -> AsyncIterator[dict[Service, Database]]:
        opened = {
            each: Database(self.settings.database_of(each), pool_size=2, checkout_seconds=5, publish=lambda _: None)
            for each in (AUTH, DECLARATION, NOTIFICATIONS)
        }
        try:
            yield opened
        finally:
            for database in opened.values():
                await database.close()


@pytest.fixture(scope="session")
def two(platform: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Platform, Platform]]:
    """A platform that is used, and an empty one."""
    with ExitStack() as stack:
        made = []
        for name in ("used", "empty"):
            folder = tmp_path_factory.mktemp(name)
            lay_out(folder)
            store = folder / "files"
            store.mkdir()
            made.append(Platform(stack.enter_context(embedded_servers(folder, durable=False)), store))
        yield made[0], made[1]


def stands_for(monkeypatch: pytest.MonkeyPatch, platform: Platform) -> PlatformSettings:
    monkeypatch.setenv("POSTGRES_ADMIN_URL", platform.admin)
    monkeypatch.setattr(restoring, "platform_settings", lambda: platform.settings)
    return platform.settings


def clear(urls: dict[Service, str]) -> None:
    """Takes away what was restored or moved into these databases."""
    for url in urls.values():
        with psycopg.connect(url) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("TRUNCATE events, history, history_digests, bookmarks CASCADE")


async def write(databases: dict[Service, Database], producer: Service, count: int) -> None:
    for _ in range(count):
        async with databases[producer].unit_of_work() as session:
            record(session, ALARMS[producer](**NEWS))
        await asyncio.sleep(0)


async def follow(databases: dict[Service, Database], producer: Service) -> None:
    """Notifications reads this log to its end."""

    async def fetch(_producer: Service, place: Place) -> Batch:
        async with databases[producer].unit_of_work() as session:
            return await read_after(session, place, limit=3)

    while await pull(databases[NOTIFICATIONS], producer, HANDLERS, fetch):
        pass


async def told(databases: dict[Service, Database]) -> list[UUID]:
    """Every event of both logs."""
    found: list[UUID] = []
    for producer in (AUTH, DECLARATION):
        async with databases[producer].unit_of_work() as session:
            found += await session.scalars(select(EventRow.id))
    return sorted(found)


async def acted_on(databases: dict[Service, Database]) -> list[UUID]:
    async with databases[NOTIFICATIONS].unit_of_work() as session:
        return sorted(await session.scalars(select(Notice.source_event_id)))


@pytest.fixture(scope="session")
async def backup(two: tuple[Platform, Platform], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Taken while events are written and followed."""
    used, _ = two
    (Path(used.settings.storage_url.removeprefix("file://")) / "a").mkdir()
    (Path(used.settings.storage_url.removeprefix("file://")) / "a" / "paper.pdf").write_bytes(b"%PDF-1.7 paper")
    with pytest.MonkeyPatch.context() as patch:
        settings = stands_for(patch, used)
        with psycopg.connect(used.admin, autocommit=True) as connection:
            connection.execute(YEARS)
        async with used.databases() as databases:
            for producer in (AUTH, DECLARATION):
                await write(databases, producer, WRITTEN_BEFORE)
                await follow(databases, producer)
            await write(databases, DECLARATION, UNREAD)
            following = [follow(databases, AUTH) for _ in range(3)]
            working = asyncio.gather(write(databases, AUTH, WRITTEN_MEANWHILE), *following)
            made = await asyncio.to_thread(back_up, tmp_path_factory.mktemp("backups"), settings)
            await working
    return made


class TestMoment:
    async def test_nobody_has_acted_on_what_the_backup_does_not_have(self, backup: Path) -> None:
        dumps = manifest.read(backup).dumps
        assert dumps[AUTH].events >= WRITTEN_BEFORE
        assert dumps[NOTIFICATIONS].bookmarks[AUTH][1] <= dumps[AUTH].events

    @pytest.mark.usefixtures("backup")
    async def test_a_reader_that_is_ahead_of_its_log_is_no_moment(
        self, two: tuple[Platform, Platform], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        used, _ = two
        monkeypatch.setattr("ops.backup.moment._TRIES", 2)
        monkeypatch.setattr("ops.backup.moment._PAUSE_SECONDS", 0)
        stands_for(monkeypatch, used)
        urls = making.admin_urls(used.settings)
        ahead = "UPDATE bookmarks SET sequence = sequence + 1000000"
        with psycopg.connect(urls[NOTIFICATIONS]) as connection:
            connection.execute(ahead)
        with pytest.raises(SystemExit), held(urls):
            pass
        with psycopg.connect(urls[NOTIFICATIONS]) as connection:
            connection.execute("UPDATE bookmarks SET sequence = sequence - 1000000")


class TestRestore:
    async def test_the_drill(
        self, two: tuple[Platform, Platform], backup: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _, empty = two
        settings = stands_for(monkeypatch, empty)
        await asyncio.to_thread(restore, backup, settings)
        async with empty.databases() as databases:
            before = await told(databases)
            unread = set(before) - set(await acted_on(databases))
            assert len(unread) >= UNREAD
            for producer in (AUTH, DECLARATION):
                await write(databases, producer, 5)
                await follow(databases, producer)
            assert len(await told(databases)) == len(before) + 10
            assert await acted_on(databases) == await told(databases), "each once: what was unread, and what came since"
            for service, database in databases.items():
                assert (await audit(database, service, settings))[1] == []
        files = Path(settings.storage_url.removeprefix("file://"))
        assert (files / "a" / "paper.pdf").read_bytes() == b"%PDF-1.7 paper"
        with pytest.raises(SystemExit, match="已有数据"):
            await asyncio.to_thread(restore, backup, settings)

    def test_what_was_damaged_is_not_begun(
        self, two: tuple[Platform, Platform], backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        copy = tmp_path / "copy"
        copy.mkdir()
        for path in backup.iterdir():
            (copy / path.name).write_bytes(path.read_bytes())
        with (copy / "training.dump").open("ab") as file:
            file.write(b"x")
        with pytest.raises(SystemExit, match=r"training\.dump"):
            restore(copy, stands_for(monkeypatch, two[1]))

    def test_without_the_keys_of_that_time_nothing_is_begun(
        self, two: tuple[Platform, Platform], backup: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        others = stands_for(monkeypatch, two[1]).model_copy(update={"signing_key": ("another key for tests",)})
        with pytest.raises(SystemExit, match="密钥：signing"):
            restore(backup, others)


class TestMove:
    @pytest.fixture
    def urls(self, two: tuple[Platform, Platform], monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
        """Of the used platform, and of databases that are as if nobody had ever come; they are so again afterwards."""
        used, empty = two
        given = {}
        for name, platform in (("source", used), ("target", empty)):
            given[name] = making.admin_urls(stands_for(monkeypatch, platform))
        clear(given["target"])
        yield given
        clear(given["target"])

    async def test_all_arrives_and_every_log_is_read_on(
        self, two: tuple[Platform, Platform], urls: dict[str, Any], backup: Path
    ) -> None:
        used, empty = two
        with psycopg.connect(urls["source"][AUTH]) as source:
            (last,) = source.execute("SELECT count(*) FROM events").fetchone() or (0,)
        (auth,) = [each for each in await asyncio.to_thread(move, **urls) if each.service is AUTH]
        assert auth.rows >= last >= WRITTEN_BEFORE
        async with used.databases() as before, empty.databases() as after:
            assert await told(before) == await told(after)
            assert await acted_on(before) == await acted_on(after)
            assert set(await told(after)) - set(await acted_on(after)), "some are unread"
            for producer in (AUTH, DECLARATION):
                await write(after, producer, 3)
                await follow(after, producer)
            assert await acted_on(after) == await told(after)
            for service, database in after.items():
                assert (await audit(database, service, empty.settings))[1] == []
        with pytest.raises(SystemExit, match="已有数据"):
            move(**urls)

    def test_another_release_is_refused(self, urls: dict[str, Any], backup: Path) -> None:
        with psycopg.connect(urls["target"][DECLARATION]) as target:
            (newest,) = target.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
            target.execute("UPDATE alembic_version SET version_num = '0001'")
        with pytest.raises(SystemExit, match="版本不同"):
            move(**urls)
        with psycopg.connect(urls["target"][DECLARATION]) as target:
            target.execute("UPDATE alembic_version SET version_num = %s", [newest])

    def test_where_a_row_arrives_otherwise_nothing_is_kept(
        self, urls: dict[str, Any], backup: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        copied = moving._copy

        def copy_and_change(reader: Any, writer: Any, table: str, columns: Any) -> None:
            copied(reader, writer, table, columns)
            if table == "events":
                writer.execute("UPDATE events SET correlation_id = 'another'")

        monkeypatch.setattr(moving, "_copy", copy_and_change)
        with pytest.raises(SystemExit, match=r"auth\.events"):
            move(**urls)
        for url in urls["target"].values():
            restoring.refuse_data(url)


class TestSealed:
    def test_it_is_read_by_the_other_half_of_the_key_alone(self, tmp_path: Path) -> None:
        mine, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
        path = tmp_path / "auth.dump"
        path.write_bytes(b"rows")
        part = making._sealed(path, [str(mine.to_public())])
        assert part.file == "auth.dump.age"
        assert not path.exists()
        assert b"rows" not in (tmp_path / part.file).read_bytes()
        for name, identity in (("mine", mine), ("other", other)):
            (tmp_path / name).write_text(f"# a key\n{identity}\n", "utf-8")
        with restoring._opened(tmp_path, part, tmp_path / "mine") as opened:
            assert opened.read_bytes() == b"rows"
        with pytest.raises(SystemExit, match="--identity"), restoring._opened(tmp_path, part, None):
            pass
        with pytest.raises(SystemExit, match="私钥"), restoring._opened(tmp_path, part, tmp_path / "other"):
            pass


def test_old_backups_go_and_halves_are_none(tmp_path: Path) -> None:
    for name in ("1", "2", "3", "half"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "auth.dump").touch()
    for name in ("1", "2", "3"):
        (tmp_path / name / manifest.NAME).touch()
    assert [path.name for path in drop_old(tmp_path, 2)] == ["1"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2", "3", "half"]
