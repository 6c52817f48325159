"""Files that no row names go after their time, and never one that a row names (PLAT-19)."""

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ops.up.servers import Servers
from services.notifications.main import app
from shared.clock import now_utc
from shared.runtime import Runtime
from shared.storage import Storage, StorageUnavailable
from shared.tasks.retention import list_retentions
from shared.tasks.strays import TAKEN_AT_ONCE, Files, Keys, list_strays, sum_of_strays, sweep_files, take_strays
from tests.shared.ledger import new_ledger

pytestmark = pytest.mark.req("PLAT-11", "PLAT-19")
ROOTS = ("notes",)
MONTH = timedelta(days=30)
AGED = "UPDATE stray_files SET seen_at = now() - interval '31 days'"


@pytest.fixture(scope="session")
async def ledger(platform: Servers, open_app: Callable[[FastAPI], Awaitable[Runtime]]) -> AsyncIterator[Runtime]:
    own = new_ledger(platform, "files_that_no_row_names")
    yield replace(await open_app(app), database=own)
    await own.close()


class Shelf:
    """A store of its own, and which of its files rows name."""

    def __init__(self, runtime: Runtime, folder: Path) -> None:
        self.folder, self.names = folder, set[str]()
        self.runtime = replace(runtime, storage=Storage(f"file://{folder}"))
        self.files = (Files(re.compile(r"notes/\d+"), self._named),)

    async def _named(self, _session: AsyncSession, keys: Keys) -> set[str]:
        return self.names & keys.keys()

    def put(self, key: str, *, days_old: int = 2) -> None:
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"note")
        at = (now_utc() - timedelta(days=days_old)).timestamp()
        os.utime(path, (at, at))

    def left(self) -> set[str]:
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()}

    async def look(self) -> list[str]:
        await sweep_files(self.runtime, self.files, ROOTS)
        async with self.runtime.database.unit_of_work() as session:
            return [each.key for each in await list_strays(session)]

    async def take(self) -> int:
        return await take_strays(self.runtime, self.files, ROOTS, MONTH)

    async def age(self) -> None:
        async with self.runtime.database.unit_of_work() as session:
            await session.execute(text(AGED))

    async def gone(self) -> int:
        async with self.runtime.database.unit_of_work() as session:
            return sum(row.gone for row in await list_retentions(session) if row.what == "files")


@pytest.fixture
async def shelf(ledger: Runtime, tmp_path: Path) -> Shelf:
    async with ledger.database.unit_of_work() as session:
        await session.execute(text("DELETE FROM stray_files"))
        await session.execute(text("DELETE FROM retentions"))
    return Shelf(ledger, tmp_path / "files")


async def test_one_is_noted_first_and_goes_when_it_has_been_one_for_its_time(shelf: Shelf) -> None:
    shelf.put("notes/1")
    shelf.put("notes/2")
    shelf.names.add("notes/2")
    assert await shelf.look() == ["notes/1"]
    async with shelf.runtime.database.unit_of_work() as session:
        noted = await sum_of_strays(session)
    assert (noted.files, noted.size) == (1, 4)
    assert shelf.left() == {"notes/1", "notes/2"}
    await shelf.age()
    assert await shelf.look() == []
    assert shelf.left() == {"notes/2"}
    assert await shelf.gone() == 1


async def test_what_may_still_be_named_is_not_noted_and_what_nobody_knows_is_left_alone(shelf: Shelf) -> None:
    shelf.put("notes/1", days_old=0)
    shelf.put("notes/of_another_release")
    shelf.put("elsewhere/1")
    assert await shelf.look() == []
    await shelf.age()
    assert await shelf.take() == 0
    assert len(shelf.left()) == 3


@pytest.mark.parametrize("looked_again", [True, False])
async def test_one_that_a_row_names_again_stays(shelf: Shelf, *, looked_again: bool) -> None:
    """As after a database was brought back."""
    shelf.put("notes/1")
    await shelf.look()
    await shelf.age()
    shelf.names.add("notes/1")
    if looked_again:
        assert await shelf.look() == []
    assert await shelf.take() == 0
    assert shelf.left() == {"notes/1"}


async def test_halves_of_killed_writers_go_and_those_of_living_ones_stay(shelf: Shelf) -> None:
    """They are no files to the store, and would lie there for good."""
    shelf.put("notes/1#1")
    shelf.put("notes/deep/2#13")
    shelf.put("notes/3#1", days_old=0)
    assert await shelf.look() == []
    assert shelf.left() == {"notes/3#1"}
    assert await shelf.gone() == 2


async def test_a_store_that_goes_away_in_the_middle_loses_and_doubles_nothing(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each transaction takes some; what it could not take is there the next time, and each is counted once."""
    for number in range(TAKEN_AT_ONCE + 5):
        shelf.put(f"notes/{number}")
    await shelf.look()
    await shelf.age()
    plain, calls = shelf.runtime.storage.delete, 0

    async def away(key: str) -> None:
        nonlocal calls
        calls += 1
        if calls > TAKEN_AT_ONCE + 2:
            raise StorageUnavailable
        await plain(key)

    monkeypatch.setattr(shelf.runtime.storage, "delete", away)
    with pytest.raises(StorageUnavailable):
        await shelf.take()
    assert await shelf.gone() == TAKEN_AT_ONCE
    monkeypatch.undo()
    assert await shelf.take() == 5
    assert (shelf.left(), await shelf.gone()) == (set(), TAKEN_AT_ONCE + 5)


async def test_nobody_has_to_let_them_go(shelf: Shelf) -> None:
    shelf.put("notes/1")
    await shelf.look()
    await shelf.age()
    kept = shelf.runtime.settings.model_copy(update={"stray_files_kept_days": 0})
    shelf.runtime = replace(shelf.runtime, settings=kept)
    assert await shelf.look() == ["notes/1"]
    assert shelf.left() == {"notes/1"}
