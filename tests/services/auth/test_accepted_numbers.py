"""Codes and ids that really exist and miss their check digit: a registry hit, or a scan and a decision, lets exactly that value pass for
exactly that name (STAFF-15).
"""

import io
from typing import Any

import httpx
import pytest

from services.auth.access.challenges.actions import Action
from services.auth.directory.registry.models import Company
from services.auth.main import app
from shared.db.types import field_cipher
from shared.events.auth import ResidentIdJudged
from shared.fields import resident_id_misses_check
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.auth.applicants import RESIDENT_ID, Applicant, errors_of, whole_form
from tests.services.auth.case_records import (
    CASES,
    add_enterprise,
    code_of,
    commission,
    correct,
    decide,
    events_about,
    file_case,
    history_of_record,
    manager,
    scan,
    texts_to,
)
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.enterprise_forms import URL, check, signing_up
from tests.services.auth.officials import seat_reviewer
from tests.services.auth.proofs import field_codes, post_proven
from tests.services.auth.records import add_account, new_credit_code, new_mobile

pytestmark = pytest.mark.req("STAFF-15", "PLAT-02")


def old_code() -> str:
    """A code whose last place was never right."""
    code = new_credit_code()
    return code[:-1] + ("0" if code[-1] != "0" else "1")


WRONG_ID = RESIDENT_ID[:-1] + "1"


def cdc() -> Actor:
    return make_actor(
        Permission.PROVINCE_REVIEW, level=Level.PROVINCE, region="320000", organisation_name="江苏省疾控中心"
    )


async def ask_code(runtime: Runtime, visitor: NewVisitor, **body: Any) -> httpx.Response:
    own = {"credit_code": old_code(), "name": "老厂有限公司", "region_code": "320102", "reason": "1998 年登记时的代码"}
    return await file_case(runtime, visitor(), "credit-codes", {**own, **body})


async def ask_id(runtime: Runtime, visitor: NewVisitor, **body: Any) -> httpx.Response:
    own = {"resident_id": WRONG_ID, "name": "张小明", "region_code": "320102", "reason": "发证机关当年编号有误"}
    return await file_case(runtime, visitor(), "resident-ids", {**own, **body, "applicant_name": None})


@pytest.fixture(autouse=True)
async def _reviewers(runtime: Runtime) -> None:
    """Somebody at the province reviews people."""
    await seat_reviewer(runtime)


