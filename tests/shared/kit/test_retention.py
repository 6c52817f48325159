"""What all have read goes after its time, and what is left is never taken for the whole (PLAT-11, PLAT-19)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ops.backup.places import FIRST, how_many_read, number_anew
from ops.up.servers import Servers
from services.notifications.main import app
from shared.clock import now_utc
from shared.db.session import Database
from shared.event_checks import EventCheck, late_bookmarks
from shared.events.base import Batch, Place
from shared.events.bookmarks import go_on_behind, place_of, pull
from shared.events.log import beginning, forget_read, read_after, record
from shared.events.subscriptions import readers_of
from shared.runtime import Runtime
from shared.services import Service
from shared.tasks.retention import BATCH, Rule, keep_rules, list_retentions
from shared.web.internal import forget_events
from tests.shared.kit.sample import NoteSent
from tests.shared.ledger import new_ledger

pytestmark = pytest.mark.req("PLAT-11", "PLAT-19")
NAME = "let_go_by_age"
YEAR = timedelta(days=365)
SERVICE = Service.NOTIFICATIONS
AGED = "UPDATE events SET occurred_at = now() - interval '3 years' WHERE seq = :seq"


@pytest.fixture(scope="session")
async def own(platform: Servers) -> AsyncIterator[Database]:
    database = new_ledger(platform, NAME)
    yield database
    await database.close()


@pytest.fixture
async def log(own: Database) -> Database:
    async with own.unit_of_work() as session:
        for table in ("events", "log_beginning", "retentions", "bookmarks"):
            await session.execute(text(f"DELETE FROM {table}"))
    return own


async def write(log: Database, count: int, *, old: int) -> list[Place]:
    """The places of so many events, of which the first ``old`` are three years old."""
    for number in range(count):
        async with log.unit_of_work() as session:
            record(session, NoteSent(note_id=uuid4(), text=str(number)))
    async with log.unit_of_work() as session:
        places = [each.place for each in (await read_after(session, Place())).events]
        await session.execute(text("ALTER TABLE events DISABLE TRIGGER USER"))
        for place in places[:old]:
            await session.execute(text(AGED), {"seq": place.sequence})
        await session.execute(text("ALTER TABLE events ENABLE TRIGGER USER"))
    return places


async def forget(log: Database, read: Place) -> int:
    async with log.unit_of_work() as session:
        return await forget_read(session, read, YEAR, limit=BATCH)


async def batch_after(log: Database, place: Place) -> Batch:
    async with log.unit_of_work() as session:
        return await read_after(session, place)


class TestEvents:
    async def test_what_is_unread_or_young_stays_and_so_does_the_event_at_which_a_reader_stands(
        self, log: Database
    ) -> None:
        places = await write(log, 5, old=3)
        assert await forget(log, places[1]) == 1
        assert await forget(log, places[4]) == 2
        left = (await batch_after(log, places[2])).events
        assert [each.place for each in left] == places[3:]
        assert await forget(log, places[4]) == 0

    async def test_who_comes_late_is_told_and_gets_nothing(self, log: Database) -> None:
        places = await write(log, 4, old=2)
        assert (await batch_after(log, Place())).cut is False
        await forget(log, places[3])
        late = await batch_after(log, Place())
        assert (late.cut, late.events) == (True, [])
        async with log.unit_of_work() as session:
            assert await beginning(session) == places[1]
        on_time = await batch_after(log, places[1])
        assert (on_time.cut, len(on_time.events)) == (False, 2)

    async def test_people_are_told_until_the_reader_goes_on_behind_what_has_gone(self, log: Database) -> None:
        places = await write(log, 4, old=2)
        await forget(log, places[3])

        async def fetch(_producer: Service, place: Place) -> Batch:
            return await batch_after(log, place)

        async def found() -> set[EventCheck]:
            return {each.check for each in await late_bookmarks(log, SERVICE, fetch, now_utc())}  # type: ignore[misc]

        assert await pull(log, Service.AUTH, {}, fetch) == 0
        assert await found() == {EventCheck.LOG_CUT}
        async with log.unit_of_work() as session:
            begins = await beginning(session)
            assert begins
            for producer in Service:
                await go_on_behind(session, producer, begins)
        assert await found() == set()
        assert await pull(log, Service.AUTH, {}, fetch) == 2
        async with log.unit_of_work() as session:
            assert await place_of(session, Service.AUTH) == places[3]

    async def test_a_log_that_is_numbered_anew_begins_where_it_did(self, platform: Servers, log: Database) -> None:
        """As a restore does (ADR 29): who has read what is left goes on, who has not is told."""
        places = await write(log, 4, old=2)
        await forget(log, places[3])
        with psycopg.connect(platform.database_url(NAME).replace("+psycopg", "", 1)) as connection:
            read = how_many_read(connection, (places[2].transaction, places[2].sequence))
            number_anew(connection)
        assert (await batch_after(log, Place())).cut is True
        left = await batch_after(log, Place(transaction=FIRST, sequence=read))
        assert (left.cut, len(left.events)) == (False, 1)


class TestReaders:
    @pytest.mark.parametrize(("away", "gone"), [(False, 2), (True, 0)])
    async def test_each_is_asked_and_one_that_does_not_answer_keeps_all(
        self, log: Database, open_app: Callable[[FastAPI], Awaitable[Runtime]], *, away: bool, gone: int
    ) -> None:
        places, asked = await write(log, 4, old=3), list[str]()

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request.url.path)
            return httpx.Response(503) if away else httpx.Response(200, json=places[2].model_dump())

        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            runtime = replace(await open_app(app), database=log, http=client)
            assert await forget_events(runtime) == gone
        everybody = [f"/internal/{reader}/bookmarks/{SERVICE}" for reader in readers_of(SERVICE)]
        # After one that does not answer nobody else need be asked.
        assert asked == (everybody[:1] if away else everybody)

    async def test_how_far_a_service_has_read_is_told_to_services_alone(
        self, open_app: Callable[[FastAPI], Awaitable[Runtime]]
    ) -> None:
        runtime = await open_app(app)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://platform") as client:
            path = f"/internal/{SERVICE}/bookmarks/{Service.DECLARATION}"
            assert (await client.get(path)).status_code == 404
            known = {"Authorization": f"Bearer {runtime.settings.internal_secret[0]}"}
            told = await client.get(path, headers=known)
        async with runtime.database.unit_of_work() as session:
            assert Place(**told.json()) == await place_of(session, Service.DECLARATION)


class TestRules:
    async def test_they_take_batch_after_batch_and_say_how_much_went(self, log: Database) -> None:
        batches = [BATCH, BATCH, 3, 0, 4]

        async def take(_session: AsyncSession, age: timedelta) -> int:
            assert age == YEAR
            return batches.pop(0)

        rules = [Rule("notes", "便条", "NOTES_KEPT_DAYS", lambda: 365, "", take)]
        kept = [Rule("kept", "留存", "KEPT_DAYS", lambda: 0, "", take)]
        assert await keep_rules(log, SERVICE, [*rules, *kept]) == {"notes": 2 * BATCH + 3}
        assert await keep_rules(log, SERVICE, rules) == {"notes": 0}
        assert await keep_rules(log, SERVICE, rules) == {"notes": 4}
        async with log.unit_of_work() as session:
            assert [(row.what, row.gone) for row in await list_retentions(session)] == [("notes", 2 * BATCH + 7)]
