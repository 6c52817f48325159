"""An application as its applicant makes it: drafted, checked, saved, submitted, followed, taken up again elsewhere."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text

from shared.db.history import History
from shared.events.log import EventRow
from shared.runtime import Runtime
from tests.services.auth.applicants import BASE, RESIDENT_ID, Applicant, errors_of, newest_code, whole_form
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import add_account, new_credit_code, new_mobile

NewApplicant = Callable[[], Applicant]


@pytest.fixture
def applicant(runtime: Runtime, visitor: NewVisitor) -> NewApplicant:
    return lambda: Applicant(runtime, visitor())


async def events(runtime: Runtime, kind: str, **payload: Any) -> list[dict[str, Any]]:
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(
            select(EventRow.payload)
            .where(EventRow.type == kind, EventRow.payload.contains(payload))
            .order_by(EventRow.seq)
        )
        return list(rows)


class TestDraft:
    @pytest.mark.req("AUTH-02", "AUTH-03", "AUTH-04")
    async def test_a_draft_may_lack_anything_and_comes_back_as_it_was(self, applicant: NewApplicant) -> None:
        person = applicant()
        assert (await person.create()).status_code == 201
        form = whole_form(
            unit_phone="025-83759310",
            postcode="210018",
            legal_representative="王强",
            legal_representative_title="院长",
            email="zhang@example.cn",
            unit_kinds=["examination", "other"],
            other_kind="门诊部",
            remarks="首次申请",
        )
        assert (await person.change(**form)).status_code == 200
        kept = (await person.call("GET", "/form")).json()["form"]
        assert {**kept, "permissions": sorted(kept["permissions"])} == {
            **form,
            "permissions": sorted(form["permissions"]),
        }

    @pytest.mark.req("PLAT-01", "AUTH-02")
    async def test_what_is_there_must_have_the_right_shape(self, applicant: NewApplicant) -> None:
        person = applicant()
        await person.create()
        bad = {"credit_code": "123", "phone": "12", "resident_id": "1", "postcode": "x", "email": "nobody"}
        answer = await person.change(**bad, district_code="南京", contact_phone="call me", valid_from="soon")
        assert answer.status_code == 422
        assert set(errors_of(answer)) == {*bad, "district_code", "contact_phone", "valid_from"}
        assert all(re.search("[一-龥]", each["message"]) for each in answer.json()["errors"])

    @pytest.mark.req("AUTH-06")
    async def test_a_draft_needs_a_proof_and_a_proof_makes_one(self, applicant: NewApplicant) -> None:
        person = applicant()
        proof = await person.proof()
        first = await person.visitor.client.post(BASE, json={"proof": proof})
        again = await person.visitor.client.post(BASE, json={"proof": proof})
        assert (first.status_code, again.status_code, again.json()["code"]) == (201, 422, "proof_used")
        assert re.fullmatch(r"SQ(-[2-9A-Z]{4}){3}", first.json()["number"])

    @pytest.mark.req("PLAT-03")
    async def test_the_same_request_again_makes_no_second_draft(self, applicant: NewApplicant) -> None:
        person = applicant()
        body, headers = {"proof": await person.proof(), "form": {}}, {"Idempotency-Key": new_mobile()}
        first, again = [await person.visitor.client.post(BASE, json=body, headers=headers) for _ in range(2)]
        assert first.json() == again.json()

    @pytest.mark.req("PLAT-03")
    async def test_two_windows_cannot_overwrite_each_other(self, applicant: NewApplicant) -> None:
        person = applicant()
        etag = (await person.create()).headers["ETag"]
        first = await person.call("PATCH", "/form", json={"remarks": "一"}, headers={"If-Match": etag})
        second = await person.call("PATCH", "/form", json={"remarks": "二"}, headers={"If-Match": etag})
        bare = await person.call("PATCH", "/form", json={"remarks": "三"})
        assert (first.status_code, second.status_code, bare.status_code) == (200, 412, 428)

    async def test_null_and_blank_empty_a_field(self, applicant: NewApplicant) -> None:
        person = applicant()
        await person.create(remarks="一", unit_short_name="梅园")
        kept = (await person.change(remarks="  ", unit_short_name=None)).json()["form"]
        assert (kept["remarks"], kept["unit_short_name"]) == (None, None)

    @pytest.mark.req("PLAT-05")
    async def test_no_number_in_clear_in_the_row_or_its_history(
        self, runtime: Runtime, applicant: NewApplicant
    ) -> None:
        person = applicant()
        form = whole_form(contact_phone=new_mobile())
        await person.create(**form)
        other = new_mobile()
        await person.change(phone=other, remarks="改号码")
        async with runtime.database.unit_of_work() as session:
            stored = text("SELECT id, to_jsonb(applications)::text FROM applications WHERE number = :number")
            row = (await session.execute(stored, {"number": person.number})).one()
            history = await session.scalars(select(History).where(History.record_id == row[0]))
            said = str(row[1]) + "".join(f"{each.before}{each.after}{each.actor_name}" for each in history)
        assert "改号码" in said
        for clear in (form["phone"], form["contact_phone"], other, RESIDENT_ID):
            assert clear not in said


class TestKey:
    @pytest.mark.req("PLAT-06")
    @pytest.mark.parametrize(
        ("method", "part"),
        [
            ("GET", "/form"),
            ("PATCH", "/form"),
            ("POST", "/check"),
            ("POST", "/submit"),
            ("POST", "/withdraw"),
            ("POST", "/form-pdf"),
            ("GET", "/form.pdf"),
        ],
    )
    async def test_nothing_is_done_or_shown_without_the_right_key(
        self, applicant: NewApplicant, method: str, part: str
    ) -> None:
        person, other = applicant(), applicant()
        await person.create(**whole_form())
        await other.create()
        person.key = other.key
        body = None if method == "GET" else {"code": "123456"} if part == "/submit" else {}
        answer = await person.call(method, part, json=body, headers={"If-Match": '"1"'})
        assert (answer.status_code, answer.json()["code"]) == (403, "applicant_key_wrong")

    @pytest.mark.req("FAQ-M1", "PLAT-06")
    async def test_an_unknown_number_is_not_there(self, applicant: NewApplicant) -> None:
        person = applicant()
        person.number, person.key = "SQ-2222-2222-2222", "k" * 43
        for part in ("", "/form"):
            answer = await person.call("GET", part)
            assert (answer.status_code, answer.json()["code"]) == (404, "application_unknown")

    @pytest.mark.req("AUTH-07")
    async def test_another_computer_gets_a_key_by_a_code_to_the_applicants_phone(
        self, runtime: Runtime, applicant: NewApplicant
    ) -> None:
        person, elsewhere = applicant(), applicant()
        form = whole_form()
        await person.create(**form)
        ask = {"number": person.number.lower(), "proof": await elsewhere.proof()}
        asked = await elsewhere.visitor.client.post(f"{BASE}/resume-codes", json=ask)
        assert asked.status_code == 200
        code = await newest_code(runtime, form["phone"])
        answer = await elsewhere.visitor.client.post(f"{BASE}/resume", json={"number": person.number, "code": code})
        assert answer.status_code == 200
        elsewhere.number, elsewhere.key = person.number, answer.json()["key"]
        assert (await elsewhere.call("GET", "/form")).json()["form"]["phone"] == form["phone"]
        assert (await person.call("GET", "/form")).status_code == 403

    @pytest.mark.req("PLAT-05")
    async def test_an_unknown_number_looks_like_a_known_one_when_a_code_is_asked_for(
        self, applicant: NewApplicant
    ) -> None:
        person = applicant()
        asks = []
        for _ in range(2):
            ask = {"number": "SQ-9999-AAAA-BBBB", "proof": await person.proof()}
            asks.append(await person.visitor.client.post(f"{BASE}/resume-codes", json=ask))
        assert [each.status_code for each in asks] == [200, 429]
        assert re.fullmatch(r"13\d\*{4}\d{4}", asks[0].json()["phone"])
        guess = {"number": "SQ-9999-AAAA-BBBB", "code": "000000"}
        answer = await person.visitor.client.post(f"{BASE}/resume", json=guess)
        assert (answer.status_code, errors_of(answer)) == (422, {"code": "code_wrong"})


class TestChecks:
    @pytest.mark.req("AUTH-05", "X25")
    async def test_checks_while_typing_judge_only_what_is_given(self, applicant: NewApplicant) -> None:
        person = applicant()
        await person.create()
        given = {"credit_code": "12320100466023851X", "purpose": "reporter", "permissions": ["account_management"]}
        answer = await person.call("POST", "/check", json=given)
        assert answer.status_code == 200
        assert errors_of(answer) == {"credit_code": "uscc_checksum", "permissions": "not_of_purpose"}

    @pytest.mark.req("AUTH-08", "X22")
    async def test_a_known_unit_is_told_that_it_may_have_a_further_account(
        self, runtime: Runtime, applicant: NewApplicant
    ) -> None:
        account = await add_account(runtime)
        person = applicant()
        await person.create()
        given = {"credit_code": account.organisation.credit_code, "phone": account.phone}
        hints = (await person.call("POST", "/check", json=given)).json()["hints"]
        assert {each["field"]: each["code"] for each in hints} == {"credit_code": "unit_known"}
        assert hints[0]["message"] == "该单位已有账号，可申请增加账号"

    @pytest.mark.req("PLAT-05")
    async def test_an_application_cannot_be_used_to_try_out_units(
        self, runtime: Runtime, applicant: NewApplicant
    ) -> None:
        account, person = await add_account(runtime), applicant()
        await person.create()
        for _ in range(20):
            await person.call("POST", "/check", json={"credit_code": new_credit_code()})
        known = {"credit_code": account.organisation.credit_code}
        assert (await person.call("POST", "/check", json=known)).json()["hints"] == []
