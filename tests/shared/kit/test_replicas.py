"""Lists that may be late are read from a copy, a real one that follows its primary; nobody misses what he has written himself (PLAT-19)."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace

import httpx
import psycopg
import pytest
from sqlalchemy import select

from ops.up.ports import free_port
from shared.app import api_router, create_app
from shared.brokers import redis_of
from shared.db import replicas
from shared.db.replicas import Replica
from shared.db.session import Database
from shared.identity import Actor
from shared.runtime import Runtime
from shared.services import Service
from shared.tasks.spec import WorkerSpec
from shared.web.callers import SignedIn
from shared.web.route import MAY_BE_LATE, Session
from tests.conftest import ClientFor
from tests.shared.kit.sample import Note, SampleBase
from tests.standby import Pair, pair

MakeActor = Callable[..., Actor]
router = api_router(Service.TRAINING, "late-notes", "便条")
LATE, NOTES = "/api/training/late-notes", "/api/training/late-notes/now"
pytestmark = pytest.mark.req("PLAT-19")


async def texts(session: Session, actor: Actor) -> list[str]:
    found = await session.scalars(select(Note.text).where(Note.owner_id == actor.organisation_id).order_by(Note.id))
    return list(found)


@router.get("", dependencies=[MAY_BE_LATE])
async def list_late(session: Session, actor: SignedIn) -> list[str]:
    return await texts(session, actor)


@router.get("/now")
async def list_now(session: Session, actor: SignedIn) -> list[str]:
    return await texts(session, actor)


@router.get("/that-write", dependencies=[MAY_BE_LATE])
async def list_and_write(session: Session, actor: SignedIn) -> list[str]:
    session.add(Note(owner_id=actor.organisation_id, text="by the list"))
    await session.flush()
    return await texts(session, actor)


@router.post("/{words}")
async def write(words: str, session: Session, actor: SignedIn) -> None:
    session.add(Note(owner_id=actor.organisation_id, text=words))


app = create_app(WorkerSpec(Service.TRAINING, ()), (router,), title="便条")


def opened(url: str) -> Database:
    return Database(url, pool_size=2, checkout_seconds=5, publish=lambda _tasks: None)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pair(tmp_path_factory.mktemp("pair")) as running:
        yield running


@pytest.fixture
async def replica(
    open_app: Callable[..., object], pairs: Pair, monkeypatch: pytest.MonkeyPatch, client_for: ClientFor
) -> AsyncIterator[Replica]:
    """The app with a primary and its copy, which knows since long who wrote what; asked each time how late it is."""
    monkeypatch.setattr(replicas, "LOOK_SECONDS", 0.0)
    await client_for(app, None)
    runtime: Runtime = app.state.runtime
    primary, copy = opened(pairs.primary), opened(pairs.copy)
    made = Replica(primary, copy, runtime.redis, "training", most_late=60)
    await runtime.redis.set("wrote:since", "0")
    app.state.runtime = replace(runtime, database=primary, replica=made)
    async with primary.engine.begin() as connection:
        await connection.run_sync(SampleBase.metadata.create_all)
    follow(pairs)
    yield made
    app.state.runtime = runtime
    await primary.close()
    await copy.close()
    if pairs.follower.poll() is None:
        pairs.on_copy("SELECT pg_wal_replay_resume()")


def follow(pairs: Pair) -> None:
    """The copy has all that the primary has."""
    with psycopg.connect(pairs.primary.replace("+psycopg", "")) as lead:
        place = lead.execute("SELECT pg_current_wal_lsn()::text").fetchone()
    assert place is not None
    while not pairs.on_copy(f"SELECT pg_last_wal_replay_lsn() >= '{place[0]}'"):
        pass


def stand_still(pairs: Pair) -> None:
    pairs.on_copy("SELECT pg_wal_replay_pause()")
    while pairs.on_copy("SELECT pg_get_wal_replay_pause_state()") != "paused":
        pass


@pytest.fixture
async def both(client_for: ClientFor, make_actor: MakeActor, replica: Replica) -> list[httpx.AsyncClient]:
    """Two accounts of one unit."""
    first = make_actor()
    second = make_actor(organisation_id=first.organisation_id)
    return [await client_for(app, each) for each in (first, second)]


async def read(client: httpx.AsyncClient, at: str = LATE) -> list[str]:
    answer = await client.get(at)
    assert answer.status_code == 200, answer.text
    found: list[str] = answer.json()
    return found


async def test_who_wrote_sees_it_at_once_and_others_a_little_later(both: list[httpx.AsyncClient], pairs: Pair) -> None:
    writer, colleague = both
    assert await read(colleague) == []
    stand_still(pairs)
    assert (await writer.post(f"{LATE}/one")).status_code == 200
    assert await read(writer) == await read(colleague, NOTES) == ["one"]
    assert await read(colleague) == []  # the copy's
    pairs.on_copy("SELECT pg_wal_replay_resume()")
    follow(pairs)
    assert await read(colleague) == ["one"]


async def test_one_that_is_too_late_is_not_read(both: list[httpx.AsyncClient], pairs: Pair, replica: Replica) -> None:
    writer, colleague = both
    stand_still(pairs)
    await writer.post(f"{LATE}/one")
    replica._written.clear()  # as if all that it is known to have had been written long ago
    assert await read(colleague) == ["one"]


async def test_an_emptied_redis_makes_nobody_miss_his_own(
    both: list[httpx.AsyncClient], pairs: Pair, replica: Replica
) -> None:
    writer, colleague = both
    await read(colleague)
    stand_still(pairs)
    await writer.post(f"{LATE}/one")
    await replica._redis.delete("wrote:since", *[key async for key in replica._redis.scan_iter("wrote:training:*")])
    assert await read(writer) == await read(colleague) == ["one"]


async def test_where_redis_is_away_lists_are_read_from_the_primary(
    both: list[httpx.AsyncClient], pairs: Pair, replica: Replica, make_actor: MakeActor
) -> None:
    writer, colleague = both
    await read(colleague)
    stand_still(pairs)
    replica._redis = redis_of(f"redis://127.0.0.1:{free_port()}", seconds=1)
    await writer.post(f"{LATE}/one")
    assert await read(writer) == await read(colleague) == ["one"]


async def test_a_list_that_writes_is_answered_by_the_primary(both: list[httpx.AsyncClient]) -> None:
    assert await read(both[0], f"{LATE}/that-write") == ["by the list"]


async def test_a_primary_is_no_copy(both: list[httpx.AsyncClient], pairs: Pair, replica: Replica) -> None:
    """An address that was mixed up, or a copy that has been made the primary."""
    other = Replica(replica._primary, replica._primary, replica._redis, "training", most_late=60)
    assert not await other._is_fresh()


async def test_one_that_died_is_not_missed(
    both: list[httpx.AsyncClient], replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, colleague = both
    await writer.post(f"{LATE}/one")
    replica.database = opened("postgresql+psycopg://platform:x@127.0.0.1:9/postgres")
    assert await read(colleague) == ["one"]

    async def looks_well() -> bool:
        return True

    monkeypatch.setattr(replica, "_look", looks_well)  # it died since
    assert await read(colleague) == ["one"]
    await replica.database.close()
