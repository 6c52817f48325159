"""忘记账号密码 and 解除锁定: what a code to the account's own phone opens, for whom, and how little anybody else learns."""

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from services.auth.access.accounts.models import Account
from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.tickets import make_ticket
from services.auth.access.codes.models import Code
from services.auth.access.codes.service import phone_index
from services.auth.access.texts.models import Text
from shared.clock import now_utc
from shared.db.history import RecordType, history_of
from shared.roles import Grant, Level, Portal
from shared.runtime import Runtime
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.proofs import field_codes, post_proven, proof_for
from tests.services.auth.records import PASSWORD, Visitor, add_account, new_mobile
from tests.services.auth.sms import last_code, last_text, other_than, sign_in_by_code

NEW = "Zp%58Wqk!"
RECOVERY, UNLOCKS = "/api/auth/recovery", "/api/auth/unlocks"


async def add_official(runtime: Runtime) -> Account:
    return await add_account(runtime, Grant.DISEASE_CONTROL, level=Level.CITY, portal=Portal.OFFICIALS)


async def ask(person: Visitor, phone: str, **more: Any) -> httpx.Response:
    return await post_proven(person, f"{RECOVERY}/codes", Action.RECOVERY, phone=phone, **more)


async def look(runtime: Runtime, person: Visitor, phone: str) -> dict[str, Any]:
    """What the phone's holder sees after the code."""
    assert (await ask(person, phone)).status_code == 200
    body = {"phone": phone, "code": await last_code(runtime, phone)}
    answer = await person.client.post(f"{RECOVERY}/accounts", json=body)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def reset(person: Visitor, ticket: str, account: Account, password: str = NEW) -> httpx.Response:
    body = {"ticket": ticket, "account_id": str(account.id), "password": password}
    return await person.client.post(f"{RECOVERY}/password", json=body)


async def is_told(runtime: Runtime, phone: str) -> bool:
    """Whether a message to this number waits."""
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(select(Text).where(Text.done_at.is_(None)))
        return any(row.phone == phone for row in rows)


async def lock(account: Account, visitor: NewVisitor) -> None:
    person = visitor()
    for _ in range(5):
        await person.sign_in(account.login_name, "Wrong#20x")
    assert (await person.sign_in(account.login_name)).status_code == 423


def alike(answers: Sequence[httpx.Response]) -> bool:
    """Whether nothing but the number itself tells these answers apart."""
    shown = [(answer.status_code, {**answer.json(), "phone": ""}) for answer in answers]
    return all(each == shown[0] for each in shown)


