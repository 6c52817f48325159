"""企业注册: an employer signs up by itself, with everything that is wrong told at once, and with a way on where its code is in use."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.passwords import check_password
from services.auth.access.accounts.service import LoginNameTaken
from services.auth.access.challenges.actions import Action
from services.auth.access.codes.models import Code, Purpose
from services.auth.access.codes.service import phone_index
from services.auth.desks.enterprises.schemas import EnterpriseSignUp
from services.auth.desks.enterprises.service import open_enterprise, refusal_of
from shared.clock import beijing_today, now_utc, years_after
from shared.db.history import History
from shared.identifiers import new_id
from shared.roles import Grant, Level, Portal
from shared.runtime import Runtime
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.enterprise_forms import (
    PASSWORD,
    URL,
    SignUp,
    check,
    code_for,
    form,
    organisation_of,
    signing_up,
)
from tests.services.auth.proofs import field_codes, proof_for
from tests.services.auth.records import add_account, new_credit_code, new_mobile
from tests.services.auth.sms import other_than


@pytest.fixture
def sign_up(runtime: Runtime, visitor: NewVisitor) -> SignUp:
    return signing_up(runtime, visitor)


@pytest.mark.req("AUTH-22")
class TestSignUp:
    async def test_an_employer_opens_its_account_and_signs_in(
        self, runtime: Runtime, visitor: NewVisitor, sign_up: SignUp
    ) -> None:
        body = form()
        answer = await sign_up(**body)
        opened = await organisation_of(runtime, answer)
        assert (opened.level, opened.kinds, opened.branch_no) == (Level.UNIT, ["employer"], "")
        assert (opened.contact_phone, opened.address) == (body["phone"], body["address"])
        async with runtime.database.unit_of_work() as session:
            account = await session.get_one(Account, answer.json()["account_id"])
        assert (account.portal, account.granted) == (Portal.ENTERPRISE, frozenset({Grant.HAZARD_DECLARATION}))
        assert account.valid_until == years_after(beijing_today(now_utc()), 10)
        assert await check_password(PASSWORD, account.password_hash)
        signed_in = await visitor().sign_in(body["login_name"], PASSWORD)
        assert (signed_in.status_code, signed_in.json()["must_change_password"]) == (201, False)

    async def test_a_code_opens_one_sign_up(self, runtime: Runtime, visitor: NewVisitor) -> None:
        person, body = visitor(), form()
        code = await code_for(runtime, person, body["phone"])
        assert (await person.client.post(URL, json={**body, "code": code})).status_code == 201
        again = form(phone=body["phone"])
        answer = await person.client.post(URL, json={**again, "code": code})
        assert (answer.status_code, field_codes(answer)) == (422, [("code", "code_expired")])

    async def test_a_wrong_code_is_counted_and_tells_nothing_of_login_names(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        taken = await add_account(runtime)
        person, body = visitor(), form(login_name=taken.login_name)
        code = await code_for(runtime, person, body["phone"])
        answer = await person.client.post(URL, json={**body, "code": other_than(code)})
        assert (answer.status_code, field_codes(answer)) == (422, [("code", "code_wrong")])
        assert await tries(runtime, body["phone"]) == 1
        told = await person.client.post(URL, json={**body, "code": code})
        assert field_codes(told) == [("login_name", "login_name_taken")]
        assert await tries(runtime, body["phone"]) == 1
        free = {**body, "login_name": f"e{new_id().hex[-12:]}", "code": code}
        assert (await person.client.post(URL, json=free)).status_code == 201

    async def test_a_code_is_sent_for_a_proof_only(self, visitor: NewVisitor) -> None:
        person = visitor()
        body = {"phone": new_mobile(), "proof": await proof_for(person, Action.SIGN_IN)}
        assert (await person.client.post(f"{URL}/codes", json=body)).json()["code"] == "proof_invalid"

    async def test_another_site_cannot_sign_its_visitor_up(self, visitor: NewVisitor) -> None:
        headers = {"Sec-Fetch-Site": "cross-site"}
        answer = await visitor().client.post(URL, json={**form(), "code": "000000"}, headers=headers)
        assert answer.json()["code"] == "cross_site"

    @pytest.mark.req("X18")
    async def test_a_phone_may_serve_several_units(self, runtime: Runtime, sign_up: SignUp) -> None:
        phone = new_mobile()
        answers = [await sign_up(phone=phone), await sign_up(phone=phone)]
        assert [answer.status_code for answer in answers] == [201, 201]
        async with runtime.database.unit_of_work() as session:
            found = await session.scalars(select(Account).where(Account.phone_index == phone_index(phone)))
            assert {account.portal for account in found.all()} == {Portal.ENTERPRISE}

    @pytest.mark.req("PLAT-05")
    async def test_the_history_holds_neither_phone_nor_password(self, runtime: Runtime, sign_up: SignUp) -> None:
        body = form()
        answer = await sign_up(**body)
        ids = [answer.json()["organisation_id"], answer.json()["account_id"]]
        async with runtime.database.unit_of_work() as session:
            rows = (await session.scalars(select(History).where(History.record_id.in_(ids)))).all()
        assert {row.action for row in rows} == {"open"}
        assert not any(secret in str(row.after) for row in rows for secret in (body["phone"], PASSWORD))


async def tries(runtime: Runtime, phone: str) -> int:
    async with runtime.database.unit_of_work() as session:
        row = await session.scalar(
            select(Code).where(Code.phone_index == phone_index(phone), Code.purpose == Purpose.SIGN_UP)
        )
    assert row is not None
    return row.tries


@pytest.mark.req("AUTH-24", "FAQ-D11")
class TestEverythingAtOnce:
    async def test_every_bad_field_is_told_at_once(self, visitor: NewVisitor) -> None:
        bad = form(
            credit_code="91320115MA1MK7H369",
            name=" ",
            phone="12345",
            email="nobody",
            login_name="1Ab",
            password="short",
            legal_representative="",
            region_code="32",
            is_branch=False,
            has_own_code=False,
        )
        answer = await visitor().client.post(URL, json={**bad, "code": "000000"})
        assert answer.status_code == 422
        assert dict(field_codes(answer)) == {
            "credit_code": "uscc_checksum",
            "has_own_code": "own_code_needed",
            "name": "text_blank",
            "region_code": "string_pattern_mismatch",
            "legal_representative": "text_blank",
            "phone": "mobile_format",
            "email": "email_format",
            "login_name": "login_name_format",
            "password": "password_rules",
        }

    @pytest.mark.req("X17")
    async def test_the_password_is_told_every_rule_and_needs_no_special_character(self, visitor: NewVisitor) -> None:
        answer = await visitor().client.post(URL, json={**form(password="abc"), "code": "000000"})
        (message,) = [e["message"] for e in answer.json()["errors"] if e["field"] == "password"]
        assert "8–16 位" in message
        assert "大写字母、数字" in message
        plain = await visitor().client.post(URL, json={**form(password="Bkqmzt47"), "code": "000000"})
        assert field_codes(plain) == [("code", "code_expired")]

    async def test_what_the_directory_knows_is_told_together(self, runtime: Runtime, visitor: NewVisitor) -> None:
        taken = await add_account(runtime)
        wrong = {"region_code": "320100", "login_name": taken.login_name, "legacy_account": "nobody01"}
        person, body = visitor(), form(**wrong)
        code = await code_for(runtime, person, body["phone"])
        answer = await person.client.post(URL, json={**body, "code": code})
        assert (answer.status_code, dict(field_codes(answer))) == (
            422,
            {"region_code": "region_not_valid", "login_name": "login_name_taken", "legacy_account": "legacy_mismatch"},
        )

    @pytest.mark.req("AUTH-23")
    async def test_an_old_account_is_guessed_no_more_often_than_a_code(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        person, body = visitor(), form(legacy_account="nobody01")
        code = await code_for(runtime, person, body["phone"])
        told = [field_codes(await person.client.post(URL, json={**body, "code": code})) for _ in range(6)]
        assert told == [[("legacy_account", "legacy_mismatch")]] * 5 + [[("code", "code_expired")]]


@pytest.mark.req("X22", "AUTH-22")
class TestCodeInUse:
    async def test_the_ways_on_are_shown_while_typing_and_at_the_end(
        self, runtime: Runtime, visitor: NewVisitor, sign_up: SignUp
    ) -> None:
        body = form()
        assert (await sign_up(**body)).status_code == 201
        seen = await check(visitor, credit_code=body["credit_code"])
        assert (seen["available"], seen["code"]) == (False, "credit_code_in_use")
        assert [way["action"] for way in seen["ways"]] == ["recover", "appeal", "claim"]
        assert body["name"] not in str(seen)
        late = await sign_up(credit_code=body["credit_code"])
        assert (late.status_code, late.json()["code"]) == (409, "credit_code_in_use")
        assert late.json()["detail"].startswith("该代码已注册")
        assert late.json()["ways"] == seen["ways"]

    async def test_whether_a_code_is_registered_is_told_for_a_proof_only(
        self, visitor: NewVisitor, sign_up: SignUp
    ) -> None:
        taken, person = form(), visitor()
        await sign_up(**taken)
        for proof in ({}, {"proof": "x"}, {"proof": await proof_for(person, Action.SIGN_UP)}):
            told = [
                await person.client.post(f"{URL}/checks", json={"credit_code": code, **proof})
                for code in (taken["credit_code"], new_credit_code())
            ]
            assert [each.status_code for each in told] == [422, 422]
            assert field_codes(told[0]) == field_codes(told[1])

    async def test_nor_by_a_sign_up_with_a_wrong_code(
        self, runtime: Runtime, visitor: NewVisitor, sign_up: SignUp
    ) -> None:
        taken, person = form(), visitor()
        await sign_up(**taken)
        told = []
        for credit_code in (taken["credit_code"], new_credit_code()):
            body = form(credit_code=credit_code)
            code = other_than(await code_for(runtime, person, body["phone"]))
            told.append(field_codes(await person.client.post(URL, json={**body, "code": code})))
        assert told == [[("code", "code_wrong")]] * 2

    async def test_of_two_at_once_one_wins(self, runtime: Runtime, visitor: NewVisitor) -> None:
        code = new_credit_code()
        people, bodies = (visitor(), visitor()), (form(credit_code=code), form(credit_code=code))
        sms = [await code_for(runtime, person, body["phone"]) for person, body in zip(people, bodies, strict=True)]
        answers = await asyncio.gather(
            *(
                person.client.post(URL, json={**body, "code": digits})
                for person, body, digits in zip(people, bodies, sms, strict=True)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        (lost,) = [answer for answer in answers if answer.status_code == 409]
        assert (lost.json()["code"], len(lost.json()["ways"])) == ("credit_code_in_use", 3)


@pytest.mark.req("AUTH-22", "AUTH-11", "PLAT-03")
class TestOneNameForTwo:
    async def test_the_loser_chooses_another_name_with_the_same_code(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        name = f"e{new_id().hex[-12:]}"
        people, bodies = [visitor(), visitor()], [form(login_name=name), form(login_name=name)]
        sent = [
            {**body, "code": await code_for(runtime, person, body["phone"])}
            for person, body in zip(people, bodies, strict=True)
        ]
        answers = await asyncio.gather(
            *(person.client.post(URL, json=body) for person, body in zip(people, sent, strict=True))
        )
        assert sorted(answer.status_code for answer in answers) in ([201, 409], [201, 422])
        lost = next(at for at, answer in enumerate(answers) if answer.status_code != 201)
        told = answers[lost].json()
        assert "login_name_taken" in {told["code"], *(each["code"] for each in told["errors"])}
        assert await tries(runtime, sent[lost]["phone"]) == 0
        again = {**sent[lost], "login_name": f"e{new_id().hex[-12:]}"}
        assert (await people[lost].client.post(URL, json=again)).status_code == 201

    async def test_neither_has_the_unit_of_the_loser(self, runtime: Runtime, visitor: NewVisitor) -> None:
        """Nothing of the lost try stays: the name was looked for before, and is taken in the moment of writing."""
        name = f"e{new_id().hex[-12:]}"
        person, body = visitor(), form(login_name=name)
        code = await code_for(runtime, person, body["phone"])
        async with runtime.database.unit_of_work() as session:
            checked = await refusal_of(session, EnterpriseSignUp(**body, code=code), person.address, registered=False)
        assert isinstance(checked, UUID)
        await add_account(runtime, login_name=name)
        with pytest.raises(LoginNameTaken):
            async with runtime.database.unit_of_work() as session:
                await open_enterprise(
                    session,
                    body=EnterpriseSignUp(**body, code=code),
                    code=checked,
                    password_hash="-",
                    address=person.address,
                )
        other = {**body, "login_name": f"e{new_id().hex[-12:]}", "code": code}
        assert (await person.client.post(URL, json=other)).status_code == 201
