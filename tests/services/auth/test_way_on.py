"""What stopped somebody at the door and does no more: a lost answer, an expired promise, a lock, a cut-off link."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from services.auth.access.activations.models import Activation
from services.auth.main import app
from services.auth.settings import auth_settings
from shared.clock import now_utc
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.auth.applicants import BASE, Applicant, account_of, act, manager, newest_text, whole_form
from tests.services.auth.case_records import CASES, add_second_account, case_proof, prove_phone, texts_to
from tests.services.auth.conftest import NewVisitor, Submitted
from tests.services.auth.enterprise_forms import URL, code_for, form, signing_up
from tests.services.auth.records import PASSWORD, add_account, new_mobile
from tests.services.auth.test_activations import LINKS, NEW
from tests.services.auth.test_recovery import RECOVERY, look

JOIN = f"{URL}/declaration-accounts"


@pytest.mark.req("PLAT-03", "AUTH-20", "AUTH-22")
class TestLostAnswers:
    async def test_a_sign_up_is_answered_again_and_done_once(self, runtime: Runtime, visitor: NewVisitor) -> None:
        person, body, key = visitor(), form(), {"Idempotency-Key": new_id().hex}
        full = {**body, "code": await code_for(runtime, person, body["phone"])}
        first, again = [await person.client.post(URL, json=full, headers=key) for _ in range(2)]
        assert (first.status_code, again.status_code) == (201, 201), again.text
        assert (again.json(), again.headers["Location"]) == (first.json(), first.headers["Location"])
        other = await person.client.post(URL, json={**full, "name": "另一个有限公司"}, headers=key)
        assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")

    async def test_a_phone_request_keeps_its_number(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person, phone = await add_account(runtime), visitor(), new_mobile()
        body = {
            "account": account.login_name,
            "password": PASSWORD,
            "phone": phone,
            "code": await prove_phone(runtime, person, phone),
            "reason": "旧号码已注销",
            "proof": case_proof(),
        }
        key = {"Idempotency-Key": new_id().hex}
        first, again = [await person.client.post(f"{CASES}/phone-changes", json=body, headers=key) for _ in range(2)]
        assert (first.status_code, again.status_code) == (201, 201), again.text
        assert again.json()["number"] == first.json()["number"]
        assert again.json()["key"] == first.json()["key"]

    async def test_a_refusal_is_not_kept(self, runtime: Runtime, visitor: NewVisitor) -> None:
        person, body, key = visitor(), form(), {"Idempotency-Key": new_id().hex}
        code = await code_for(runtime, person, body["phone"])
        wrong = f"{(int(code) + 1) % 10**6:06}"
        refused = await person.client.post(URL, json={**body, "code": wrong}, headers=key)
        assert refused.status_code == 422
        assert (await person.client.post(URL, json={**body, "code": code}, headers=key)).status_code == 201


@pytest.mark.req("AUTH-08")
class TestAnotherAccount:
    async def test_the_units_holder_is_told_that_another_was_opened(
        self, runtime: Runtime, client_for: ClientFor, submitted: Submitted
    ) -> None:
        holder = await add_account(runtime)
        person = await submitted(**whole_form(credit_code=holder.organisation.credit_code))
        client = await client_for(app, manager())
        assert (await act(client, runtime, person, "open")).status_code == 200
        opened = await account_of(runtime, person)
        (told,) = [each for each in await texts_to(runtime, holder.phone) if "新开通了账号" in each]
        assert (opened.login_name in told, "请立即联系" in told, opened.phone in told) == (True, True, False)

    async def test_whoever_it_was_opened_for_is_not_warned_of_it(self, runtime: Runtime) -> None:
        first = await add_account(runtime)
        second = await add_second_account(runtime, first.organisation)
        assert [each for each in await texts_to(runtime, second.phone) if "新开通了账号" in each] == []


@pytest.mark.req("FAQ-M1")
class TestFollowing:
    async def test_the_number_is_texted_to_the_proven_phone(self, runtime: Runtime, visitor: NewVisitor) -> None:
        person, given = Applicant(runtime, visitor()), whole_form()
        await person.create(**given)
        assert (await person.submit()).status_code == 200
        words = await newest_text(runtime, given["phone"], "application_filed")
        assert f"/track?number={person.number} " in words

    async def test_an_expired_link_is_not_promised(
        self, runtime: Runtime, client_for: ClientFor, submitted: Submitted
    ) -> None:
        person = await submitted()
        client = await client_for(app, manager())
        assert (await act(client, runtime, person, "open")).status_code == 200
        assert "前打开短信中的链接" in (await person.status())["next_step"]
        account = await account_of(runtime, person)
        async with runtime.database.unit_of_work() as session:
            late = update(Activation).where(Activation.account_id == account.id)
            await session.execute(late.values(expires_at=now_utc() - timedelta(seconds=1)))
        words = (await person.status())["next_step"]
        assert ("已失效" in words, "获取验证码" in words, "小时内" in words) == (True, True, False)

    async def test_a_number_that_does_not_exist_stays_unknown(self, visitor: NewVisitor) -> None:
        assert (await visitor().client.get(f"{BASE}/by-number/SQ-0000-0000-0000")).status_code == 404


@pytest.mark.req("FAQ-D12", "AUTH-25", "AUTH-27")
async def test_after_five_wrong_passwords_code_and_new_password_sign_in_in_one_step(
    runtime: Runtime, visitor: NewVisitor
) -> None:
    account, person = await add_account(runtime), visitor()
    for _ in range(auth_settings().wrong_passwords):
        await person.sign_in(account.login_name, "Wrong#20x")
    assert (await person.sign_in(account.login_name)).status_code == 423
    ticket = (await look(runtime, person, account.phone))["ticket"]
    body = {"ticket": ticket, "account_id": str(account.id), "password": NEW}
    answer = await person.client.post(f"{RECOVERY}/sign-in", json=body)
    assert answer.status_code == 201, answer.text
    assert (await person.me()).json()["account"]["login_name"] == account.login_name
    assert (await visitor().sign_in(account.login_name, PASSWORD)).status_code == 401


@pytest.mark.req("AUTH-12", "PLAT-01")
@pytest.mark.parametrize("token", ["", "abc", "x" * 19, "x" * 31])
async def test_a_cut_off_link_says_so_and_how_to_get_it_whole(visitor: NewVisitor, token: str) -> None:
    for path, more in (("/look", {}), ("", {"password": NEW})):
        answer = await visitor().client.post(f"{LINKS}{path}", json={"token": token, **more})
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["code"], error["field"]) == (422, "cut_short", "token")
        assert ("链接不完整" in error["message"], "获取验证码" in error["message"]) == (True, True)


@pytest.mark.req("AUTH-22", "X22")
class TestHospital:
    async def test_it_is_led_to_the_account_it_has_and_gets_the_declaration_account(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        hospital = await add_account(runtime)
        refused = await signing_up(runtime, visitor)(credit_code=hospital.organisation.credit_code)
        assert (refused.status_code, refused.json()["code"]) == (409, "credit_code_in_use")
        assert [way["action"] for way in refused.json()["ways"]] == ["sign_in", "recover", "appeal"]
        person, name = visitor(), f"d{new_id().hex[-12:]}"
        assert (await person.sign_in(hospital.login_name)).status_code == 201
        body = {"login_name": name, "password": "Zhuce2580", "own_password": PASSWORD}
        wrong = await person.client.post(JOIN, json={**body, "own_password": "Wrong#20x"})
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "own_password")
        done = await person.client.post(JOIN, json=body)
        assert done.status_code == 201, done.text
        employer = visitor()
        signed_in = await employer.sign_in(name, "Zhuce2580")
        assert signed_in.status_code == 201, signed_in.text
        assert signed_in.json()["permissions"] == ["hazard_declaration"]
        again = await person.client.post(JOIN, json={**body, "login_name": f"{name}x"})
        assert (again.status_code, again.json()["code"]) == (409, "declaration_account_exists")
        assert (await employer.client.post(JOIN, json=body)).status_code == 403

    async def test_where_an_employer_has_the_code_the_ways_are_the_others(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        first = await signing_up(runtime, visitor)()
        refused = await signing_up(runtime, visitor)(credit_code=first.json()["credit_code"])
        assert [way["action"] for way in refused.json()["ways"]] == ["recover", "appeal", "claim"]


@pytest.mark.req("FAQ-D1")
async def test_the_door_says_which_system_this_is(visitor: NewVisitor) -> None:
    answer: Any = (await visitor().sign_in("old-account-of-anjian")).json()
    assert ("原安监系统的账号不能登录本平台" in answer["detail"], "企业注册" in answer["detail"]) == (True, True)