@pytest.mark.req("AUTH-25", "X18")
class TestRecovery:
    @pytest.mark.req("NOTE-04")
    async def test_the_phone_shows_all_its_accounts_and_sets_one_password(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        phone = new_mobile()
        one = await add_account(runtime, Grant.HAZARD_DECLARATION, portal=Portal.ENTERPRISE, phone=phone)
        two = await add_account(runtime, Grant.HAZARD_DECLARATION, portal=Portal.ENTERPRISE, phone=phone)
        person = visitor()
        found = await look(runtime, person, phone)
        shown = {(item["login_name"], item["organisation_name"], item["portal"]) for item in found["accounts"]}
        assert shown == {(each.login_name, each.organisation.name, "enterprise") for each in (one, two)}
        done = await reset(person, found["ticket"], two)
        assert (done.status_code, done.json()["login_name"]) == (200, two.login_name)
        assert (await visitor().sign_in(two.login_name, NEW)).status_code == 201
        assert (await visitor().sign_in(two.login_name, PASSWORD)).status_code == 401
        assert (await visitor().sign_in(one.login_name, PASSWORD)).status_code == 201

    async def test_a_ticket_sets_one_password_once(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        ticket = (await look(runtime, person, account.phone))["ticket"]
        assert (await reset(person, ticket, account)).status_code == 200
        assert (await reset(person, ticket, account, "Zp%58Wqk!2")).json()["code"] == "proof_used"

    async def test_of_many_at_once_one_uses_the_ticket(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        ticket = (await look(runtime, person, account.phone))["ticket"]
        answers = await asyncio.gather(*(reset(person, ticket, account, f"Zp%58Wqk!{each}") for each in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]

    async def test_weak_and_old_passwords_are_refused_and_the_ticket_stays_good(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person = await add_account(runtime), visitor()
        ticket = (await look(runtime, person, account.phone))["ticket"]
        weak = await reset(person, ticket, account, "abc$$$")
        expected = ["length", "classes", "charset", "sequence", "repeat"]
        assert field_codes(weak)[:5] == [("password", code) for code in expected]
        assert field_codes(await reset(person, ticket, account, PASSWORD)) == [("password", "reused")]
        assert (await reset(person, ticket, account)).status_code == 200

    async def test_no_ticket_opens_an_account_of_another_phone(self, runtime: Runtime, visitor: NewVisitor) -> None:
        mine, other, person = await add_account(runtime), await add_account(runtime), visitor()
        ticket = (await look(runtime, person, mine.phone))["ticket"]
        assert (await reset(person, ticket, other)).json()["code"] == "proof_invalid"
        pictures = make_ticket(Action.RECOVERY, seconds=60)
        foreign = make_ticket(Action.CHANGE_PHONE, seconds=60, subject=phone_index(mine.phone).hex())
        late = make_ticket(Action.RECOVERY, seconds=-1, subject=phone_index(mine.phone).hex())
        codes = [(await reset(person, each, mine)).json()["code"] for each in (pictures, foreign, late, "x")]
        assert codes == ["proof_invalid", "proof_invalid", "proof_expired", "proof_invalid"]
        assert (await visitor().sign_in(mine.login_name)).status_code == 201

    async def test_a_wrong_code_shows_nothing_and_stays_counted(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        await ask(person, account.phone)
        code = await last_code(runtime, account.phone)
        body = {"phone": account.phone, "code": other_than(code)}
        tries = [(await person.client.post(f"{RECOVERY}/accounts", json=body)).json() for _ in range(5)]
        assert "还可再试 4 次" in tries[0]["errors"][0]["message"]
        right = await person.client.post(f"{RECOVERY}/accounts", json={**body, "code": code})
        assert (right.status_code, right.json()["code"]) == (422, "code_expired")

    @pytest.mark.req("BEY-09", "FAQ-D12")
    async def test_a_new_password_ends_lock_and_session_and_is_remembered(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, elsewhere, person = await add_account(runtime), visitor(), visitor()
        await elsewhere.sign_in(account.login_name)
        await lock(account, visitor)
        ticket = (await look(runtime, person, account.phone))["ticket"]
        assert (await reset(person, ticket, account)).status_code == 200
        assert "密码已重新设置" in (await elsewhere.me()).json()["detail"]
        assert (await person.sign_in(account.login_name, NEW)).status_code == 201
        assert "如非本人操作" in await last_text(runtime, account.phone)
        async with runtime.database.unit_of_work() as session:
            rows = await history_of(session, RecordType("account"), account.id)
        assert [row.action for row in rows if row.action in {"recover", "change_password"}] == [
            "recover",
            "change_password",
        ]
        everything = str([(row.reason, row.before, row.after) for row in rows])
        assert not any(secret in everything for secret in (NEW, ticket, account.phone))


@pytest.mark.req("AUTH-25", "AUTH-29", "FAQ-D1")
class TestNothingIsTold:
    async def test_every_number_gets_the_same_answer_and_only_a_unit_a_code(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        unit, official, nobody = await add_account(runtime), await add_official(runtime), new_mobile()
        disabled = await add_account(runtime)
        async with runtime.database.unit_of_work() as session:
            gone = update(Account).where(Account.id == disabled.id)
            await session.execute(gone.values(status="disabled"))
        phones = (unit.phone, official.phone, nobody, disabled.phone)
        assert alike([await ask(visitor(), phone) for phone in phones])
        assert [await is_told(runtime, phone) for phone in phones] == [True, False, False, False]

    async def test_the_answer_says_which_system_this_is_and_where_the_others_ask(self, visitor: NewVisitor) -> None:
        advice = (await ask(visitor(), new_mobile())).json()["advice"]
        assert "原安监系统账号不能登录本系统" in advice
        assert "账号申诉" in advice
        assert "管理机构账号由上级机构查询并重置密码" in advice

    async def test_an_officials_account_is_not_reset_by_its_phone(self, runtime: Runtime, visitor: NewVisitor) -> None:
        official = await add_official(runtime)
        ticket = make_ticket(Action.RECOVERY, seconds=60, subject=phone_index(official.phone).hex())
        assert (await reset(visitor(), ticket, official)).json()["code"] == "proof_invalid"

    async def test_a_portal_narrows_what_is_found(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account = await add_account(runtime)
        await ask(visitor(), account.phone, portal="officials")
        assert not await is_told(runtime, account.phone)

    @pytest.mark.req("AUTH-11")
    async def test_no_code_without_a_proof_for_this(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        body = {"phone": account.phone, "proof": await proof_for(person, Action.UNLOCK)}
        assert (await person.client.post(f"{RECOVERY}/codes", json=body)).json()["code"] == "proof_invalid"
        assert (await person.client.post(f"{RECOVERY}/codes", json={"phone": account.phone})).status_code == 422
        assert not await is_told(runtime, account.phone)


@pytest.mark.req("BEY-09", "FAQ-D12")
class TestUnlock:
    async def ask(self, person: Visitor, name: str, phone: str) -> httpx.Response:
        return await post_proven(person, f"{UNLOCKS}/codes", Action.UNLOCK, account=name, phone=phone)

    async def unlock(self, person: Visitor, name: str, phone: str, code: str) -> httpx.Response:
        return await person.client.post(UNLOCKS, json={"account": name, "phone": phone, "code": code})

    async def test_a_code_to_the_own_phone_unlocks_at_once(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        await lock(account, visitor)
        await self.ask(person, account.login_name, account.phone)
        code = await last_code(runtime, account.phone)
        wrong = await self.unlock(person, account.login_name, account.phone, other_than(code))
        assert field_codes(wrong) == [("code", "code_wrong")]
        assert (await person.sign_in(account.login_name)).status_code == 423
        assert (await self.unlock(person, account.login_name, account.phone, code)).status_code == 204
        assert (await person.sign_in(account.login_name)).status_code == 201
        async with runtime.database.unit_of_work() as session:
            rows = await history_of(session, RecordType("account"), account.id)
        assert [(row.action, row.address) for row in rows if row.action == "unlock"] == [("unlock", person.address)]

    async def test_officials_unlock_their_own_too(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_official(runtime), visitor()
        await lock(account, visitor)
        await self.ask(person, account.login_name, account.phone)
        code = await last_code(runtime, account.phone)
        assert (await self.unlock(person, account.login_name, account.phone, code)).status_code == 204
        async with runtime.database.unit_of_work() as session:
            own = update(Code).where(Code.phone_index == phone_index(account.phone))
            await session.execute(own.values(used_at=now_utc()))
        assert (await sign_in_by_code(runtime, person, account)).status_code == 201

    async def test_a_code_is_sent_only_for_a_locked_account_and_the_answers_are_alike(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        locked, free, stranger = await add_account(runtime), await add_account(runtime), new_mobile()
        await lock(locked, visitor)
        asked = (
            (locked.login_name, stranger),
            (free.login_name, free.phone),
            ("no-such-name", new_mobile()),
            (locked.login_name, locked.phone),
        )
        assert alike([await self.ask(visitor(), name, phone) for name, phone in asked])
        sent = [await is_told(runtime, phone) for _, phone in asked]
        assert sent == [False, False, False, True]

    async def test_a_code_of_one_account_unlocks_no_other(self, runtime: Runtime, visitor: NewVisitor) -> None:
        mine, other, person = await add_account(runtime), await add_account(runtime), visitor()
        await lock(mine, visitor)
        await lock(other, visitor)
        await self.ask(person, mine.login_name, mine.phone)
        code = await last_code(runtime, mine.phone)
        assert (await self.unlock(person, other.login_name, mine.phone, code)).status_code == 204
        assert (await visitor().sign_in(other.login_name)).status_code == 423
