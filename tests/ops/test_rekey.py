"""A change of all keys, as docs/operations.md tells it, on databases that people work on at every step (PLAT-05, PLAT-18)."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ops.audit import audit
from ops.key_check import refuse_missing_keys
from ops.up.servers import Servers
from services.training.people.personnel.models import Person
from services.training.people.personnel.repository import get_or_create_people
from shared.crypto import key_id
from shared.db.types import blind_index, field_cipher
from shared.identifiers import new_id
from shared.services import Service
from shared.storage import Storage
from tests.ops.rotation import AFTER, BEFORE, IN_FRONT, KNOWN, NEW, OLD, Installation, a_process, name_of

pytestmark = pytest.mark.req("PLAT-05", "PLAT-18")
DONE = "旧密钥下已没有任何数据"
NUMBER = "32010219900101001X"


@pytest.fixture(scope="session")
def drill(platform: Servers) -> Installation:
    return Installation.new(platform, "drill")


@pytest.fixture
def aside(platform: Servers) -> Installation:
    """One of training alone, for what goes wrong."""
    return Installation.new(platform, f"aside{new_id().hex[-12:]}", [Service.TRAINING])


class TestDrill:
    @pytest.mark.req("BEY-05", "PLAT-04")
    async def test_all_keys_are_changed_while_people_work(self, drill: Installation) -> None:
        await drill.live(BEFORE)
        with a_process(BEFORE):
            await drill.guess("who is not seen again")
        code, said = await drill.rekey(BEFORE)
        assert (code, said.count(DONE)) == (0, 4), said

        # At each step processes of the step before still run.
        for keys in (KNOWN, BEFORE, IN_FRONT, KNOWN):
            await drill.live(keys)
        await self._killed_in_the_middle(drill)
        await drill.live(IN_FRONT)

        code, said = await drill.rekey(IN_FRONT)
        assert (code, said.count(DONE)) == (1, 3), said
        assert "auth: 未完成 left: guesses: 1 行" in said
        await drill.do(Service.AUTH, "DELETE FROM guesses WHERE name_index[2] IS NULL")
        code, said = await drill.rekey(IN_FRONT)
        assert (code, said.count(DONE)) == (0, 4), said
        assert f"PLATFORM_FIELD_KEYS {key_id('field', OLD['FIELD_KEYS'])}: 可以去掉" in said

        for keys in (AFTER, IN_FRONT):
            await drill.live(keys)
        code, said = await drill.rekey(AFTER)
        assert (code, said.count(DONE)) == (0, 4), said
        await drill.live(AFTER)
        assert await drill.count(Service.TRAINING, "SELECT count(*) FROM people WHERE id_index[1] IS NOT NULL") == 0
        with a_process(AFTER) as settings:
            async with drill.database(Service.AUTH) as database:
                assert (await audit(database, Service.AUTH, settings))[1] == []

    async def _killed_in_the_middle(self, drill: Installation) -> None:
        """While it waits for a table that somebody holds, with the tables before it done."""
        async with drill.database(Service.AUTH) as database, database.unit_of_work() as session:
            await session.execute(text("LOCK TABLE events IN ACCESS EXCLUSIVE MODE"))
            process = await drill.start(IN_FRONT, "auth")
            assert process.stderr is not None
            assert b"auth accounts: 100%" in await process.stderr.readline()
            process.kill()
            await process.communicate()
        old = key_id("field", OLD["FIELD_KEYS"])
        assert await drill.count(
            Service.AUTH, "SELECT count(*) FROM events WHERE payload::text LIKE :old", old=f"%{old}.%"
        )
        assert not await drill.count(Service.AUTH, "SELECT count(*) FROM accounts WHERE phone_index[2] IS NULL")


class TestOnePerson:
    @pytest.mark.req("TRN-08")
    async def test_nobody_is_there_twice_whichever_step_a_process_is_at(self, aside: Installation) -> None:
        async with aside.database(Service.TRAINING) as database:
            for first, second in (
                (BEFORE, KNOWN),
                (KNOWN, BEFORE),
                (IN_FRONT, KNOWN),
                (IN_FRONT, AFTER),
                (AFTER, IN_FRONT),
            ):
                await aside.do(Service.TRAINING, "DELETE FROM people")
                with a_process(first):
                    async with database.unit_of_work() as session:
                        known = await get_or_create_people(session, [NUMBER])
                with a_process(second):
                    async with database.unit_of_work() as session:
                        assert await get_or_create_people(session, [NUMBER]) == known
                    with pytest.raises(IntegrityError):
                        async with database.unit_of_work() as session:
                            session.add(Person(id=new_id(), resident_id=NUMBER, id_index=blind_index(NUMBER)))


class TestWhatIsLeft:
    async def test_a_token_in_a_column_that_is_not_declared(self, aside: Installation) -> None:
        with a_process(BEFORE):
            token = field_cipher().encrypt("x").decode()
        await aside.do(
            Service.TRAINING,
            "INSERT INTO institutions (id, name, name_search, credit_code, region_code, active)"
            " VALUES (gen_random_uuid(), :token, '', '', '320102', true)",
            token=token,
        )
        code, said = await aside.rekey(IN_FRONT, "training")
        assert (code, DONE in said) == (1, False)
        assert "training: 未完成 left: institutions: 1 行" in said

    async def test_a_process_that_still_writes_under_the_old_key(self, aside: Installation) -> None:
        async with aside.database(Service.TRAINING, name_of(KNOWN)) as database, database.unit_of_work():
            code, said = await aside.rekey(IN_FRONT, "training")
        assert (code, DONE in said) == (1, False)
        assert "1 个连接来自设置较旧的进程" in said
        assert (await aside.rekey(IN_FRONT, "training"))[0] == 0

    async def test_the_sheet_of_a_job_that_still_runs(self, aside: Installation) -> None:
        with a_process(BEFORE) as settings:
            sealed = field_cipher().encrypt("x")
        key = f"training/jobs/{new_id()}/input"
        await Storage(settings.storage_url).put(key, sealed, "application/octet-stream")
        await aside.do(
            Service.TRAINING,
            "INSERT INTO jobs (id, kind, account_id, organisation_id, actor, arguments, input_key, correlation_id)"
            " VALUES (gen_random_uuid(), 'x', gen_random_uuid(), gen_random_uuid(), '{}', '{}', :key, '')",
            key=key,
        )
        code, said = await aside.rekey(IN_FRONT, "training")
        assert (code, "1 个未完成的后台任务" in said) == (1, True), said
        await Storage(settings.storage_url).delete(key)
        assert (await aside.rekey(IN_FRONT, "training"))[0] == 0


class TestMissing:
    async def test_a_start_without_a_key_that_rows_need_is_refused_with_its_name(self, aside: Installation) -> None:
        with a_process(BEFORE, DATABASE_URL=aside.url):
            refuse_missing_keys(Service.TRAINING)
        with a_process(AFTER, DATABASE_URL=aside.url), pytest.raises(SystemExit) as refused:
            refuse_missing_keys(Service.TRAINING)
        old = key_id("field", OLD["FIELD_KEYS"])
        assert f"training: PLATFORM_FIELD_KEYS 中缺少密钥 {old}" in str(refused.value)
        assert "PLATFORM_BLIND_INDEX_KEY 中缺少密钥" in str(refused.value)
        assert (await aside.rekey(AFTER, "training"))[0] == 1
        with a_process(AFTER) as settings:
            async with aside.database(Service.TRAINING) as database:
                _, broken = await audit(database, Service.TRAINING, settings)
        assert [line for line in broken if f"key {old} missing" in line] != []

    async def test_a_key_that_is_done_with_may_go_and_come_back(self, aside: Installation) -> None:
        for keys in (BEFORE, KNOWN, IN_FRONT):
            with a_process(keys, DATABASE_URL=aside.url):
                refuse_missing_keys(Service.TRAINING)
        assert (await aside.rekey(IN_FRONT, "training"))[0] == 0
        for keys in (IN_FRONT, AFTER):
            with a_process(keys, DATABASE_URL=aside.url):
                refuse_missing_keys(Service.TRAINING)
        with a_process(BEFORE, DATABASE_URL=aside.url), pytest.raises(SystemExit):
            refuse_missing_keys(Service.TRAINING)

    async def test_a_signing_key_goes_only_when_it_is_given_up(self, aside: Installation) -> None:
        gone = {**AFTER, "SIGNING_KEY": NEW["SIGNING_KEY"]}
        assert (await aside.rekey(AFTER, "training"))[0] == 0
        code, said = await aside.rekey(gone, "training")
        assert (code, "PLATFORM_SIGNING_KEY 中缺少密钥" in said) == (1, True)
        named = key_id("signing", OLD["SIGNING_KEY"])
        assert (await aside.rekey(AFTER, "training", "--forget", named))[0] == 1
        assert (await aside.rekey(gone, "training", "--forget", named))[0] == 0
        assert (await aside.rekey(gone, "training"))[0] == 0
