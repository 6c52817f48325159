"""The open inbox tells what comes as it comes, once, and ends with its session (BEY-03, PLAT-11)."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import text

from services.notifications.live import hub as hub_module
from services.notifications.live.endpoints import router
from services.notifications.live.hub import MOST_OF_SESSION, Hub
from services.notifications.live.repository import Place
from services.notifications.live.tasks import look
from services.notifications.main import app
from services.notifications.notices.tasks import expand_notices
from shared.identifiers import new_id
from shared.identity import Actor
from shared.runtime import Runtime
from shared.web.callers import SessionState, cache_key, token_hash
from tests.conftest import ClientFor
from tests.services.notifications.arrivals import an_account, arrive, returned

MakeActor = Callable[..., Actor]
ADDRESS = "/api/notifications/messages/stream"
pytestmark = pytest.mark.req("BEY-03", "PLAT-11")


@dataclass
class Reader:
    """What somebody with a stream hears."""

    status: int = 0
    heard: bytes = b""
    more: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        self.heard += message.get("body", b"")
        self.more.set()

    def end(self, _: object) -> None:
        self.over = True
        self.more.set()

    def events(self) -> list[dict[str, Any]]:
        """Each as {event, id, data}."""
        found = []
        for part in self.heard.decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in part.split("\n") if ": " in line)
            if "event" in lines:
                found.append({**lines, "data": json.loads(lines["data"])})
        return found

    async def until(self, number: int) -> list[dict[str, Any]]:
        """The events, as soon as there are so many."""
        async with asyncio.timeout(20):
            while len(self.events()) < number:
                self.more.clear()
                await self.more.wait()
        return self.events()


async def told(reader: Reader, number: int) -> list[str]:
    """What so many messages say, as soon as they have come."""
    while len(bodies(reader.events())) < number:
        await reader.until(len(reader.events()) + 1)
    return bodies(reader.events())


@pytest.fixture(autouse=True)
def _quick(api: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "TICK_SECONDS", 0.02)
    monkeypatch.setattr(hub_module, "SESSION_SECONDS", 0.0)
    app.state.inboxes = None


@dataclass
class Somebody:
    actor: Actor
    token: str


@pytest.fixture
async def somebody(api: Runtime, make_actor: MakeActor) -> Somebody:
    """Signed in, with a contact."""
    actor, token = make_actor(), new_id().hex
    await arrive(api.database, [an_account(account_id=actor.account_id, organisation_id=actor.organisation_id)])
    await api.redis.set(cache_key(token_hash(token)), SessionState(actor=actor).model_dump_json(), ex=600)
    return Somebody(actor, token)


@asynccontextmanager
async def following(token: str, after: str = "") -> AsyncIterator[Reader]:
    reader = Reader()
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"last-event-id", after.encode())]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "path": ADDRESS,
        "raw_path": ADDRESS.encode(),
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("platform", 80),
        "scheme": "http",
        "app": app,
    }
    asking = asyncio.ensure_future(app(scope, reader.receive, reader.send))
    asking.add_done_callback(reader.end)
    try:
        yield reader
    finally:
        reader.gone.set()
        async with asyncio.timeout(20):
            await asking


async def tell(runtime: Runtime, somebody: Somebody, *reasons: str) -> None:
    await arrive(runtime.database, [returned(somebody.actor.organisation_id, reason) for reason in reasons])
    await expand_notices(runtime)


def bodies(events: list[dict[str, Any]]) -> list[str]:
    return [each["body"] for event in events for each in event["data"].get("messages", [])]


class TestNews:
    async def test_it_comes_once_and_goes_on_where_the_reader_was(self, worker: Runtime, somebody: Somebody) -> None:
        await tell(worker, somebody, "一")
        async with following(somebody.token) as reader:
            (begins,) = await reader.until(1)
            assert (reader.status, begins["data"]) == (200, {"unread": 1, "messages": []})
            await tell(worker, somebody, "二")
            assert ["原因：二" in each for each in await told(reader, 1)] == [True]
            last = reader.events()[-1]
        assert last["data"]["unread"] == 2
        await tell(worker, somebody, "三", "四")
        async with following(somebody.token, last["id"]) as again:
            await told(again, 2)
            await tell(worker, somebody, "五")
            said = "".join(await told(again, 3))
        assert [said.count(f"原因：{each}") for each in "一二三四五"] == [0, 0, 1, 1, 1]

    async def test_more_than_a_look_takes_comes_whole(
        self, worker: Runtime, somebody: Somebody, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("services.notifications.live.repository.MOST", 2)
        monkeypatch.setattr(hub_module, "MOST", 2)
        async with following(somebody.token) as reader:
            await reader.until(1)
            await tell(worker, somebody, *"甲乙丙丁戊")
            assert len(set(await told(reader, 5))) == 5

    async def test_what_an_older_transaction_writes_is_not_passed_over(
        self, worker: Runtime, somebody: Somebody, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It holds back what was written behind it until it is through."""
        looks = asyncio.Queue[None]()

        async def counted(*asked: Any) -> Any:
            seen = await look(*asked)
            looks.put_nowait(None)
            return seen

        monkeypatch.setattr(hub_module, "look", counted)
        monkeypatch.setattr(hub_module, "SLOW_LOOK_SECONDS", 0.0)
        async with following(somebody.token) as reader:
            await reader.until(1)
            async with worker.database.unit_of_work() as slow:
                await slow.execute(text("SELECT pg_current_xact_id()"))
                await tell(worker, somebody, "后")
                while not looks.empty():
                    looks.get_nowait()
                for _ in range(3):
                    await looks.get()
                assert bodies(reader.events()) == []
            async with asyncio.timeout(20):
                while not bodies(reader.events()):
                    await looks.get()
            assert len(bodies(reader.events())) == 1

    async def test_without_redis_the_slow_look_finds_it(
        self, worker: Runtime, somebody: Somebody, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(hub_module, "SLOW_LOOK_SECONDS", 0.0)
        async with following(somebody.token) as reader:
            await reader.until(1)
            monkeypatch.setattr(hub_module, "NEWS", "nobody-says-this")
            await tell(worker, somebody, "一")
            assert len(await told(reader, 1)) == 1

    async def test_a_place_that_is_none_or_of_another_server_begins_now(
        self, worker: Runtime, somebody: Somebody
    ) -> None:
        assert Place.read("12-x") is None
        await tell(worker, somebody, "一")
        for place in ("nothing", f"{9 * 10**17}-{new_id().hex}"):
            async with following(somebody.token, place) as reader:
                (begins,) = await reader.until(1)
                assert begins["data"] == {"unread": 1, "messages": []}
                assert Place.read(begins["id"])


class TestEnds:
    async def test_it_ends_with_its_session(self, api: Runtime, somebody: Somebody) -> None:
        ended = SessionState(ended_reason="您的账号已在另一台设备登录").model_dump_json()
        async with following(somebody.token) as reader:
            await reader.until(1)
            await api.redis.set(cache_key(token_hash(somebody.token)), ended)
            said = (await reader.until(2))[-1]
        assert said["event"] == "over"
        assert said["data"] == {"code": "session_ended", "detail": "您的账号已在另一台设备登录"}
        async with following(somebody.token) as reader:
            await reader.more.wait()
            assert reader.status == 401

    async def test_where_nobody_knows_it_ends_and_may_come_back(
        self, api: Runtime, somebody: Somebody, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Auth is away, and so is what Redis knew."""
        monkeypatch.setattr(hub_module, "KNOWN_SECONDS", 0.0)
        async with following(somebody.token) as reader:
            await reader.until(1)
            await api.redis.delete(cache_key(token_hash(somebody.token)))
            async with asyncio.timeout(20):
                while not reader.over:
                    reader.more.clear()
                    await reader.more.wait()
            assert [each["event"] for each in reader.events()] == ["inbox"]

    async def test_the_oldest_of_too_many_windows_ends(self, somebody: Somebody) -> None:
        async with following(somebody.token) as first:
            await first.until(1)
            others = [following(somebody.token) for _ in range(MOST_OF_SESSION)]
            readers = [await each.__aenter__() for each in others]
            assert (await first.until(2))[-1]["data"]["code"] == "too_many_windows"
            for reader in readers:
                assert [each["event"] for each in await reader.until(1)] == ["inbox"]
            for each in others:
                await each.__aexit__(None, None, None)

    async def test_a_process_that_has_enough_says_so(self, api: Runtime, somebody: Somebody) -> None:
        app.state.inboxes = Hub(api, most=0)
        async with following(somebody.token) as reader:
            await reader.more.wait()
        assert reader.status == 503
        assert json.loads(reader.heard)["code"] == "too_many_open"


class TestCost:
    @pytest.mark.req("AUTH-09")
    def test_it_is_asked_for_quietly(self) -> None:
        """Neither the stream nor its coming back keeps a session alive."""
        (route,) = router.routes
        rules = [each.call for each in route.dependant.dependencies]  # type: ignore[attr-defined]
        assert [rule.quietly for rule in rules if hasattr(rule, "quietly")] == [True]

    async def test_an_idle_one_holds_no_connection(self, api: Runtime, somebody: Somebody) -> None:
        """The pool has five: as many units of work at once are there for others."""
        async with following(somebody.token) as reader, AsyncExitStack() as others:
            await reader.until(1)
            for _ in range(api.settings.api_pool_size):
                session = await others.enter_async_context(api.database.unit_of_work())
                assert await session.scalar(text("SELECT 1")) == 1


async def test_a_stranger_has_none(client_for: ClientFor, api: Runtime) -> None:
    assert (await (await client_for(app, None)).get(ADDRESS)).status_code == 401
