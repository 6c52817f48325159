"""What stands for the old phone before a sign-in: its number is guessed no more often than a password, and an official has to have it."""

import asyncio
from collections import Counter

import pytest

from services.auth.access.accounts.models import Account
from services.auth.access.challenges.actions import Action
from services.auth.main import app
from shared.crypto import mask_phone
from shared.db.history import RecordType, history_of
from shared.roles import Grant, Level, Permission, Portal
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.proofs import field_codes, post_proven, proof_for
from tests.services.auth.records import PASSWORD, Visitor, add_account, new_mobile
from tests.services.auth.sms import last_code, last_text, other_than, sign_in_by_code
from tests.services.auth.test_phones import CHANGES, OWN, confirm, is_told, phone_of, start


async def add_official(runtime: Runtime) -> Account:
    return await add_account(runtime, Grant.DISEASE_CONTROL, level=Level.CITY, portal=Portal.OFFICIALS)


async def actions(runtime: Runtime, account: Account) -> list[str]:
    async with runtime.database.unit_of_work() as session:
        return [row.action for row in await history_of(session, RecordType("account"), account.id)]


async def guess(person: Visitor, account: Account) -> int:
    return (await start(person, account, new_mobile(), old_phone=new_mobile())).status_code


@pytest.mark.req("AUTH-20", "AUTH-27")
class TestGuesses:
    async def test_five_wrong_ones_lock_the_account_and_tell_its_holder(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person = await add_account(runtime), visitor()
        assert [await guess(person, account) for _ in range(5)] == [422] * 5
        locked = await start(visitor(), account, new_mobile())
        assert (locked.status_code, locked.json()["code"]) == (423, "account_locked")
        assert (await visitor().sign_in(account.login_name)).status_code == 423
        assert await actions(runtime, account) == ["open", *["wrong_old_phone"] * 5, "lock"]
        assert "旧手机号码" in await last_text(runtime, account.phone)
        assert await runtime.redis.get(f"sign-in-failures:{person.address}") == "5"

    async def test_the_right_password_between_them_ends_no_count(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        for _ in range(5):
            await guess(person, account)
            last = await person.sign_in(account.login_name, take_over=True)
        assert last.status_code == 423

    async def test_the_right_number_begins_the_count_anew(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        for _ in range(2):
            assert [await guess(person, account) for _ in range(4)] == [422] * 4
            assert (await start(person, account, new_mobile())).status_code == 200

    async def test_of_forty_at_once_five_are_compared(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        proofs = [await proof_for(person, Action.CHANGE_PHONE) for _ in range(40)]

        async def one(proof: str) -> int:
            body = {"account": account.login_name, "password": PASSWORD, "proof": proof}
            phones = {"old_phone": new_mobile(), "new_phone": new_mobile()}
            return (await person.client.post(CHANGES, json={**body, **phones})).status_code

        assert Counter(await asyncio.gather(*map(one, proofs))) == {422: 5, 423: 35}
        assert Counter(await actions(runtime, account))["wrong_old_phone"] == 5

    async def test_an_overseer_ends_the_lock(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, person = await add_account(runtime), visitor()
        for _ in range(5):
            await guess(person, account)
        overseer = make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.CITY, region="320100")
        client = await client_for(app, overseer)
        assert (await client.post(f"/api/auth/accounts/{account.id}/unlock")).status_code == 200
        assert (await start(person, account, new_mobile())).status_code == 200


@pytest.mark.req("AUTH-20", "AUTH-28", "FAQ-D17")
class TestOfficials:
    async def test_both_phones_are_sent_a_code_and_both_are_asked_for(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person, new_phone = await add_official(runtime), visitor(), new_mobile()
        told = (await start(person, account, new_phone)).json()
        assert told["old_phone"] == mask_phone(account.phone)
        code, old_code = await last_code(runtime, new_phone), await last_code(runtime, account.phone)
        done = await confirm(person, account, new_phone, code, told["ticket"], old_code=old_code)
        assert done.status_code == 201, done.text
        assert await phone_of(runtime, account) == new_phone

    async def test_knowing_the_old_number_is_not_having_it(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person, new_phone = await add_official(runtime), visitor(), new_mobile()
        ticket = (await start(person, account, new_phone)).json()["ticket"]
        code, old_code = await last_code(runtime, new_phone), await last_code(runtime, account.phone)
        without = await confirm(person, account, new_phone, code, ticket)
        assert (without.status_code, field_codes(without)) == (422, [("old_code", "missing")])
        assert "上级机构" in without.json()["detail"]
        for _ in range(5):
            wrong = await confirm(person, account, new_phone, code, ticket, old_code=other_than(old_code))
            assert field_codes(wrong) == [("old_code", "code_wrong")]
        dead = await confirm(person, account, new_phone, code, ticket, old_code=old_code)
        assert field_codes(dead) == [("old_code", "code_expired")]
        assert (await person.me()).status_code == 401
        assert await phone_of(runtime, account) == account.phone

    async def test_a_ticket_of_another_account_tries_no_code(self, runtime: Runtime, visitor: NewVisitor) -> None:
        victim, thief, person = await add_official(runtime), await add_official(runtime), visitor()
        await start(visitor(), victim, new_mobile())
        mine = new_mobile()
        ticket = (await start(person, thief, mine)).json()["ticket"]
        tried = await confirm(person, victim, mine, "123456", ticket, old_code="123456")
        assert tried.json()["code"] == "proof_invalid"

    async def test_a_session_is_not_the_old_phone_either(self, runtime: Runtime, visitor: NewVisitor) -> None:
        """Whoever sits down at a browser that was left open, and knows the password, gets nowhere without the phone."""
        account, person, new_phone = await add_official(runtime), visitor(), new_mobile()
        assert (await sign_in_by_code(runtime, person, account)).status_code == 201
        told = (await post_proven(person, OWN, Action.CHANGE_PHONE, new_phone=new_phone, password=PASSWORD)).json()
        assert told["old_phone"] == mask_phone(account.phone)
        code, old_code = await last_code(runtime, new_phone), await last_code(runtime, account.phone)
        body = {"new_phone": new_phone, "code": code, "proof": told["ticket"]}
        without = await person.client.post(f"{OWN}/confirm", json=body)
        assert (without.status_code, field_codes(without)) == (422, [("old_code", "missing")])
        assert "上级机构" in without.json()["detail"]
        for each in (other_than(old_code), code if code != old_code else other_than(code)):
            wrong = await person.client.post(f"{OWN}/confirm", json={**body, "old_code": each})
            assert field_codes(wrong) == [("old_code", "code_wrong")]
        assert await phone_of(runtime, account) == account.phone
        done = await person.client.post(f"{OWN}/confirm", json={**body, "old_code": old_code})
        assert (done.status_code, done.json()) == (200, {"phone": mask_phone(new_phone)})
        again = await person.client.post(f"{OWN}/confirm", json={**body, "old_code": old_code})
        assert again.status_code == 422

    async def test_nor_are_five_wrong_codes_more_from_a_session(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person, new_phone = await add_official(runtime), visitor(), new_mobile()
        await sign_in_by_code(runtime, person, account)
        told = (await post_proven(person, OWN, Action.CHANGE_PHONE, new_phone=new_phone, password=PASSWORD)).json()
        code, old_code = await last_code(runtime, new_phone), await last_code(runtime, account.phone)
        body = {"new_phone": new_phone, "code": code, "proof": told["ticket"]}
        for _ in range(5):
            wrong = await person.client.post(f"{OWN}/confirm", json={**body, "old_code": other_than(old_code)})
            assert field_codes(wrong) == [("old_code", "code_wrong")]
        dead = await person.client.post(f"{OWN}/confirm", json={**body, "old_code": old_code})
        assert field_codes(dead) == [("old_code", "code_expired")]

    async def test_a_unit_may_have_lost_it(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person, new_phone = await add_account(runtime), visitor(), new_mobile()
        told = (await start(person, account, new_phone)).json()
        assert told["old_phone"] is None
        assert not await is_told(runtime, account.phone)


@pytest.mark.req("X18")
async def test_from_the_settings_a_taken_number_is_told_to_who_has_proved_it(
    runtime: Runtime, visitor: NewVisitor
) -> None:
    account, other, person = await add_account(runtime), await add_account(runtime), visitor()
    await person.sign_in(account.login_name)
    told = await post_proven(person, OWN, Action.CHANGE_PHONE, new_phone=other.phone, password=PASSWORD)
    assert told.status_code == 200
    body = {"new_phone": other.phone, "code": await last_code(runtime, other.phone), "proof": told.json()["ticket"]}
    taken = await person.client.post(f"{OWN}/confirm", json=body)
    assert (taken.status_code, taken.json()["code"]) == (409, "phone_taken")
