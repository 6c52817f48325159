"""Activations: one link, one use, a password that nobody else has ever known; and the way by a code when the link is gone."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.repository import require_account, require_for_change
from services.auth.access.activations.models import Activation
from services.auth.access.activations.service import begin_activation, reset_password
from services.auth.access.challenges.actions import Action
from services.auth.access.texts.models import Text
from services.auth.directory.organisations.models import Organisation
from shared.clock import now_utc
from shared.db.history import RecordType, history_of
from shared.identity import SYSTEM
from shared.roles import Portal
from shared.runtime import Runtime
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.proofs import field_codes, post_proven, proof_for
from tests.services.auth.records import PASSWORD, Visitor, add_account, new_mobile
from tests.services.auth.sms import last_code, last_text, other_than

NEW = "Zp%58Wqk!"
LINKS = "/api/auth/activations"


async def send_link(runtime: Runtime, account: Account) -> str:
    """The token of a fresh link, as it stands in the text message."""
    async with runtime.database.unit_of_work() as session:
        await begin_activation(session, account=await require_for_change(session, account.id))
    found = re.search(r"/activate#(\S+)", await last_text(runtime, account.phone))
    assert found
    return found[1]


async def waiting(runtime: Runtime, **changes: Any) -> tuple[Account, str]:
    account = await add_account(runtime, password_hash=None, **changes)
    return account, await send_link(runtime, account)


async def activate(person: Visitor, token: str, password: str = NEW) -> httpx.Response:
    return await person.client.post(LINKS, json={"token": token, "password": password})


async def ask_code(person: Visitor, account: str, phone: str) -> httpx.Response:
    return await post_proven(person, f"{LINKS}/codes", Action.ACTIVATION, account=account, phone=phone)


async def by_code(person: Visitor, account: Account, code: str, password: str = NEW) -> httpx.Response:
    body = {"account": account.login_name, "phone": account.phone, "code": code, "password": password}
    return await person.client.post(f"{LINKS}/by-code", json=body)


async def forget_texts(runtime: Runtime, phone: str) -> None:
    """As if every message to this number had been sent."""
    async with runtime.database.unit_of_work() as session:
        for row in await session.scalars(select(Text).where(Text.done_at.is_(None))):
            if row.phone == phone:
                row.done_at = now_utc()


async def unsent(runtime: Runtime, phone: str) -> int:
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(select(Text).where(Text.done_at.is_(None)))
        return sum(row.phone == phone for row in rows)


@pytest.mark.req("AUTH-12", "X15")
class TestLink:
    async def test_the_page_shows_whose_account_it_is_and_what_a_password_must_be_like(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, token = await waiting(runtime, person_name="张三丰")
        answer = await visitor().client.post(f"{LINKS}/look", json={"token": token})
        body = answer.json()
        assert answer.status_code == 200
        assert (body["login_name"], body["person_name"]) == (account.login_name, "张*丰")
        assert body["organisation_name"] == account.organisation.name
        assert body["policy"]["portal"] == "training"
        assert any("特殊字符" in rule["text"] for rule in body["policy"]["rules"])
        assert account.phone not in answer.text

    async def test_the_holder_sets_a_password_and_need_not_change_it(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, token = await waiting(runtime)
        person = visitor()
        done = await activate(person, token)
        assert (done.status_code, done.json()["login_name"]) == (200, account.login_name)
        signed_in = await person.sign_in(account.login_name, NEW)
        assert (signed_in.status_code, signed_in.json()["must_change_password"]) == (201, False)

    async def test_a_link_works_once(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, token = await waiting(runtime)
        person = visitor()
        assert (await activate(person, token)).status_code == 200
        again = await activate(person, token, "Another%58Wqk")
        assert (again.status_code, again.json()["code"]) == (409, "activation_over")
        assert "获取验证码" in again.json()["detail"]
        assert (await person.sign_in(account.login_name, NEW)).status_code == 201

    async def test_of_many_at_once_one_uses_it(self, runtime: Runtime, visitor: NewVisitor) -> None:
        _, token = await waiting(runtime)
        person = visitor()
        answers = await asyncio.gather(*(activate(person, token, f"Zp%58Wqk!{number}") for number in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]

    async def test_a_newer_link_ends_the_one_before(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, first = await waiting(runtime)
        await forget_texts(runtime, account.phone)
        second = await send_link(runtime, account)
        person = visitor()
        assert (await activate(person, first)).json()["code"] == "activation_over"
        assert (await activate(person, second)).status_code == 200

    async def test_a_link_has_its_time(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, token = await waiting(runtime)
        async with runtime.database.unit_of_work() as session:
            late = update(Activation).where(Activation.account_id == account.id)
            await session.execute(late.values(expires_at=now_utc() - timedelta(seconds=1)))
        person = visitor()
        assert (await activate(person, token)).json()["code"] == "activation_over"
        look = await person.client.post(f"{LINKS}/look", json={"token": token})
        assert look.json()["code"] == "activation_over"

    async def test_no_message_carries_a_password_and_no_history_row_a_secret(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, token = await waiting(runtime)
        assert "密码" in await last_text(runtime, account.phone)
        await activate(visitor(), token)
        async with runtime.database.unit_of_work() as session:
            rows = await history_of(session, RecordType("account"), account.id)
            hashed = (await require_account(session, account.id)).password_hash
        assert [row.action for row in rows] == ["open", "activate", "change_password"]
        everything = str([(row.reason, row.before, row.after) for row in rows])
        for secret in (NEW, token, account.phone, str(hashed)):
            assert secret not in everything

    async def test_an_account_of_a_disabled_unit_is_told_so(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, token = await waiting(runtime)
        async with runtime.database.unit_of_work() as session:
            unit = update(Organisation).where(Organisation.id == account.organisation_id)
            await session.execute(unit.values(status="disabled"))
        assert (await activate(visitor(), token)).json()["code"] == "account_disabled"


@pytest.mark.req("AUTH-13", "AUTH-14", "AUTH-15", "AUTH-24", "X17")
class TestPolicy:
    async def test_every_broken_rule_is_told_at_once_and_the_link_stays_good(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        _, token = await waiting(runtime)
        person = visitor()
        refused = await activate(person, token, "aaa123?")
        expected = ["length", "classes", "charset", "repeat", "sequence", "common"]
        assert (refused.status_code, field_codes(refused)) == (422, [("password", code) for code in expected])
        assert (await activate(person, token)).status_code == 200

    @pytest.mark.parametrize("known", ["Passw0rd!", "P@ssw0rd", "Js#MMGL%86!*"])
    @pytest.mark.req("X15")
    async def test_a_password_that_everybody_knows_is_refused(
        self, runtime: Runtime, visitor: NewVisitor, known: str
    ) -> None:
        _, token = await waiting(runtime)
        assert field_codes(await activate(visitor(), token, known)) == [("password", "common")]

    async def test_employers_need_no_special(self, runtime: Runtime, visitor: NewVisitor) -> None:
        _, token = await waiting(runtime, portal=Portal.ENTERPRISE)
        assert (await activate(visitor(), token, "Axbd1937")).status_code == 200
        _, token = await waiting(runtime)
        assert field_codes(await activate(visitor(), token, "Axbd1937")) == [("password", "classes")]

    async def test_the_rules_are_public_and_name_every_code(self, visitor: NewVisitor) -> None:
        policies = (await visitor().client.get("/api/auth/password-policies")).json()
        codes = {policy["portal"]: [rule["code"] for rule in policy["rules"]] for policy in policies}
        strict = ["length", "classes", "charset", "sequence", "repeat", "common", "reused"]
        assert codes == {
            "training": strict,
            "officials": strict,
            "enterprise": ["length", "classes", "common", "reused"],
        }


@pytest.mark.req("AUTH-29", "BEY-09", "FAQ-D18")
class TestReset:
    async def reset(self, runtime: Runtime, account: Account) -> str:
        async with runtime.database.unit_of_work() as session:
            held = await require_for_change(session, account.id)
            await reset_password(session, held, SYSTEM)
        found = re.search(r"/activate#(\S+)", await last_text(runtime, account.phone))
        assert found
        return found[1]

    async def test_a_reset_ends_password_lock_and_session_and_the_old_password_does_not_come_back(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person = await add_account(runtime), visitor()
        await person.sign_in(account.login_name)
        for _ in range(5):
            await visitor().sign_in(account.login_name, "Wrong#20x")
        token = await self.reset(runtime, account)
        assert (await person.me()).json()["code"] == "session_ended"
        assert field_codes(await activate(person, token, PASSWORD)) == [("password", "reused")]
        assert (await activate(person, token)).status_code == 200
        assert (await person.sign_in(account.login_name, NEW)).status_code == 201


@pytest.mark.req("AUTH-11", "AUTH-12", "BEY-09")
class TestByCode:
    async def test_an_expired_link_is_replaced_by_a_code(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, token = await waiting(runtime)
        person = visitor()
        sent = await ask_code(person, account.login_name, account.phone)
        assert sent.status_code == 200
        code = await last_code(runtime, account.phone)
        assert (await by_code(person, account, code)).status_code == 200
        assert (await activate(person, token)).json()["code"] == "activation_over"
        assert (await by_code(person, account, code)).json()["code"] == "code_expired"
        assert (await person.sign_in(account.login_name, NEW)).status_code == 201

    async def test_a_weak_password_leaves_the_code_good_and_a_wrong_code_is_counted(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account = await add_account(runtime, password_hash=None)
        person = visitor()
        await ask_code(person, account.login_name, account.phone)
        code = await last_code(runtime, account.phone)
        assert field_codes(await by_code(person, account, code, "abc"))[0][0] == "password"
        wrong = await by_code(person, account, other_than(code))
        assert "还可再试 3 次" in wrong.json()["errors"][0]["message"]
        assert (await by_code(person, account, code)).status_code == 200

    async def test_of_many_at_once_one_uses_the_code(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime, password_hash=None), visitor()
        await ask_code(person, account.login_name, account.phone)
        code = await last_code(runtime, account.phone)
        answers = await asyncio.gather(*(by_code(person, account, code, f"Zp%58Wqk!{number}") for number in range(3)))
        # Who comes while the first is at it finds nothing to activate, who comes after it no code.
        late = {(409, "activation_over"), (422, "code_expired")}
        assert sorted(answer.status_code for answer in answers)[0] == 200
        assert {(each.status_code, each.json()["code"]) for each in answers if each.status_code != 200} <= late
        assert [each.status_code for each in answers].count(200) == 1

    async def test_nothing_is_sent_without_a_proof_for_this(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime, password_hash=None), visitor()
        body = {"account": account.login_name, "phone": account.phone}
        other = {**body, "proof": await proof_for(person, Action.SIGN_IN)}
        assert (await person.client.post(f"{LINKS}/codes", json=other)).json()["code"] == "proof_invalid"
        assert await unsent(runtime, account.phone) == 0

    async def test_a_code_is_sent_only_where_it_activates_and_the_answers_are_alike(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        waits, active = await add_account(runtime, password_hash=None), await add_account(runtime)
        stranger = new_mobile()
        answers = []
        for name, phone in (
            (waits.login_name, waits.phone),
            (active.login_name, active.phone),
            (waits.login_name, stranger),
            ("no-such-name", new_mobile()),
        ):
            answer = await ask_code(visitor(), name, phone)
            answers.append((answer.status_code, {**answer.json(), "phone": ""}))
        assert all(answer == answers[0] for answer in answers)
        assert [await unsent(runtime, phone) for phone in (waits.phone, active.phone, stranger)] == [1, 0, 0]
