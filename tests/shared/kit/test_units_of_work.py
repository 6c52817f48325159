"""What a unit of work costs and survives: plans that outlive a refusal, a connection that died in the pool, and a second try for who was
overtaken.
"""

import asyncio
from collections.abc import Callable
from uuid import UUID

import pytest
from fastapi import UploadFile
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ops.up.servers import Servers
from shared.app import api_router, create_app
from shared.db.session import Database
from shared.errors import Conflict, DatabaseFull, Overtaken, Unavailable
from shared.identifiers import new_id
from shared.identity import Actor
from shared.runtime import Runtime
from shared.services import Service
from shared.tasks.spec import WorkerSpec
from shared.web.callers import SignedIn
from shared.web.problems import of_app_error
from shared.web.route import TRIES, Session
from tests.conftest import ClientFor
from tests.shared.kit.sample import UNIT, Note, NoteCreate

MakeActor = Callable[..., Actor]
router = api_router(Service.TRAINING, "races", "竞争")
tries: dict[str, int] = {}


@router.post("/{name}")
async def overtaken(name: str, losses: int, body: NoteCreate, session: Session, actor: SignedIn) -> dict[str, int]:
    """Loses ``losses`` times, with a broken transaction behind it, and leaves one note when it wins."""
    session.add(note := Note(owner_id=actor.organisation_id, text=body.text))
    await session.flush()
    tries[name] = tries.get(name, 0) + 1
    if tries[name] <= losses:
        try:
            await session.execute(text("INSERT INTO notes SELECT * FROM notes WHERE id = :id"), {"id": note.id})
        except IntegrityError as error:
            raise Overtaken from error
    return {"tries": tries[name]}


@router.post("/{name}/files")
async def overtaken_with_file(name: str, file: UploadFile, actor: SignedIn) -> str:
    """Loses once, after it has read the file."""
    said = (await file.read()).decode()
    tries[name] = tries.get(name, 0) + 1
    if tries[name] == 1:
        raise Overtaken
    return said


longer = api_router(Service.TRAINING, "races-elsewhere", "别处")


@longer.get("")
async def elsewhere(actor: SignedIn) -> str:
    return "elsewhere"


app = create_app(WorkerSpec(Service.TRAINING, ()), [router, longer], title="竞争")


@pytest.fixture
async def own(platform: Servers) -> Database:
    return Database(platform.database_url(Service.AUTH), pool_size=1, checkout_seconds=5, publish=lambda _hints: None)


async def count_notes(sample: Runtime, owner: UUID) -> int:
    async with sample.database.unit_of_work() as session:
        counted = await session.scalar(text("SELECT count(*) FROM notes WHERE owner_id = :owner"), {"owner": owner})
        return int(counted)


NO_ROOM = text("DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$")


@pytest.mark.req("PLAT-11", "PLAT-01")
class TestFullDisk:
    async def test_who_writes_is_told_and_the_connection_goes_on(self, own: Database) -> None:
        """The database's own refusal, as its server words it; nothing has to be restarted afterwards."""
        with pytest.raises(DatabaseFull) as refused:
            async with own.unit_of_work() as session:
                await session.execute(NO_ROOM)
        told = of_app_error(refused.value)
        assert (told.status_code, told.headers["Retry-After"]) == (503, "30")
        assert "存储空间已满" in bytes(told.body).decode()
        async with own.unit_of_work() as session:
            assert await session.scalar(text("SELECT 1")) == 1