class TestCodes:
    async def test_a_scan_and_the_countys_decision_open_sign_up_for_that_code_and_name(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        code, sign_up = old_code(), signing_up(runtime, visitor)
        name = f"老厂{new_id().hex[-6:]}有限公司"
        refused = await sign_up(credit_code=code, name=name)
        assert field_codes(refused) == [("credit_code", "uscc_checksum")]
        assert "号码核准" in refused.json()["errors"][0]["message"]
        typed = {"credit_code": code, "name": name}
        told = await post_proven(visitor(), f"{URL}/checks", Action.LOOKUP, **typed)
        assert field_codes(told) == [("credit_code", "uscc_checksum")]
        assert [way["action"] for way in told.json()["ways"]] == ["numbers"]
        filed = (await ask_code(runtime, visitor, credit_code=code.lower(), name=name)).json()
        assert (filed["kind"], filed["with_whom"]) == ("credit_code", "所在地区县卫生健康委")
        assert field_codes(await sign_up(credit_code=code, name=name)) == [("credit_code", "uscc_checksum")]
        done = await decide(client_for, commission(), filed["id"], "approve")
        assert (done.status_code, done.json()["status"]) == (200, "approved")
        assert (await check(visitor, credit_code=code, name=name))["available"] is True
        stranger = await sign_up(credit_code=code, name="别家有限公司")
        assert field_codes(stranger) == [("credit_code", "uscc_checksum")]
        other = old_code()
        assert field_codes(await sign_up(credit_code=other, name=name)) == [("credit_code", "uscc_checksum")]
        assert (await sign_up(credit_code=code, name=name)).status_code == 201

    async def test_who_decided_and_why_stands_in_the_history(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        filed = (await ask_code(runtime, visitor)).json()
        official = commission()
        await decide(client_for, official, filed["id"], "approve", "与执照原件一致")
        row = next(each for each in await history_of_record(runtime, filed["id"]) if each.action == "approve")
        assert (row.actor_id, row.reason) == (official.account_id, "与执照原件一致")
        read = await (await client_for(app, official)).get(f"{CASES}/{filed['id']}")
        assert len(read.json()["attachments"]) == 1

    async def test_the_registrys_word_is_enough(self, runtime: Runtime, visitor: NewVisitor) -> None:
        code, name = old_code(), "登记在册有限公司"
        texts = {"address": "", "legal_representative": "", "status": "存续", "name_folded": name, "name_initials": ""}
        async with runtime.database.unit_of_work() as session:
            session.add(Company(credit_code=code, name=name, region_code="320102", name_pieces=[], **texts))
        assert (await signing_up(runtime, visitor)(credit_code=code, name=name)).status_code == 201

    async def test_a_refused_and_a_revoked_decision_open_nothing(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        sign_up, code, name = signing_up(runtime, visitor), old_code(), "再问有限公司"
        phone = new_mobile()
        first = (await ask_code(runtime, visitor, credit_code=code, name=name)).json()
        await decide(client_for, commission(), first["id"], "refuse", "与执照不一致")
        assert field_codes(await sign_up(credit_code=code, name=name)) == [("credit_code", "uscc_checksum")]
        second = (await ask_code(runtime, visitor, credit_code=code, name=name, phone=phone)).json()
        await decide(client_for, commission(), second["id"], "approve")
        without = await decide(client_for, commission(), second["id"], "revoke")
        assert without.status_code == 422
        revoked = await decide(client_for, commission(), second["id"], "revoke", "执照系伪造")
        assert (revoked.status_code, revoked.json()["status_label"]) == (200, "核准已撤销")
        assert "执照系伪造" in (await texts_to(runtime, phone))[-1]
        assert field_codes(await sign_up(credit_code=code, name=name)) == [("credit_code", "uscc_checksum")]

    async def test_the_desk_is_the_countys_and_a_decided_appeal_is_not_revoked(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        filed = (await ask_code(runtime, visitor)).json()
        elsewhere = await decide(client_for, commission(region="320104"), filed["id"], "approve")
        assert elsewhere.status_code == 404
        assert (await decide(client_for, manager(), filed["id"], "approve")).status_code in {403, 404}
        assert (await decide(client_for, cdc(), filed["id"], "approve")).status_code in {403, 404}
        account = await add_enterprise(runtime)
        correction = (await correct(client_for, account, new_credit_code())).json()
        done = await decide(client_for, commission(), correction["id"], "approve")
        assert "revoke" not in {each["action"] for each in done.json()["allowed_actions"]}
        refused = await decide(client_for, commission(), correction["id"], "revoke", "误批")
        assert (refused.status_code, refused.json()["code"]) == (409, "case_decided")

    async def test_only_what_misses_its_check_digit_is_asked_for(self, runtime: Runtime, visitor: NewVisitor) -> None:
        right = await ask_code(runtime, visitor, credit_code=new_credit_code())
        assert field_codes(right) == [("credit_code", "check_digit_right")]
        assert field_codes(await ask_code(runtime, visitor, credit_code="91320100")) == [("credit_code", "uscc_format")]
        assert field_codes(await ask_code(runtime, visitor, attachments=[])) == [("attachments", "too_short")]

    async def test_the_correction_of_a_units_code_says_that_it_misses(
        self, runtime: Runtime, client_for: ClientFor, visitor: NewVisitor
    ) -> None:
        account, code = await add_enterprise(runtime), old_code()
        unsaid = await correct(client_for, account, code)
        assert field_codes(unsaid) == [("credit_code", "uscc_checksum")]
        assert "勾选" in unsaid.json()["errors"][0]["message"]
        filed = (await correct(client_for, account, code, check_digit_confirmed=True)).json()
        read = await (await client_for(app, commission())).get(f"{CASES}/{filed['id']}")
        assert "逐位核对" in read.json()["outcome"]
        assert (await decide(client_for, commission(), filed["id"], "approve")).status_code == 200
        assert await code_of(runtime, account) == (code, "")

    async def test_the_directorys_own_is_known_to_the_look_up_and_a_mistyped_one_is_not(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        unit = await add_account(runtime)
        known = (await check(visitor, credit_code=unit.organisation.credit_code))["code"]
        assert known == "credit_code_in_use"
        typed = {"credit_code": old_code()}
        answer = await post_proven(visitor(), "/api/auth/registrations/lookups", Action.LOOKUP, **typed)
        assert field_codes(answer) == [("credit_code", "uscc_checksum")]
        appealed = await file_case(runtime, visitor(), "appeals", dict(typed))
        assert field_codes(appealed) == [("credit_code", "uscc_checksum")]
        old = {"legacy_account": "nobody1", **typed}
        matched = await post_proven(visitor(), "/api/auth/enterprises/legacy-matches", Action.LOOKUP, **old)
        assert field_codes(matched) == [("credit_code", "uscc_checksum")]
        claim = {**typed, "name": "总公司", "region_code": "320104", "address": "一号"}
        claimed = await file_case(runtime, visitor(), "claims", claim)
        assert field_codes(claimed) == [("credit_code", "uscc_checksum")]


class TestIds:
    async def test_the_province_accepts_an_id_for_one_name(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        name = "张省核"
        person = Applicant(runtime, visitor())
        await person.create(**whole_form(resident_id=WRONG_ID.lower(), person_name=name))
        assert errors_of(await person.submit("000000")) == {"resident_id": "resident_id_checksum"}
        checked = await person.call("POST", "/check", json={"resident_id": WRONG_ID, "person_name": name})
        assert [each["code"] for each in checked.json()["errors"]] == ["resident_id_checksum"]
        filed = (await ask_id(runtime, visitor, name=name)).json()
        assert filed["with_whom"] == "省疾控中心"
        assert (await decide(client_for, commission(), filed["id"], "approve")).status_code in {403, 404}
        read = (await (await client_for(app, cdc())).get(f"{CASES}/{filed['id']}")).json()
        assert WRONG_ID in read["outcome"]
        assert (await decide(client_for, cdc(), filed["id"], "approve")).status_code == 200
        assert (await person.submit()).status_code == 200
        other = Applicant(runtime, visitor())
        await other.create(**whole_form(resident_id=WRONG_ID, person_name="李四"))
        assert errors_of(await other.submit()) == {"resident_id": "resident_id_checksum"}
        await decide(client_for, cdc(), filed["id"], "revoke", "证件系伪造")
        third = Applicant(runtime, visitor())
        await third.create(**whole_form(resident_id=WRONG_ID, person_name=name))
        assert errors_of(await third.submit()) == {"resident_id": "resident_id_checksum"}

    async def test_training_hears_of_it_sealed_and_who_saw_the_number_is_remembered(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        filed = (await ask_id(runtime, visitor, name="张密封")).json()
        await (await client_for(app, cdc())).get(f"{CASES}/{filed['id']}")
        await decide(client_for, cdc(), filed["id"], "approve")
        await decide(client_for, cdc(), filed["id"], "revoke", "证件有误")
        events = await events_about(runtime, ResidentIdJudged.type, "case_id", filed["id"])
        assert [each["accepted"] for each in events] == [True, False]
        assert WRONG_ID not in str(events)
        assert ResidentIdJudged(**events[0]).resident_id.open(field_cipher()) == WRONG_ID
        rows = await history_of_record(runtime, filed["id"])
        assert "show_number" in {row.action for row in rows}
        assert all(WRONG_ID not in str((row.before, row.after)) for row in rows)
        progress = await visitor().client.get(f"{CASES}/by-number/{filed['number']}")
        assert WRONG_ID not in progress.text
        assert "张密封" not in progress.text

    async def test_a_unit_asks_for_its_people_signed_in(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account = await add_account(runtime)
        actor = make_actor(
            Permission.INSTITUTION_FILING, organisation_id=account.organisation_id, account_id=account.id
        )
        client = await client_for(app, actor)
        own = f"{CASES}/own-resident-ids"
        stored = await client.post(f"{own}/attachments", files={"file": ("证件.png", io.BytesIO(scan()))})
        body = {"name": "王芳", "reason": "原件如此", "attachments": [stored.json()["id"]]}
        wrong = await client.post(own, json={**body, "resident_id": RESIDENT_ID})
        assert field_codes(wrong) == [("resident_id", "check_digit_right")]
        filed = await client.post(own, json={**body, "resident_id": WRONG_ID})
        assert filed.status_code == 201, filed.text
        assert filed.json()["organisation_name"] == account.organisation.name
        assert (await decide(client_for, cdc(), filed.json()["id"], "approve")).status_code == 200
        again = await client.post(f"{own}/attachments", files={"file": ("证件.png", io.BytesIO(scan()))})
        twice = await client.post(own, json={**body, "resident_id": WRONG_ID, "attachments": [again.json()["id"]]})
        assert field_codes(twice) == [("resident_id", "number_accepted")]

    @pytest.mark.parametrize(
        ("number", "code"),
        [("110105491231002", "resident_id_format"), ("11010519991331002X", "resident_id_date")],
    )
    async def test_nothing_but_the_last_place_may_be_wrong(
        self, runtime: Runtime, visitor: NewVisitor, number: str, code: str
    ) -> None:
        answer = await ask_id(runtime, visitor, resident_id=number)
        assert field_codes(answer) == [("resident_id", code)]

    async def test_permits_of_residents_from_hong_kong_macao_and_taiwan_go_the_same_way(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        for region in ("810000", "820000", "830000"):
            number = region + WRONG_ID[6:-1] + "X"
            number = number if resident_id_misses_check(number) else number[:-1] + "0"
            filed = (await ask_id(runtime, visitor, resident_id=number, name="陈港生")).json()
            assert (await decide(client_for, cdc(), filed["id"], "approve")).status_code == 200
