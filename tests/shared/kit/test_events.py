"""The log and the bookmark: nothing skipped, nothing twice, whatever is stopped when."""

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from ops.migrate import migrate
from ops.up.servers import Servers
from shared.db.session import Database
from shared.db.types import field_cipher
from shared.events.base import Batch, Place
from shared.events.bookmarks import PARK_AFTER, Bookmark, Handlers, ParkedEvent, let_go, pull
from shared.events.log import read_after, record
from shared.services import Service
from tests.shared.kit.sample import Effect, NoteSent, SampleBase

Pair = tuple[Database, Database]


@pytest.fixture
async def logs(platform: Servers) -> AsyncIterator[Pair]:
    """A producer and a subscriber with fresh databases."""
    pair = []
    for role in ("producer", "subscriber"):
        name = f"{role}_{uuid4().hex[:8]}"
        platform.create_database(name)
        migrate(Service.NOTIFICATIONS, platform.database_url(name))
        pair.append(Database(platform.database_url(name), pool_size=5, checkout_seconds=5, publish=lambda _hints: None))
    async with pair[1].engine.begin() as connection:
        await connection.run_sync(SampleBase.metadata.create_all)
    yield pair[0], pair[1]
    for database in pair:
        await database.close()


def fetch_from(producer: Database):  # type: ignore[no-untyped-def]
    async def fetch(_service: Service, place: Place) -> Batch:
        async with producer.unit_of_work() as session:
            return await read_after(session, place)

    return fetch


async def write(producer: Database, *texts: str) -> None:
    for each in texts:
        async with producer.unit_of_work() as session:
            record(session, NoteSent(note_id=uuid4(), text=each))


async def note_effect(session: AsyncSession, event: NoteSent) -> None:
    session.add(Effect(text=event.text))


async def effects(subscriber: Database) -> list[str]:
    async with subscriber.unit_of_work() as session:
        return list(await session.scalars(select(Effect.text).order_by(Effect.id)))


@pytest.mark.req("PLAT-11")
class TestPull:
    async def test_each_event_acts_once_in_order(self, logs: Pair) -> None:
        producer, subscriber = logs
        names = [str(number) for number in range(250)]
        await write(producer, *names)
        for _ in range(2):
            await pull(subscriber, Service.TRAINING, {NoteSent: note_effect}, fetch_from(producer))
        assert await effects(subscriber) == names

    async def test_a_slow_transaction_is_not_skipped(self, logs: Pair) -> None:
        producer, subscriber = logs
        async with producer.unit_of_work() as slow:
            record(slow, NoteSent(note_id=uuid4(), text="slow"))
            await slow.flush()
            await write(producer, "quick")
            assert await pull(subscriber, Service.TRAINING, {NoteSent: note_effect}, fetch_from(producer)) == 0
        await pull(subscriber, Service.TRAINING, {NoteSent: note_effect}, fetch_from(producer))
        assert await effects(subscriber) == ["slow", "quick"]

    async def test_stopped_before_its_commit_it_acts_once_when_started_again(self, logs: Pair) -> None:
        producer, subscriber = logs
        await write(producer, "a", "b", "c")

        async def killed(session: AsyncSession, event: NoteSent) -> None:
            await note_effect(session, event)
            if event.text == "c":
                raise asyncio.CancelledError

        with pytest.raises(asyncio.CancelledError):
            await pull(subscriber, Service.TRAINING, {NoteSent: killed}, fetch_from(producer))
        assert await effects(subscriber) == []
        await pull(subscriber, Service.TRAINING, {NoteSent: note_effect}, fetch_from(producer))
        assert await effects(subscriber) == ["a", "b", "c"]

    async def test_many_pullers_act_once(self, logs: Pair) -> None:
        producer, subscriber = logs
        names = [str(number) for number in range(120)]
        await write(producer, *names)
        handlers: Handlers = {NoteSent: note_effect}
        await asyncio.gather(*(pull(subscriber, Service.TRAINING, handlers, fetch_from(producer)) for _ in range(4)))
        await pull(subscriber, Service.TRAINING, handlers, fetch_from(producer))
        assert await effects(subscriber) == names

    async def test_a_refused_event_is_parked_and_the_rest_go_on(self, logs: Pair) -> None:
        producer, subscriber = logs
        await write(producer, "good", "bad", "after")

        async def picky(session: AsyncSession, event: NoteSent) -> None:
            if event.text == "bad":
                raise ValueError("not this one")
            await note_effect(session, event)

        for _ in range(PARK_AFTER - 1):
            await pull(subscriber, Service.TRAINING, {NoteSent: picky}, fetch_from(producer))
            assert await effects(subscriber) == ["good"]
        await pull(subscriber, Service.TRAINING, {NoteSent: picky}, fetch_from(producer))
        assert await effects(subscriber) == ["good", "after"]
        async with subscriber.unit_of_work() as session:
            parked = (await session.scalars(select(ParkedEvent))).one()
            assert parked.parked_at is not None
            assert "not this one" in parked.reason
        await let_go(subscriber, parked.event_id, {NoteSent: note_effect})
        assert await effects(subscriber) == ["good", "after", "bad"]

    async def test_the_bookmark_is_where_the_effects_are(self, logs: Pair) -> None:
        producer, subscriber = logs
        await write(producer, "a")
        await pull(subscriber, Service.TRAINING, {NoteSent: note_effect}, fetch_from(producer))
        async with subscriber.unit_of_work() as session:
            bookmark = (await session.scalars(select(Bookmark))).one()
        async with producer.unit_of_work() as session:
            rest = await read_after(session, Place(transaction=bookmark.transaction, sequence=bookmark.sequence))
        assert rest.events == []


@pytest.mark.req("PLAT-04")
class TestAppendOnly:
    async def test_an_event_cannot_be_changed(self, logs: Pair) -> None:
        producer, _ = logs
        await write(producer, "a")
        with pytest.raises(Exception, match="append-only"):
            async with producer.unit_of_work() as session:
                await session.execute(text("UPDATE events SET type = 'x'"))
        async with producer.unit_of_work() as session:
            assert await session.scalar(text("SELECT count(*) FROM events WHERE type = 'x'")) == 0
            assert await session.scalar(select(func.count()).select_from(text("events"))) == 1

    @pytest.mark.req("PLAT-05")
    async def test_only_its_sealed_parts_may_be_sealed_anew(self, logs: Pair) -> None:
        producer, _ = logs
        await write(producer, "a")
        first, second = (field_cipher().encrypt("13812345678").decode() for _ in range(2))
        change = text("UPDATE events SET payload = payload || CAST(:more AS jsonb)")
        async with producer.unit_of_work() as session:
            await session.execute(text("ALTER TABLE events DISABLE TRIGGER events_append_only"))
            await session.execute(change, {"more": json.dumps({"phone": first})})
            await session.execute(text("ALTER TABLE events ENABLE TRIGGER events_append_only"))
        async with producer.unit_of_work() as session:
            await session.execute(change, {"more": json.dumps({"phone": second})})
            assert await session.scalar(text("SELECT payload ->> 'phone' FROM events")) == second
        for more in ({"phone": "13812345678"}, {"phone": None}, {"text": "b"}, {"phone": second, "more": 1}):
            with pytest.raises(Exception, match="append-only"):
                async with producer.unit_of_work() as session:
                    await session.execute(change, {"more": json.dumps(more)})
