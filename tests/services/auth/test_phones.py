"""更改手机号: before a sign-in with password and old phone, after it with the password; a code to the new phone decides in both."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.repository import require_account
from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.tickets import make_ticket
from services.auth.access.codes.models import Code
from services.auth.access.codes.service import phone_index
from services.auth.access.texts.models import Text
from shared.clock import now_utc
from shared.crypto import mask_phone
from shared.db.history import RecordType, history_of
from shared.db.types import field_cipher
from shared.events.auth import AccountChanged
from shared.events.log import EventRow
from shared.roles import Grant, Portal
from shared.runtime import Runtime
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.proofs import field_codes, post_proven, proof_for
from tests.services.auth.records import PASSWORD, Visitor, add_account, new_mobile
from tests.services.auth.sms import last_code, last_text, other_than

CHANGES, OWN = "/api/auth/phone-changes", "/api/auth/me/phone"


async def start(person: Visitor, account: Account, new_phone: str, **more: Any) -> httpx.Response:
    body = {"account": account.login_name, "password": PASSWORD, "old_phone": account.phone, "new_phone": new_phone}
    return await post_proven(person, CHANGES, Action.CHANGE_PHONE, **{**body, **more})


async def confirm(
    person: Visitor, account: Account, new_phone: str, code: str, ticket: str, **more: Any
) -> httpx.Response:
    body = {"account": account.login_name, "new_phone": new_phone, "code": code, "proof": ticket, **more}
    return await person.client.post(f"{CHANGES}/confirm", json=body)


async def phone_of(runtime: Runtime, account: Account) -> str:
    async with runtime.database.unit_of_work() as session:
        return (await require_account(session, account.id)).phone


async def is_told(runtime: Runtime, phone: str) -> bool:
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(select(Text).where(Text.done_at.is_(None)))
        return any(row.phone == phone for row in rows)


async def started(runtime: Runtime, person: Visitor, account: Account, new_phone: str) -> tuple[str, str]:
    """(code, ticket) after a good first step."""
    answer = await start(person, account, new_phone)
    assert answer.status_code == 200, answer.text
    return await last_code(runtime, new_phone), answer.json()["ticket"]


@pytest.mark.req("AUTH-20")
class TestFromTheLoginPage:
    @pytest.mark.req("NOTE-04")
    async def test_the_code_goes_to_the_new_phone_and_the_change_signs_in(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person, new_phone = await add_account(runtime), visitor(), new_mobile()
        code, ticket = await started(runtime, person, account, new_phone)
        assert not await is_told(runtime, account.phone)
        done = await confirm(person, account, new_phone, code, ticket)
        assert (done.status_code, done.json()["account"]["phone"]) == (201, mask_phone(new_phone))
        assert (await person.me()).status_code == 200
        assert await phone_of(runtime, account) == new_phone
        assert "如非本人操作" in await last_text(runtime, account.phone)
        again = await confirm(person, account, new_phone, code, ticket, take_over=True)
        assert again.status_code == 422

    @pytest.mark.req("FAQ-D17")
    async def test_another_old_phone_is_refused_without_showing_the_right_one(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, new_phone = await add_account(runtime), new_mobile()
        refused = await start(visitor(), account, new_phone, old_phone=new_mobile())
        assert (refused.status_code, field_codes(refused)) == (422, [("old_phone", "old_phone_wrong")])
        assert account.phone not in refused.text
        assert mask_phone(account.phone) not in refused.text
        assert "上级机构" in refused.json()["detail"]
        assert not await is_told(runtime, new_phone)

    @pytest.mark.req("AUTH-27")
    async def test_a_wrong_password_is_a_counted_guess_and_a_right_one_ends_the_count(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person = await add_account(runtime), visitor()
        for _ in range(4):
            wrong = await start(person, account, new_mobile(), password="Wrong#20x")
            assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_credentials")
        await start(person, account, new_mobile(), old_phone=new_mobile())
        for _ in range(5):
            assert (await start(person, account, new_mobile(), password="Wrong#20x")).status_code == 401
        assert (await start(person, account, new_mobile())).status_code == 423

    @pytest.mark.req("X18")
    async def test_that_a_number_is_taken_is_told_to_who_has_proved_it(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, other, person = await add_account(runtime), await add_account(runtime), visitor()
        code, ticket = await started(runtime, person, account, other.phone)
        taken = await confirm(person, account, other.phone, code, ticket)
        assert (taken.status_code, taken.json()["code"]) == (409, "phone_taken")
        same = await start(visitor(), account, account.phone)
        assert field_codes(same) == [("new_phone", "same_phone")]

    @pytest.mark.req("X18")
    async def test_a_phone_of_an_employer_may_serve_several_units(self, runtime: Runtime, visitor: NewVisitor) -> None:
        one = await add_account(runtime, Grant.HAZARD_DECLARATION, portal=Portal.ENTERPRISE)
        two = await add_account(runtime, Grant.HAZARD_DECLARATION, portal=Portal.ENTERPRISE)
        person = visitor()
        code, ticket = await started(runtime, person, two, one.phone)
        assert (await confirm(person, two, one.phone, code, ticket)).status_code == 201

    @pytest.mark.req("X18")
    async def test_a_number_taken_meanwhile_is_refused(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person, new_phone = await add_account(runtime), visitor(), new_mobile()
        code, ticket = await started(runtime, person, account, new_phone)
        await add_account(runtime, phone=new_phone)
        refused = await confirm(person, account, new_phone, code, ticket)
        assert (refused.status_code, refused.json()["code"]) == (409, "phone_taken")
        assert await phone_of(runtime, account) == account.phone

    @pytest.mark.req("AUTH-09")
    async def test_another_live_session_is_taken_over_with_the_same_code(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, first, person, new_phone = await add_account(runtime), visitor(), visitor(), new_mobile()
        await first.sign_in(account.login_name)
        code, ticket = await started(runtime, person, account, new_phone)
        told = await confirm(person, account, new_phone, code, ticket)
        assert (told.status_code, told.json()["code"]) == (409, "already_signed_in")
        assert await phone_of(runtime, account) == account.phone
        again = await confirm(person, account, new_phone, code, told.json()["ticket"], take_over=True)
        assert again.status_code == 201
        assert (await first.me()).json()["code"] == "session_ended"

    async def test_a_wrong_code_is_counted_and_the_ticket_stays_good(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person, new_phone = await add_account(runtime), visitor(), new_mobile()
        code, ticket = await started(runtime, person, account, new_phone)
        for left in (4, 3):
            wrong = await confirm(person, account, new_phone, other_than(code), ticket)
            assert f"还可再试 {left} 次" in wrong.json()["errors"][0]["message"]
        assert (await confirm(person, account, new_phone, code, ticket)).status_code == 201

    @pytest.mark.req("PLAT-04", "PLAT-05")
    async def test_history_and_event_show_the_change_and_no_number(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person, new_phone = await add_account(runtime), visitor(), new_mobile()
        code, ticket = await started(runtime, person, account, new_phone)
        await confirm(person, account, new_phone, code, ticket)
        async with runtime.database.unit_of_work() as session:
            rows = await history_of(session, RecordType("account"), account.id)
            events = select(EventRow).where(EventRow.type == AccountChanged.type).order_by(EventRow.seq)
            payloads = [event.payload for event in await session.scalars(events)]
            told = [payload for payload in payloads if payload["account_id"] == str(account.id)]
        change = next(row for row in rows if row.action == "change_phone")
        assert (change.before, change.after) == (
            {"phone": mask_phone(account.phone)},
            {"phone": mask_phone(new_phone)},
        )
        newest = AccountChanged.model_validate(told[-1])
        assert newest.phone is not None
        assert newest.phone.open(field_cipher()) == new_phone
        everything = str(told) + str([(row.before, row.after, row.reason) for row in rows])
        assert not any(secret in everything for secret in (new_phone, account.phone, code, ticket))


@pytest.mark.req("AUTH-11", "FAQ-M9")
class TestOrderOfSteps:
    async def test_no_code_is_sent_before_a_proof_for_this(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person, new_phone = await add_account(runtime), visitor(), new_mobile()
        body = {"account": account.login_name, "password": PASSWORD, "old_phone": account.phone, "new_phone": new_phone}
        assert (await person.client.post(CHANGES, json=body)).status_code == 422
        other = {**body, "proof": await proof_for(person, Action.SIGN_IN)}
        assert (await person.client.post(CHANGES, json=other)).json()["code"] == "proof_invalid"
        assert not await is_told(runtime, new_phone)
        one = {**body, "proof": await proof_for(person, Action.CHANGE_PHONE)}
        sent = await person.client.post(CHANGES, json=one)
        assert (sent.status_code, sent.json()["resend_after"]) == (200, 60)
        assert (await person.client.post(CHANGES, json=one)).json()["code"] == "proof_used"
        soon = await start(person, account, new_phone)
        assert (soon.status_code, soon.json()["code"]) == (429, "code_too_soon")

    async def test_only_the_ticket_of_the_first_step_confirms(self, runtime: Runtime, visitor: NewVisitor) -> None:
        victim, own, person = await add_account(runtime), await add_account(runtime), visitor()
        mine = new_mobile()
        code, ticket = await started(runtime, person, own, mine)
        tickets = (
            ticket,
            make_ticket(Action.CHANGE_PHONE, seconds=60),
            make_ticket(Action.CHANGE_PHONE, seconds=60, subject=victim.login_name),
            await proof_for(person, Action.CHANGE_PHONE),
        )
        for each in tickets:
            assert (await confirm(person, victim, mine, code, each)).json()["code"] == "proof_invalid"
        elsewhere = new_mobile()
        assert (await confirm(person, own, elsewhere, code, ticket)).json()["code"] == "proof_invalid"
        assert await phone_of(runtime, victim) == victim.phone

    async def test_a_code_has_its_time(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person, new_phone = await add_account(runtime), visitor(), new_mobile()
        code, ticket = await started(runtime, person, account, new_phone)
        async with runtime.database.unit_of_work() as session:
            own = update(Code).where(Code.phone_index == phone_index(new_phone))
            await session.execute(own.values(expires_at=now_utc() - timedelta(seconds=1)))
        assert (await confirm(person, account, new_phone, code, ticket)).json()["code"] == "code_expired"


@pytest.mark.req("AUTH-18", "AUTH-20")
class TestFromSettings:
    async def start(self, person: Visitor, new_phone: str, password: str = PASSWORD) -> httpx.Response:
        return await post_proven(person, OWN, Action.CHANGE_PHONE, new_phone=new_phone, password=password)

    async def confirm(self, person: Visitor, new_phone: str, code: str, ticket: str) -> httpx.Response:
        body = {"new_phone": new_phone, "code": code, "proof": ticket}
        return await person.client.post(f"{OWN}/confirm", json=body)

    async def test_a_code_to_the_new_phone_confirms_it_and_the_session_goes_on(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person, new_phone = await add_account(runtime), visitor(), new_mobile()
        await person.sign_in(account.login_name)
        ticket = (await self.start(person, new_phone)).json()["ticket"]
        code = await last_code(runtime, new_phone)
        wrong = await self.confirm(person, new_phone, other_than(code), ticket)
        assert field_codes(wrong) == [("code", "code_wrong")]
        done = await self.confirm(person, new_phone, code, ticket)
        assert (done.status_code, done.json()) == (200, {"phone": mask_phone(new_phone)})
        assert (await person.me()).json()["account"]["phone"] == mask_phone(new_phone)

    @pytest.mark.req("AUTH-27")
    async def test_a_wrong_password_is_counted_and_does_not_sign_out(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person, new_phone = await add_account(runtime), visitor(), new_mobile()
        await person.sign_in(account.login_name)
        for _ in range(5):
            wrong = await self.start(person, new_phone, "Wrong#20x")
            assert (wrong.status_code, field_codes(wrong)) == (422, [("password", "wrong_password")])
        assert (await self.start(person, new_phone)).status_code == 423
        assert (await person.me()).status_code == 200
        assert not await is_told(runtime, new_phone)

    async def test_a_stolen_session_with_a_code_of_its_own_changes_nothing(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        victim, thief, open_browser, own = await add_account(runtime), await add_account(runtime), visitor(), visitor()
        await open_browser.sign_in(victim.login_name)
        mine = new_mobile()
        code, ticket = await started(runtime, own, thief, mine)
        assert (await self.confirm(open_browser, mine, code, ticket)).json()["code"] == "proof_invalid"
        assert await phone_of(runtime, victim) == victim.phone

    async def test_nobody_changes_a_phone_without_a_session(self, visitor: NewVisitor) -> None:
        assert (await self.start(visitor(), new_mobile())).status_code == 401
