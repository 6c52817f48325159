"""账号申诉 (AUTH-26): filed with a code and evidence, followed by its number, decided by the county's commission."""

import asyncio
import json
from typing import Any

import pytest

from services.auth.access.accounts.models import Account
from services.auth.desks.cases.models import Case
from services.auth.desks.cases.workflow import CaseStatus
from services.auth.directory.organisations.models import Organisation
from services.auth.main import app
from shared.crypto import mask_phone
from shared.roles import Level
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.auth.asking import MINUTE, later
from tests.services.auth.case_records import (
    CASES,
    add_enterprise,
    add_second_account,
    appeal,
    case_proof,
    change,
    claim,
    commission,
    decide,
    events_about,
    fresh,
    history_of_record,
    texts_to,
)
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.officials import add_official
from tests.services.auth.records import add_account, new_credit_code, new_mobile


@pytest.mark.req("AUTH-26", "FAQ-D2")
class TestApproval:
    async def test_the_new_phone_replaces_the_old_and_is_told_how_to_sign_in(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, person, phone = await add_enterprise(runtime), visitor(), new_mobile()
        for _ in range(5):
            await person.sign_in(account.login_name, "Wrong#Pass1")
        assert (await person.sign_in(account.login_name)).status_code == 423
        filed = (await appeal(runtime, person, account.organisation, phone=phone)).json()
        answer = await decide(client_for, commission(), filed["id"], "approve")
        assert (answer.status_code, answer.json()["status"]) == (200, "approved")
        assert (await fresh(runtime, Account, account.id)).phone == phone
        assert (await person.sign_in(account.login_name)).status_code == 201  # AUTH-27: the lock is cleared
        told = (await texts_to(runtime, phone))[-1]
        assert account.login_name in told
        assert "登录" in told
        assert "忘记账号密码" in told
        assert account.login_name not in (await texts_to(runtime, account.phone))[-1]

    async def test_whoever_is_signed_in_is_signed_out(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, squatter = await add_enterprise(runtime), visitor()
        await squatter.sign_in(account.login_name)
        filed = (await appeal(runtime, visitor(), account.organisation)).json()
        await decide(client_for, commission(), filed["id"], "approve")
        assert (await squatter.me()).status_code == 401

    async def test_a_training_unit_appeals_too(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, phone = await add_account(runtime), new_mobile()
        filed = (await appeal(runtime, visitor(), account.organisation, phone=phone)).json()
        await decide(client_for, commission(), filed["id"], "approve")
        assert (await fresh(runtime, Account, account.id)).phone == phone

    async def test_two_at_once_approve_once(self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor) -> None:
        account, phone = await add_enterprise(runtime), new_mobile()
        filed = (await appeal(runtime, visitor(), account.organisation, phone=phone)).json()
        both = await asyncio.gather(*(decide(client_for, commission(), filed["id"], "approve") for _ in range(2)))
        assert sorted(answer.status_code for answer in both) == [200, 409]
        assert len([words for words in await texts_to(runtime, phone) if "已通过" in words]) == 1
        assert len([row for row in await history_of_record(runtime, account.id) if row.action == "change_phone"]) == 1

    async def test_a_phone_taken_meanwhile_leaves_it_open_and_says_why(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, phone = await add_account(runtime), new_mobile()
        filed = (await appeal(runtime, visitor(), account.organisation, phone=phone)).json()
        await add_account(runtime, phone=phone)
        answer = await decide(client_for, commission(), filed["id"], "approve")
        assert (answer.status_code, answer.json()["code"]) == (409, "phone_taken")
        assert "不通过" in answer.json()["detail"]
        case = await fresh(runtime, Case, filed["id"])
        assert (case.status, case.decided_at) == (CaseStatus.SUBMITTED, None)
        assert (await fresh(runtime, Account, account.id)).phone == account.phone

    async def test_a_refusal_tells_the_reason(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, phone, person = await add_enterprise(runtime), new_mobile(), visitor()
        filed = (await appeal(runtime, person, account.organisation, phone=phone)).json()
        assert (await decide(client_for, commission(), filed["id"], "refuse")).status_code == 422
        answer = await decide(client_for, commission(), filed["id"], "refuse", "营业执照照片不清晰")
        assert answer.json()["status"] == "refused"
        assert "营业执照照片不清晰" in (await texts_to(runtime, phone))[-1]
        seen = (await person.client.get(f"{CASES}/by-number/{filed['number']}")).json()
        assert (seen["status"], seen["decision_reason"]) == ("refused", "营业执照照片不清晰")
        assert (await fresh(runtime, Account, account.id)).phone == account.phone

    async def test_the_reviewer_reads_beforehand_what_will_happen(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, phone = await add_enterprise(runtime), new_mobile()
        filed = (await appeal(runtime, visitor(), account.organisation, phone=phone)).json()
        client = await client_for(app, commission())
        answer = await client.get(f"{CASES}/{filed['id']}")
        outcome = answer.json()["outcome"]
        for word in (account.login_name, mask_phone(account.phone), mask_phone(phone), "短信"):
            assert word in outcome
        for number in (phone, account.phone):
            assert number not in answer.text


@pytest.mark.req("AUTH-26")
class TestFiling:
    async def test_it_is_followed_by_its_number_without_personal_data(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, phone = await add_enterprise(runtime), new_mobile()
        answer = await appeal(runtime, visitor(), account.organisation, phone=phone)
        filed = answer.json()
        assert answer.headers["Location"] == f"{CASES}/by-number/{filed['number']}"
        seen = await visitor().client.get(f"{CASES}/by-number/{filed['number'].lower()}")
        body = seen.json()
        assert [step["state"] for step in body["steps"]] == ["done", "current", "waiting"]
        assert "区县卫生健康委" in body["with_whom"]
        assert body["phone"] == mask_phone(phone)
        for secret in (phone, "张三", account.phone, filed["key"], filed["id"], str(account.id)):
            assert secret not in seen.text
        assert (await visitor().client.get(f"{CASES}/by-number/BL-2222-2222-2222")).status_code == 404

    async def test_an_unknown_code_is_told_at_once(self, runtime: Runtime, visitor: NewVisitor) -> None:
        unit = Organisation(credit_code=new_credit_code())
        answer = await appeal(runtime, visitor(), unit)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_registered")

    async def test_the_new_phone_is_proven(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account = await add_enterprise(runtime)
        answer = await appeal(runtime, visitor(), account.organisation, code="000000")
        assert (answer.status_code, answer.json()["code"]) == (422, "code_expired")

    async def test_without_a_proof_nothing_is_filed(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, proof = await add_enterprise(runtime), case_proof()
        assert (await appeal(runtime, visitor(), account.organisation, proof=proof)).status_code == 201
        answer = await appeal(runtime, visitor(), account.organisation, proof=proof)
        assert (answer.status_code, answer.json()["code"]) == (422, "proof_used")

    async def test_one_open_appeal_of_an_account(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account = await add_enterprise(runtime)
        phone, person = new_mobile(), visitor()
        first = (await appeal(runtime, person, account.organisation, phone=phone)).json()
        await later(runtime, phone, MINUTE)
        second = await appeal(runtime, person, account.organisation, phone=phone)
        assert (second.status_code, second.json()["code"]) == (409, "case_open")
        assert first["number"] not in second.text

    @pytest.mark.parametrize("file", [appeal, claim])
    async def test_a_strangers_keeps_nobodys_out_and_the_holder_is_warned_at_once(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor, file: Any
    ) -> None:
        account = await add_enterprise(runtime)
        both = await asyncio.gather(*(file(runtime, visitor(), account.organisation) for _ in range(2)))
        assert [answer.status_code for answer in both] == [201, 201]
        first, second = (answer.json() for answer in both)
        warned = await texts_to(runtime, account.phone)
        assert [first["number"] in each or second["number"] in each for each in warned] == [True, True]
        assert all("如非本单位办理" in each for each in warned)
        client = await client_for(app, commission())
        read = (await client.get(f"{CASES}/{first['id']}")).json()
        assert [each["number"] for each in read["beside"]] == [second["number"]]

    @pytest.mark.req("FAQ-D2")
    async def test_the_applicant_is_texted_the_number_and_where_it_is_followed(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, phone = await add_enterprise(runtime), new_mobile()
        number = (await appeal(runtime, visitor(), account.organisation, phone=phone)).json()["number"]
        assert f"/track?number={number} " in (await texts_to(runtime, phone))[-1]

    @pytest.mark.req("X22")
    async def test_the_unit_is_chosen_where_several_share_the_code(self, runtime: Runtime, visitor: NewVisitor) -> None:
        head, branch = await add_enterprise(runtime), await add_enterprise(runtime, region="320104")
        code = head.organisation.credit_code
        await change(runtime, Organisation, branch.organisation_id, credit_code=code, branch_no="01")
        unchosen = await appeal(runtime, visitor(), head.organisation)
        assert unchosen.json()["errors"][0]["code"] == "choose_unit"
        filed = (await appeal(runtime, visitor(), head.organisation, branch_no="01")).json()
        case = await fresh(runtime, Case, filed["id"])
        assert (case.account_id, case.region_code) == (branch.id, "320104")
        unknown = await appeal(runtime, visitor(), head.organisation, branch_no="02")
        assert unknown.json()["errors"][0]["code"] == "unknown_unit"

    async def test_the_account_is_chosen_where_there_are_several(self, runtime: Runtime, visitor: NewVisitor) -> None:
        first = await add_enterprise(runtime)
        second = await add_second_account(runtime, first.organisation)
        unchosen = await appeal(runtime, visitor(), first.organisation)
        assert unchosen.json()["errors"][0]["code"] == "choose_account"
        filed = (await appeal(runtime, visitor(), first.organisation, account=2)).json()
        assert (await fresh(runtime, Case, filed["id"])).account_id == second.id
        assert (await appeal(runtime, visitor(), first.organisation, account=3)).status_code == 422

    async def test_a_city_without_counties_decides_itself(self, runtime: Runtime, visitor: NewVisitor) -> None:
        await add_official(runtime, Level.CITY, "441900")
        account = await add_enterprise(runtime, region="441900")
        filed = (await appeal(runtime, visitor(), account.organisation)).json()
        assert (await fresh(runtime, Case, filed["id"])).level is Level.CITY

    @pytest.mark.req("PLAT-05")
    async def test_no_personal_data_in_events_and_histories(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, phone = await add_enterprise(runtime), new_mobile()
        filed = (await appeal(runtime, visitor(), account.organisation, phone=phone)).json()
        (event,) = await events_about(runtime, "auth.case.submitted.v1", "case_id", filed["id"])
        assert (event["kind"], event["permission"], event["level"]) == ("appeal", "declaration_review", "county")
        await decide(client_for, commission(), filed["id"], "approve")
        rows = [*await history_of_record(runtime, filed["id"]), *await history_of_record(runtime, account.id)]
        assert {"submit", "approve", "change_phone"} <= {row.action for row in rows}
        written = json.dumps([[row.before, row.after, row.reason] for row in rows] + [event])
        for secret in (phone, account.phone, filed["key"]):
            assert secret not in written

    async def test_the_applicant_withdraws_with_the_key_only(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, person = await add_enterprise(runtime), visitor()
        filed = (await appeal(runtime, person, account.organisation)).json()
        path = f"{CASES}/by-number/{filed['number']}/withdraw"
        assert (await person.client.post(path, headers={"X-Applicant-Key": "x" * 43})).status_code == 404
        own = await person.client.post(path, headers={"X-Applicant-Key": filed["key"]})
        assert (own.status_code, own.json()["status"]) == (200, "withdrawn")
        assert (await decide(client_for, commission(), filed["id"], "approve")).status_code == 409
        assert (await appeal(runtime, visitor(), account.organisation)).status_code == 201
