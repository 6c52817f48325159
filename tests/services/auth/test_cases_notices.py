"""结果告知书 (AUTH-26): prepared with the decision, had by the number and by the desk, saying nothing of a person but masked numbers; and
the text message that tells the result (NOTE-04).
"""

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from services.auth.access.accounts.models import Account
from services.auth.access.texts.models import Text
from services.auth.desks.cases.lookups import mask_login_name
from services.auth.desks.cases.models import Case
from services.auth.desks.cases.workflow import CaseStatus
from services.auth.main import app
from shared.clock import now_utc
from shared.crypto import Sealed, mask_phone
from shared.db.types import field_cipher
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.auth.case_records import (
    CASES,
    add_enterprise,
    appeal,
    change,
    change_lost_phone,
    claim,
    commission,
    correct,
    decide,
    enquire,
    events_about,
    fresh,
    manager,
    texts_to,
)
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import add_account, new_credit_code, new_mobile
from tests.services.auth.test_applications_form import PDF, Certificates, certificates
from tests.services.auth.test_cases_desks import PROVINCE

__all__ = ["certificates"]
pytestmark = pytest.mark.req("AUTH-26")


async def notices(runtime: Runtime, case_id: str) -> list[dict[str, Any]]:
    """The content of each notice of the case that was prepared."""
    events = await events_about(runtime, "auth.form.prepared.v1", "source_id", case_id)
    assert {(each["kind"], each["revision"]) for each in events} <= {("appeal_notice", 1)}
    return [json.loads(Sealed(each["content"]).open(field_cipher())) for each in events]


def said(notice: dict[str, Any]) -> dict[str, str]:
    return {fact["label"]: fact["value"] for fact in notice["asked"]}