class TestOvertaken:
    @pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "race"}])
    async def test_it_is_done_again_and_acts_once(
        self, sample: Runtime, client_for: ClientFor, make_actor: MakeActor, key: dict[str, str]
    ) -> None:
        actor, name = make_actor(UNIT), f"again{len(key)}"
        answer = await (await client_for(app, actor)).post(
            f"/api/training/races/{name}?losses={TRIES - 1}", json={"text": "一次"}, headers=key
        )
        assert (answer.status_code, answer.json()) == (200, {"tries": TRIES})
        assert await count_notes(sample, actor.organisation_id) == 1

    async def test_a_file_is_there_the_second_time_too(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        client = await client_for(app, make_actor(UNIT))
        answer = await client.post("/api/training/races/sheet/files", files={"file": ("a.txt", b"whole")})
        assert (answer.status_code, answer.json(), tries["sheet"]) == (200, "whole", 2)

    async def test_it_gives_up_in_the_end_and_leaves_nothing(
        self, sample: Runtime, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        actor = make_actor(UNIT)
        answer = await (await client_for(app, actor)).post("/api/training/races/never?losses=99", json={"text": "x"})
        assert (answer.status_code, answer.json()["code"], tries["never"]) == (503, "unavailable", TRIES)
        assert "Retry-After" in answer.headers
        assert await count_notes(sample, actor.organisation_id) == 0


class TestPlans:
    async def test_a_refused_request_leaves_the_connections_plans_alone(self, own: Database) -> None:
        """psycopg by itself forgets all of them at a rollback, and the next requests plan everything anew."""
        prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%refused%'")

        async def refused() -> None:
            async with own.unit_of_work() as session:
                await session.execute(text("SELECT 'refused'"))
                raise Conflict

        for _ in range(12):
            with pytest.raises(Conflict):
                await refused()
        async with own.unit_of_work() as session:
            assert await session.scalar(prepared) == 1
        await own.close()


class TestBeginning:
    async def test_a_pooled_connection_that_died_is_replaced_unseen(self, own: Database) -> None:
        async with own.unit_of_work() as session:
            old = await session.scalar(text("SELECT pg_backend_pid()"))
        other = Database(own.engine.url.render_as_string(False), pool_size=1, checkout_seconds=5, publish=print)
        async with other.unit_of_work() as session:
            await session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": old})
        async with own.unit_of_work() as session:
            assert await session.scalar(text("SELECT pg_backend_pid()")) != old
        await other.close()
        await own.close()

    @pytest.mark.req("PLAT-11")
    @pytest.mark.parametrize("ending", [Conflict, None])
    async def test_a_connection_that_dies_meanwhile_hides_no_refusal(
        self, own: Database, ending: type[Exception] | None
    ) -> None:
        """Its rollback has nobody to be told to; who was refused is told that, and who was not, that the database is away."""
        other = Database(own.engine.url.render_as_string(False), pool_size=1, checkout_seconds=5, publish=print)
        with pytest.raises(ending or Unavailable):
            async with own.unit_of_work() as session:
                pid = await session.scalar(text("SELECT pg_backend_pid()"))
                async with other.unit_of_work() as killer:
                    await killer.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
                if ending:
                    raise ending
        assert own.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        await other.close()
        await own.close()

    async def test_the_question_whether_it_lives_is_the_begin_itself(self, own: Database) -> None:
        async with own.unit_of_work():
            pass  # a new connection is not asked
        async with own.unit_of_work() as session:
            driver = (await (await session.connection()).get_raw_connection()).driver_connection
            assert driver is not None
            assert driver.info.transaction_status.name == "INTRANS"
        await own.close()


class TestPrefixes:
    async def test_an_address_that_begins_like_another_finds_its_own_router(
        self, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        client = await client_for(app, make_actor(UNIT))
        assert (await client.get("/api/training/races-elsewhere")).json() == "elsewhere"
        assert (await client.get("/api/training/races-nowhere")).status_code == 404
        assert (await client.get("/api/training/races/x")).status_code == 405


@pytest.mark.req("BEY-01")
class TestDeadlocks:
    async def test_of_two_that_wait_for_each_other_one_is_overtaken(self, database: Database) -> None:
        async with database.unit_of_work() as session:
            notes = [Note(owner_id=new_id(), text=each) for each in "ab"]
            session.add_all(notes)
        both = asyncio.Barrier(2)

        async def hold(first: Note, second: Note) -> None:
            async with database.unit_of_work() as session:
                for note in (first, second):
                    await session.execute(text("UPDATE notes SET text = 'c' WHERE id = :id"), {"id": note.id})
                    if note is first:
                        await both.wait()

        ends = await asyncio.gather(hold(*notes), hold(*reversed(notes)), return_exceptions=True)
        assert [type(end) for end in ends if end is not None] == [Overtaken]
