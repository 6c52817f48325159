"""The second step of a sign-in: who needs a code, what each answer says, and what a code is good for."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from services.auth.access.accounts.models import Account
from services.auth.access.codes.models import Code, Purpose
from services.auth.access.codes.service import phone_index
from services.auth.access.sessions.models import LoginSession
from services.auth.settings import auth_settings
from shared.clock import now_utc
from shared.crypto import mask_phone
from shared.db.history import RecordType, history_of
from shared.roles import Grant, Level, Portal
from shared.runtime import Runtime
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import Visitor, add_account
from tests.services.auth.sms import last_code, last_text, other_than, second_step, sign_in_by_code

AGO = timedelta(seconds=61)


async def add_official(runtime: Runtime, **changes: Any) -> Account:
    return await add_account(runtime, Grant.DISEASE_CONTROL, level=Level.CITY, portal=Portal.OFFICIALS, **changes)


async def age_codes(runtime: Runtime, phone: str) -> None:
    """As if the codes of this number had been asked for a minute earlier."""
    async with runtime.database.unit_of_work() as session:
        own = update(Code).where(Code.phone_index == phone_index(phone))
        await session.execute(own.values(created_at=Code.created_at - AGO))


async def codes_of(runtime: Runtime, phone: str) -> list[Code]:
    async with runtime.database.unit_of_work() as session:
        own = select(Code).where(Code.phone_index == phone_index(phone)).order_by(Code.id)
        return list(await session.scalars(own))


async def refused_code(person: Visitor, account: Account, ticket: str, code: str) -> str:
    answer = await second_step(person, account, ticket, code)
    assert answer.status_code == 422
    return str(answer.json()["errors"][0]["code"])


@pytest.fixture
def unit_codes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AUTH_UNIT_CODES", "true")
    auth_settings.cache_clear()
    yield
    monkeypatch.undo()
    auth_settings.cache_clear()


@pytest.mark.req("AUTH-10", "AUTH-28", "X26")
class TestWhoNeedsACode:
    @pytest.mark.req("NOTE-04")
    async def test_an_official_is_asked_for_one_at_every_sign_in(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_official(runtime), visitor()
        for _ in range(2):
            asked = await person.sign_in(account.login_name, take_over=True)
            assert (asked.status_code, asked.json()["code"]) == (401, "code_required")
            assert "set-cookie" not in asked.headers
            assert (await visitor().me()).status_code == 401
            code = await last_code(runtime, account.phone)
            answer = await second_step(person, account, asked.json()["ticket"], code, take_over=True)
            assert answer.status_code == 201, answer.text
            assert (await person.me()).json()["account"]["login_name"] == account.login_name

    @pytest.mark.parametrize("portal", [Portal.TRAINING, Portal.ENTERPRISE])
    async def test_a_unit_is_not(self, runtime: Runtime, visitor: NewVisitor, portal: Portal) -> None:
        account = await add_account(runtime, portal=portal)
        assert (await visitor().sign_in(account.login_name)).status_code == 201
        assert await codes_of(runtime, account.phone) == []

    @pytest.mark.parametrize("portal", [Portal.TRAINING, Portal.ENTERPRISE])
    @pytest.mark.usefixtures("unit_codes")
    async def test_a_unit_is_where_the_setting_says_so(
        self, runtime: Runtime, visitor: NewVisitor, portal: Portal
    ) -> None:
        account = await add_account(runtime, portal=portal)
        assert (await sign_in_by_code(runtime, visitor(), account)).status_code == 201

    async def test_no_code_is_sent_for_a_wrong_password_or_an_unusable_account(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, expired = await add_official(runtime), await add_official(runtime, valid_days=-1)
        assert (await visitor().sign_in(account.login_name, "Wrong#20x")).json()["code"] == "wrong_credentials"
        assert (await visitor().sign_in(expired.login_name)).json()["code"] == "account_expired"
        assert await codes_of(runtime, account.phone) == await codes_of(runtime, expired.phone) == []

    @pytest.mark.parametrize("phone", ["", "025-83759310"])
    async def test_an_account_without_a_mobile_is_told_what_to_do(
        self, runtime: Runtime, visitor: NewVisitor, phone: str
    ) -> None:
        account = await add_official(runtime)
        async with runtime.database.unit_of_work() as session:
            (await session.get_one(Account, account.id)).phone = phone
        answer = await visitor().sign_in(account.login_name)
        assert (answer.status_code, answer.json()["code"]) == (403, "phone_unusable")
        assert "更换手机号" in answer.json()["detail"]


@pytest.mark.req("AUTH-28", "FAQ-D17", "PLAT-01")
class TestTheFirstAnswer:
    async def test_it_says_where_the_code_went_for_how_long_and_where_to_change_the_phone(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account = await add_official(runtime)
        told = (await visitor().sign_in(account.login_name)).json()
        masked = mask_phone(account.phone)
        assert (told["phone"], told["resend_after"], told["expires_in"]) == (masked, 60, 300)
        for words in (masked, "5 分钟", "更换手机号", "上级机构"):
            assert words in told["detail"]
        assert account.phone not in str(told)
        assert "用于登录" in await last_text(runtime, account.phone)

    async def test_asking_again_sends_another_after_a_minute(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_official(runtime), visitor()
        first = await person.sign_in(account.login_name)
        old = await last_code(runtime, account.phone)
        soon = await second_step(person, account, first.json()["ticket"], None)
        assert (soon.status_code, soon.json()["code"]) == (429, "code_too_soon")
        assert 0 < int(soon.headers["retry-after"]) == soon.json()["resend_after"] <= 60
        await age_codes(runtime, account.phone)
        again = await second_step(person, account, soon.json()["ticket"], None)
        assert (again.status_code, again.json()["code"]) == (401, "code_required")
        new = await last_code(runtime, account.phone)
        assert old == new or await refused_code(person, account, again.json()["ticket"], old) == "code_wrong"
        assert len(await codes_of(runtime, account.phone)) == 2

    async def test_a_code_that_came_before_a_too_soon_is_still_taken(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person = await add_official(runtime), visitor()
        await person.sign_in(account.login_name)
        soon = (await visitor().sign_in(account.login_name)).json()
        assert soon["code"] == "code_too_soon"
        code = await last_code(runtime, account.phone)
        assert (await second_step(person, account, soon["ticket"], code)).status_code == 201

    async def test_the_tenth_code_of_a_day_is_the_last(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account = await add_official(runtime)
        for _ in range(10):
            assert (await visitor().sign_in(account.login_name)).json()["code"] == "code_required"
            await age_codes(runtime, account.phone)
        refused = await visitor().sign_in(account.login_name)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_codes")
        assert int(refused.headers["retry-after"]) > 60


@pytest.mark.req("AUTH-28", "AUTH-11")
class TestTheCode:
    async def test_a_wrong_one_says_how_many_tries_are_left_and_needs_no_new_picture(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person = await add_official(runtime), visitor()
        told = (await person.sign_in(account.login_name)).json()
        code = await last_code(runtime, account.phone)
        for left in (4, 3):
            answer = await second_step(person, account, told["ticket"], other_than(code))
            told = answer.json()
            assert (answer.status_code, told["code"]) == (422, "code_wrong")
            assert (told["errors"][0]["field"], f"{left} 次" in told["errors"][0]["message"]) == ("code", True)
        assert (await second_step(person, account, told["ticket"], code)).status_code == 201

    async def test_five_wrong_ones_end_it(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_official(runtime), visitor()
        told = (await person.sign_in(account.login_name)).json()
        code = await last_code(runtime, account.phone)
        for _ in range(5):
            told = (await second_step(person, account, told["ticket"], other_than(code))).json()
        dead = await second_step(person, account, told["ticket"], code)
        assert (dead.status_code, dead.json()["code"]) == (422, "code_expired")
        await age_codes(runtime, account.phone)
        again = await second_step(person, account, dead.json()["ticket"], None)
        assert again.json()["code"] == "code_required"

    async def test_wrong_ones_slow_an_address_down(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_official(runtime), visitor()
        told = (await person.sign_in(account.login_name)).json()
        code = await last_code(runtime, account.phone)
        await second_step(person, account, told["ticket"], other_than(code))
        assert await runtime.redis.get(f"sign-in-failures:{person.address}") == "1"

    async def test_it_ends_after_five_minutes(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_official(runtime), visitor()
        told = (await person.sign_in(account.login_name)).json()
        async with runtime.database.unit_of_work() as session:
            own = update(Code).where(Code.phone_index == phone_index(account.phone))
            await session.execute(own.values(expires_at=now_utc()))
        code = await last_code(runtime, account.phone)
        assert await refused_code(person, account, told["ticket"], code) == "code_expired"

    async def test_one_for_another_purpose_opens_nothing(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_official(runtime), visitor()
        told = (await person.sign_in(account.login_name)).json()
        async with runtime.database.unit_of_work() as session:
            own = update(Code).where(Code.phone_index == phone_index(account.phone))
            await session.execute(own.values(purpose=Purpose.RECOVERY))
        code = await last_code(runtime, account.phone)
        assert await refused_code(person, account, told["ticket"], code) == "code_expired"

    async def test_it_may_be_typed_full_width(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_official(runtime), visitor()
        told = (await person.sign_in(account.login_name)).json()
        code = await last_code(runtime, account.phone)
        wide = " " + "".join(chr(ord(digit) + 0xFEE0) for digit in code)
        assert (await second_step(person, account, told["ticket"], wide)).status_code == 201

    async def test_what_is_no_code_costs_no_try_and_no_ticket(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_official(runtime), visitor()
        told = (await person.sign_in(account.login_name)).json()
        refused = await second_step(person, account, told["ticket"], "12345x")
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "code")
        code = await last_code(runtime, account.phone)
        assert (await second_step(person, account, told["ticket"], code)).status_code == 201


@pytest.mark.req("AUTH-09", "AUTH-28")
class TestInUseElsewhere:
    async def test_the_code_stays_good_until_the_session_is_taken_over(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        """Also at the last try: a right code that opened nothing has cost none."""
        account, first, second = await add_official(runtime), visitor(), visitor("python-httpx/0.28")
        assert (await sign_in_by_code(runtime, first, account)).status_code == 201
        told = (await second.sign_in(account.login_name)).json()
        code = await last_code(runtime, account.phone)
        for _ in range(4):
            told = (await second_step(second, account, told["ticket"], other_than(code))).json()
        busy = await second_step(second, account, told["ticket"], code)
        assert (busy.status_code, busy.json()["code"]) == (409, "already_signed_in")
        assert "Windows 10/11 上的 Edge" in busy.json()["detail"]
        assert (await first.me()).status_code == 200
        answer = await second_step(second, account, busy.json()["ticket"], code, take_over=True)
        assert answer.status_code == 201, answer.text
        assert "程序 python-httpx" in (await first.me()).json()["detail"]

    async def test_a_unit_takes_over_without_another_picture(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, first, second = await add_account(runtime), visitor(), visitor()
        await first.sign_in(account.login_name)
        ticket = (await second.sign_in(account.login_name)).json()["ticket"]
        assert (await second_step(second, account, ticket, None, take_over=True)).status_code == 201
        assert (await first.me()).status_code == 401


@pytest.mark.req("PLAT-04", "PLAT-05")
async def test_each_step_is_remembered_without_its_secrets(runtime: Runtime, visitor: NewVisitor) -> None:
    account, person = await add_official(runtime), visitor()
    told = (await person.sign_in(account.login_name)).json()
    code = await last_code(runtime, account.phone)
    told = (await second_step(person, account, told["ticket"], other_than(code))).json()
    token = (await second_step(person, account, told["ticket"], code)).json()["token"]
    async with runtime.database.unit_of_work() as session:
        rows = await history_of(session, RecordType("account"), account.id)
        used = await session.scalar(select(LoginSession).where(LoginSession.account_id == account.id))
    assert used is not None
    assert [row.action for row in rows] == ["open", "send_code", "wrong_code", "sign_in"]
    assert {row.address for row in rows[1:]} == {person.address}
    everything = str([(row.reason, row.before, row.after, row.actor_name) for row in rows[1:]])
    for secret in (code, other_than(code), token, told["ticket"], account.phone):
        assert secret not in everything


@pytest.mark.req("PLAT-05")
async def test_the_code_stands_nowhere_in_clear(runtime: Runtime, visitor: NewVisitor) -> None:
    account = await add_official(runtime)
    await visitor().sign_in(account.login_name)
    code, (row,) = await last_code(runtime, account.phone), await codes_of(runtime, account.phone)
    assert code.encode() not in row.code_hash
    async with runtime.database.unit_of_work() as session:
        raw = text("SELECT row_to_json(t)::text FROM texts t WHERE id = :id")
        stored = str(await session.scalar(raw, {"id": row.text_id}))
    assert code not in stored.replace(str(row.text_id), "")
    assert account.phone not in stored