class TestWithTheDecision:
    async def test_a_refused_appeal_says_what_why_by_whom_and_what_next(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, phone = await add_enterprise(runtime), new_mobile()
        filed = (await appeal(runtime, visitor(), account.organisation, phone=phone)).json()
        assert await notices(runtime, filed["id"]) == []
        await decide(client_for, commission(), filed["id"], "refuse", "营业执照照片不清晰")
        (notice,) = await notices(runtime, filed["id"])
        assert (notice["title"], notice["number"], notice["kind"]) == ("申诉结果告知书", filed["number"], "账号申诉")
        assert notice["organisation_name"] == account.organisation.name
        assert notice["credit_code"] == account.organisation.credit_code
        assert (notice["decision"], notice["granted"], notice["reason"]) == ("未通过", False, "营业执照照片不清晰")
        assert notice["decided_by"] == "某区卫生健康委"
        assert said(notice)["新手机号码"] == mask_phone(phone)
        steps = "".join(notice["next_steps"])
        assert all(words in steps for words in ("/appeal 重新提出账号申诉", "/enquiry", filed["number"]))

    async def test_an_approved_one_says_how_to_sign_in(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account = await add_enterprise(runtime)
        filed = (await appeal(runtime, visitor(), account.organisation)).json()
        assert (await decide(client_for, commission(), filed["id"], "approve")).status_code == 200
        (notice,) = await notices(runtime, filed["id"])
        assert (notice["decision"], notice["granted"], notice["reason"]) == ("已通过", True, "")
        assert "/sign-in" in notice["next_steps"][0]
        assert "/appeal" not in "".join(notice["next_steps"])

    @pytest.mark.req("PLAT-05")
    async def test_it_says_no_more_of_a_person_than_the_progress(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, phone = await add_enterprise(runtime), new_mobile()
        words: dict[str, Any] = {"phone": phone, "applicant_name": "欧阳诸葛", "reason": "我的旧号码停用了"}
        filed = (await appeal(runtime, visitor(), account.organisation, **words)).json()
        await decide(client_for, commission(), filed["id"], "approve")
        (event,) = await events_about(runtime, "auth.form.prepared.v1", "source_id", filed["id"])
        (notice,) = await notices(runtime, filed["id"])
        assert said(notice) == {"登录账号": mask_login_name(account.login_name), "新手机号码": mask_phone(phone)}
        for written in (json.dumps(notice, ensure_ascii=False), json.dumps(event, ensure_ascii=False)):
            assert [each for each in (phone, account.phone, "欧阳诸葛", "旧号码停用") if each in written] == []

    async def test_a_decision_that_fails_prepares_none(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, phone = await add_account(runtime), new_mobile()
        filed = (await appeal(runtime, visitor(), account.organisation, phone=phone)).json()
        await add_account(runtime, phone=phone)
        assert (await decide(client_for, commission(), filed["id"], "approve")).status_code == 409
        assert await notices(runtime, filed["id"]) == []

    async def test_the_other_kinds_have_one_too(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        wrong, code = await add_enterprise(runtime), new_credit_code()
        filed = (await correct(client_for, wrong, code)).json()
        await decide(client_for, commission(), filed["id"], "approve")
        (correction,) = await notices(runtime, filed["id"])
        assert correction["credit_code"] == wrong.organisation.credit_code
        assert said(correction)["更正后的信用代码"] == code

        held = await add_enterprise(runtime)
        filed = (await claim(runtime, visitor(), held.organisation, name="总公司有限公司")).json()
        await decide(client_for, commission(), filed["id"], "refuse", "请补充营业执照")
        (claimed,) = await notices(runtime, filed["id"])
        assert claimed["organisation_name"] == "总公司有限公司"
        assert held.organisation.name not in json.dumps(claimed, ensure_ascii=False)

        account = await add_account(runtime)
        filed = (await change_lost_phone(runtime, visitor(), account)).json()
        await decide(client_for, manager(), filed["id"], "approve")
        (changed,) = await notices(runtime, filed["id"])
        assert (changed["title"], changed["decided_by"]) == ("办理结果告知书", "某市疾控中心")

        filed = (await enquire(visitor())).json()
        await decide(client_for, manager(**PROVINCE), filed["id"], "approve", "请刷新后选择")
        (answer,) = await notices(runtime, filed["id"])
        assert (answer["decision"], answer["reason"], answer["credit_code"]) == ("已答复", "请刷新后选择", "")


class TestHadByTheNumber:
    async def test_by_whoever_follows_it_and_by_the_desk(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor, certificates: Certificates
    ) -> None:
        account = await add_enterprise(runtime)
        filed = (await appeal(runtime, visitor(), account.organisation)).json()
        await decide(client_for, commission(), filed["id"], "refuse", "材料不全")
        official = await client_for(app, commission())
        for client, place in ((visitor().client, f"by-number/{filed['number'].lower()}"), (official, filed["id"])):
            answer = await client.get(f"{CASES}/{place}/notice.pdf")
            assert (answer.status_code, answer.content) == (200, PDF)
            assert answer.headers["cache-control"] == "no-store"
        asked = f"/internal/certificates/forms/appeal_notice/{filed['id']}/1"
        assert certificates.asked == [asked, asked]
        assert len(await notices(runtime, filed["id"])) == 1

    @pytest.mark.req("PLAT-06")
    async def test_not_by_strangers(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor, certificates: Certificates
    ) -> None:
        account = await add_enterprise(runtime)
        filed = (await appeal(runtime, visitor(), account.organisation)).json()
        await decide(client_for, commission(), filed["id"], "refuse", "材料不全")
        for actor in (commission(region="320104"), manager()):
            client = await client_for(app, actor)
            assert (await client.get(f"{CASES}/{filed['id']}/notice.pdf")).status_code == 404
        for number in ("BL-AAAA-AAAA-AAAA", filed["id"]):
            answer = await visitor().client.get(f"{CASES}/by-number/{number}/notice.pdf")
            assert answer.status_code == 404
        assert (await visitor().client.get(f"{CASES}/{filed['id']}/notice.pdf")).status_code == 401
        assert certificates.asked == []

    async def test_an_open_or_withdrawn_case_has_none_and_says_why(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, person = await add_enterprise(runtime), visitor()
        filed = (await appeal(runtime, person, account.organisation)).json()
        official = await client_for(app, commission())
        places = ((person.client, f"by-number/{filed['number']}"), (official, filed["id"]))

        async def refused() -> set[tuple[int, str, bool]]:
            answers: list[httpx.Response] = [await client.get(f"{CASES}/{at}/notice.pdf") for client, at in places]
            return {(each.status_code, each.json()["code"], "办理" in each.json()["detail"]) for each in answers}

        (status, code, _) = next(iter(await refused()))
        assert (status, code, len(await refused())) == (409, "not_decided", 1)
        headers = {"X-Applicant-Key": filed["key"]}
        await person.client.post(f"{CASES}/by-number/{filed['number']}/withdraw", headers=headers)
        assert await refused() == {(409, "case_withdrawn", True)}
        assert await notices(runtime, filed["id"]) == []

    async def test_a_case_decided_before_there_were_notices_gets_its_own_once(
        self, runtime: Runtime, visitor: NewVisitor, certificates: Certificates
    ) -> None:
        account = await add_enterprise(runtime)
        filed = (await appeal(runtime, visitor(), account.organisation)).json()
        decided = {"status": CaseStatus.REFUSED, "decided_at": now_utc(), "decision_reason": "材料不全"}
        await change(runtime, Case, filed["id"], **decided)
        for _ in range(2):
            answer = await visitor().client.get(f"{CASES}/by-number/{filed['number']}/notice.pdf")
            assert answer.status_code == 200
        (notice,) = await notices(runtime, filed["id"])
        assert (notice["reason"], notice["decided_by"]) == ("材料不全", "所在地区县卫生健康委")


@pytest.mark.req("NOTE-04")
class TestTold:
    @pytest.mark.parametrize(
        ("action", "reason", "words"),
        [("approve", None, "账号申诉已通过"), ("refuse", "材料不全", "账号申诉未通过：材料不全")],
    )
    async def test_each_result_of_an_appeal_goes_to_the_new_phone_and_is_sent(
        self,
        runtime: Runtime,
        visitor: NewVisitor,
        client_for: ClientFor,
        action: str,
        reason: str | None,
        words: str,
    ) -> None:
        account, phone = await add_enterprise(runtime), new_mobile()
        filed = (await appeal(runtime, visitor(), account.organisation, phone=phone)).json()
        await decide(client_for, commission(), filed["id"], action, reason)
        (told,) = [each for each in await texts_to(runtime, phone) if words in each]
        assert "验证码 " not in told
        async with runtime.database.unit_of_work() as session:
            row = await session.scalar(select(Text).where(Text.record_id == filed["id"], Text.about == "case_appeal"))
            assert row is not None
            # Nothing ends it but the provider: unlike a code it is still wanted when the provider has been away for hours.
            assert (row.done_at, row.useless_at) == (None, None)
        assert (await fresh(runtime, Account, account.id)).phone == (phone if action == "approve" else account.phone)
