"""A lost phone (AUTH-20, FAQ-D17), a question (AUTH-30), and whose desk a case is on (PLAT-06)."""

from typing import Any

import pytest

from services.auth.access.accounts.models import Account
from services.auth.desks.cases.models import Case
from services.auth.main import app
from services.auth.settings import auth_settings
from shared.clock import now_utc
from shared.identity import Actor
from shared.roles import Grant, Level, Permission, Portal
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.auth.case_records import (
    CASES,
    add_enterprise,
    appeal,
    change,
    change_lost_phone,
    commission,
    decide,
    enquire,
    events_about,
    fresh,
    manager,
    texts_to,
)
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import add_account, new_mobile

PROVINCE: Any = {"level": Level.PROVINCE, "region": "320000"}


async def add_official(runtime: Runtime, level: Level, region: str) -> Account:
    return await add_account(runtime, Grant.DISEASE_CONTROL, level=level, region=region, portal=Portal.OFFICIALS)


@pytest.mark.req("AUTH-20", "FAQ-D17")
class TestLostPhone:
    async def test_the_superior_gives_the_account_its_new_phone(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, phone = await add_official(runtime, Level.COUNTY, "320102"), new_mobile()
        filed = (await change_lost_phone(runtime, visitor(), account, phone=phone)).json()
        assert (await fresh(runtime, Account, account.id)).phone == account.phone
        answer = await decide(client_for, manager(), filed["id"], "approve")
        assert answer.status_code == 200, answer.text
        assert (await fresh(runtime, Account, account.id)).phone == phone
        assert account.login_name in (await texts_to(runtime, phone))[-1]
        assert "更换" in (await texts_to(runtime, account.phone))[-1]
        assert await events_about(runtime, "auth.account.changed.v1", "account_id", account.id)

    @pytest.mark.parametrize(
        ("level", "region", "decider"),
        [
            (Level.UNIT, "320102", Level.CITY),
            (Level.COUNTY, "320102", Level.CITY),
            (Level.CITY, "320100", Level.PROVINCE),
            (Level.PROVINCE, "320000", Level.PROVINCE),
        ],
    )
    async def test_the_level_above_decides(
        self, runtime: Runtime, visitor: NewVisitor, level: Level, region: str, decider: Level
    ) -> None:
        account = await add_official(runtime, level, region)
        filed = (await change_lost_phone(runtime, visitor(), account)).json()
        assert (await fresh(runtime, Case, filed["id"])).level is decider

    async def test_the_password_is_proven_and_a_wrong_one_counted(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        for _ in range(auth_settings().wrong_passwords):
            answer = await change_lost_phone(runtime, person, account, password="Wrong#Pass1", code="000000")
            assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")
        locked = await change_lost_phone(runtime, person, account, code="000000")
        assert (locked.status_code, locked.json()["code"]) == (423, "account_locked")

    async def test_a_right_password_counts_as_none(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        for _ in range(auth_settings().wrong_passwords + 1):
            answer = await change_lost_phone(runtime, person, account, code="000000")
            assert (answer.status_code, answer.json()["code"]) == (422, "code_expired")

    async def test_wrong_codes_are_counted(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person, phone = await add_account(runtime), visitor(), new_mobile()
        right = (await change_lost_phone(runtime, person, account, phone=phone, reason=" ")).status_code
        assert right == 422  # a code was sent, nothing filed
        wrong: dict[str, Any] = {"phone": phone, "code": "00000x"}
        for left in range(auth_settings().code_tries, 0, -1):
            answer = await change_lost_phone(runtime, person, account, **wrong)
            assert (answer.status_code, answer.json()["code"]) == (422, "code_wrong"), left
        spent = await change_lost_phone(runtime, person, account, **wrong)
        assert spent.json()["code"] == "code_expired"

    async def test_the_same_phone_is_no_change(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account = await add_account(runtime)
        answer = await change_lost_phone(runtime, visitor(), account, phone=account.phone)
        assert answer.json()["errors"][0]["code"] == "same_phone"

    async def test_a_phone_taken_meanwhile_leaves_it_open(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, phone = await add_account(runtime), new_mobile()
        filed = (await change_lost_phone(runtime, visitor(), account, phone=phone)).json()
        await add_account(runtime, phone=phone)
        answer = await decide(client_for, manager(), filed["id"], "approve")
        assert (answer.status_code, answer.json()["code"]) == (409, "phone_taken")
        assert (await fresh(runtime, Case, filed["id"])).decided_at is None


@pytest.mark.req("AUTH-30")
class TestEnquiry:
    async def test_the_answer_goes_by_sms_and_stands_under_the_number(
        self, visitor: NewVisitor, runtime: Runtime, client_for: ClientFor
    ) -> None:
        person, phone = visitor(), new_mobile()
        filed = (await enquire(person, phone=phone)).json()
        words = "已增加江北新区，请刷新后选择"
        answer = await decide(client_for, manager(**PROVINCE), filed["id"], "approve", words)
        assert (answer.status_code, answer.json()["decision_reason"]) == (200, words)
        assert words in (await texts_to(runtime, phone))[-1]
        seen = (await person.client.get(f"{CASES}/by-number/{filed['number']}")).json()
        assert (seen["status"], seen["decision_reason"]) == ("approved", words)

    async def test_there_is_no_approval_without_an_answer(self, visitor: NewVisitor, client_for: ClientFor) -> None:
        filed = (await enquire(visitor())).json()
        answer = await decide(client_for, manager(**PROVINCE), filed["id"], "approve", "  ")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "reason")
        client = await client_for(app, manager(**PROVINCE))
        actions = (await client.get(f"{CASES}/{filed['id']}")).json()["allowed_actions"]
        assert {each["action"]: each["needs_reason"] for each in actions} == {"approve": True, "refuse": True}

    async def test_anybody_asks_with_a_proof_and_as_often_as_needed(self, visitor: NewVisitor) -> None:
        person = visitor()
        assert (await enquire(person)).status_code == 201
        assert (await enquire(person)).status_code == 201
        assert (await enquire(person, proof="x")).json()["code"] == "proof_invalid"

    async def test_it_is_the_provinces_to_answer(self, visitor: NewVisitor, client_for: ClientFor) -> None:
        filed = (await enquire(visitor())).json()
        answer = await decide(client_for, manager(), filed["id"], "approve", "答复")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_your_desk")


async def status_for(client_for: ClientFor, actor: Actor, case_id: str) -> int:
    client = await client_for(app, actor)
    found = (await client.get(CASES, params={"limit": 200})).json().get("items", [])
    one = (await client.get(f"{CASES}/{case_id}")).status_code
    assert (case_id in [item["id"] for item in found]) == (one == 200)
    return one


@pytest.mark.req("PLAT-06")
class TestDesks:
    async def test_a_review_case_is_seen_in_its_region_and_above(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account = await add_enterprise(runtime)
        case_id = (await appeal(runtime, visitor(), account.organisation)).json()["id"]
        oversight = make_actor(Permission.DECLARATION_OVERSIGHT, **PROVINCE)
        for actor in (commission(), commission(Level.CITY, "320100"), oversight):
            assert await status_for(client_for, actor, case_id) == 200
        for actor in (commission(region="320104"), commission(Level.CITY, "320500"), manager(), manager(**PROVINCE)):
            assert await status_for(client_for, actor, case_id) == 404

    async def test_an_account_case_is_the_account_managers(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account = await add_account(runtime)
        case_id = (await change_lost_phone(runtime, visitor(), account)).json()["id"]
        assert await status_for(client_for, manager(), case_id) == 200
        assert await status_for(client_for, manager(region="320500"), case_id) == 404
        assert await status_for(client_for, commission(Level.CITY, "320100"), case_id) == 404

    async def test_strangers_decide_nothing(self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor) -> None:
        account = await add_enterprise(runtime)
        case_id = (await appeal(runtime, visitor(), account.organisation)).json()["id"]
        for actor, status in (
            (commission(region="320104"), 404),
            (manager(), 404),
            (commission(Level.CITY, "320100"), 409),
            (make_actor(Permission.DECLARATION_OVERSIGHT, **PROVINCE), 409),
            (make_actor(Permission.HAZARD_DECLARATION), 403),
        ):
            for action in ("approve", "refuse"):
                answer = await decide(client_for, actor, case_id, action, "理由")
                assert answer.status_code == status, (actor.level, action)
        assert (await fresh(runtime, Account, account.id)).phone == account.phone

    async def test_a_unit_lists_nothing(self, client_for: ClientFor) -> None:
        client = await client_for(app, make_actor(Permission.HAZARD_DECLARATION))
        assert (await client.get(CASES)).status_code == 403

    async def test_the_superior_reads_why_it_cannot_decide(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account = await add_enterprise(runtime)
        case_id = (await appeal(runtime, visitor(), account.organisation)).json()["id"]
        client = await client_for(app, commission(Level.CITY, "320100"))
        actions = (await client.get(f"{CASES}/{case_id}")).json()["allowed_actions"]
        assert {each["code"] for each in actions} == {"not_your_desk"}

    async def test_the_list_is_filtered(self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor) -> None:
        account = await add_enterprise(runtime)
        filed = (await appeal(runtime, visitor(), account.organisation)).json()
        client, name = await client_for(app, commission()), account.organisation.name
        for params, found in (
            ({"number": filed["number"]}, True),
            ({"name": name[2:]}, True),
            ({"name": name, "kind": "appeal", "status": "submitted", "region_code": "320102"}, True),
            ({"name": name, "kind": "claim"}, False),
            ({"name": name, "status": "approved"}, False),
            ({"name": name, "region_code": "320104"}, False),
        ):
            items = (await client.get(CASES, params=params)).json()["items"]
            assert [item["id"] for item in items] == ([filed["id"]] if found else []), params

    async def test_the_applicant_learns_who_has_it_and_how_to_reach_them(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        body = await add_account(
            runtime,
            Grant.HEALTH_ADMINISTRATION,
            level=Level.COUNTY,
            region="320111",
            portal=Portal.OFFICIALS,
            office_phone="025-58880000",
        )
        account = await add_enterprise(runtime, region="320111")
        filed = (await appeal(runtime, visitor(), account.organisation)).json()
        assert filed["contact"] == f"{body.organisation.name} 025-58880000"

    async def test_an_expired_account_is_told_of_beforehand(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account = await add_enterprise(runtime)
        filed = (await appeal(runtime, visitor(), account.organisation)).json()
        await change(runtime, Account, account.id, status="expired", updated_at=now_utc())
        client = await client_for(app, commission())
        assert "到期" in (await client.get(f"{CASES}/{filed['id']}")).json()["outcome"]
