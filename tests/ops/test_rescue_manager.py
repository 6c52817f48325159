"""The province's only account manager without phone and password: one command, two names, a record, and the old phone is told (AUTH-29)."""

import re

import pytest

from ops.rescue_manager import main
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.repository import get_by_login_name
from services.auth.desks.oversight.rescue import NoManager, OthersCanHelp, Rescue, rescue_manager
from shared.clock import beijing_today, now_utc
from shared.db.history import RecordType, history_of
from shared.errors import InvalidInput
from shared.roles import Grant, Level, Portal
from tests.ops import beginnings
from tests.ops.beginnings import WHO, Installation, Said
from tests.ops.test_first_account import activate, sign_in, token_of
from tests.services.auth.case_records import texts_to
from tests.services.auth.records import Visitor, add_account, new_mobile

pytestmark = pytest.mark.req("AUTH-29", "STAFF-11", "PLAT-04")
empty, database_url = beginnings.empty, beginnings.database_url
installation, person = beginnings.installation, beginnings.person
REASON = "苏疾控函〔2026〕12号"


async def rescue(installation: Installation, **changes: str | None) -> Account:
    told = {"login_name": WHO["--login"], "reason": REASON, "operator": "张三", "witness": "李四", **changes}
    async with installation.runtime.database.unit_of_work() as session:
        return (await rescue_manager(session, Rescue.model_validate(told))).account


async def manager(installation: Installation) -> Account:
    async with installation.runtime.database.unit_of_work() as session:
        account = await get_by_login_name(session, WHO["--login"])
    assert account
    return account


@pytest.fixture
async def begun(installation: Installation, person: Visitor) -> Account:
    """The first manager works with the account."""
    assert await activate(person, token_of((await installation.begin()).out)) == 200
    return await manager(installation)


class TestTheOnlyOne:
    async def test_the_holder_is_back_at_the_new_phone_and_all_is_remembered(
        self, installation: Installation, person: Visitor, begun: Account
    ) -> None:
        await sign_in(installation, person, WHO["--login"], WHO["--phone"])
        said = await in_thread(
            installation, "--login", WHO["--login"].upper(), "--phone", "13900000001", "--reason", REASON
        )
        assert said.code == 0, said.err
        assert (await person.me()).status_code == 401
        token = re.search(r"activation link: (\S+)/activate#(\S+)", said.out)
        assert token
        body = {"token": token[2], "password": "Nw#8pR3xs!"}
        assert (await person.client.post("/api/auth/activations", json=body)).status_code == 200
        asked = await person.sign_in(WHO["--login"], body["password"])
        assert asked.json()["code"] == "code_required"
        async with installation.runtime.database.unit_of_work() as session:
            rows = await history_of(session, RecordType("account"), begun.id)
        (row,) = [each for each in rows if each.action == "rescue"]
        assert all(word in (row.reason or "") for word in (REASON, "张三", "李四"))
        assert "13900000001" not in str((row.before, row.after))
        assert any("手机号码已由" in words for words in await texts_to(installation.runtime, WHO["--phone"]))

    async def test_an_account_that_has_expired_is_valid_again(self, installation: Installation, begun: Account) -> None:
        async with installation.runtime.database.unit_of_work() as session:
            row = await session.get_one(Account, begun.id)
            row.valid_from = row.valid_from.replace(year=row.valid_from.year - 2)
            row.valid_until = row.valid_until.replace(year=row.valid_until.year - 4)
        after = await rescue(installation)
        assert after.valid_until > beijing_today(now_utc())
        assert after.phone == WHO["--phone"]

    async def test_a_phone_that_is_anothers_is_refused(self, installation: Installation, begun: Account) -> None:
        other = await add_account(
            installation.runtime,
            Grant.DISEASE_CONTROL,
            level=Level.PROVINCE,
            region="320000",
            portal=Portal.OFFICIALS,
            phone=new_mobile(),
        )
        with pytest.raises(InvalidInput):
            await rescue(installation, phone=other.phone)
        assert (await manager(installation)).password_hash is not None


class TestOthers:
    async def test_another_manager_of_the_province_is_named_instead(
        self, installation: Installation, begun: Account
    ) -> None:
        other = await add_account(
            installation.runtime,
            Grant.ACCOUNT_MANAGEMENT,
            level=Level.PROVINCE,
            region="320000",
            portal=Portal.OFFICIALS,
            person_name="王能帮",
        )
        with pytest.raises(OthersCanHelp, match="王能帮"):
            await rescue(installation)
        # What they may not do of the first account is done here (AUTH-31).
        assert (await rescue(installation, phone="13900000002")).phone == "13900000002"
        # Who never activated the account, or is no manager any more, can help nobody.
        async with installation.runtime.database.unit_of_work() as session:
            (await session.get_one(Account, other.id)).password_hash = None
        assert (await rescue(installation)).password_hash is None

    async def test_accounts_below_the_province_are_their_superiors_business(
        self, installation: Installation, begun: Account
    ) -> None:
        city = await add_account(
            installation.runtime,
            Grant.ACCOUNT_MANAGEMENT,
            level=Level.CITY,
            region="320100",
            portal=Portal.OFFICIALS,
        )
        for name in (city.login_name, "nobody"):
            with pytest.raises(NoManager):
                await rescue(installation, login_name=name)


class TestWords:
    @pytest.mark.parametrize(
        ("changed", "flag"),
        [
            ({"--witness": "张 三"}, "--witness"),
            ({"--phone": "1390000"}, "--phone"),
            ({"--reason": " "}, "--reason"),
        ],
    )
    def test_what_is_wrong_is_named_by_its_flag(
        self, capsys: pytest.CaptureFixture[str], changed: dict[str, str], flag: str
    ) -> None:
        told = {"--login": "jscdc01", "--reason": REASON, "--operator": "张三", "--witness": "李四", **changed}
        with pytest.raises(SystemExit) as ended:
            main([word for pair in told.items() for word in pair])
        assert ended.value.code == 2
        assert capsys.readouterr().err.startswith(flag)


async def in_thread(installation: Installation, *words: str) -> Said:
    """The command as an operator runs it."""
    return await installation.run(*words, "--operator", "张三", "--witness", "李四", main=main)
