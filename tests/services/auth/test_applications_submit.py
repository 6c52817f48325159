"""An application as it is submitted: what keeps it from that, its files, and drafts that nobody submits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from services.auth.desks.applications import tasks
from services.auth.desks.applications.models import Application
from shared.attachments import Attachment
from shared.clock import beijing_today, now_utc, years_after
from shared.events.log import EventRow
from shared.runtime import Runtime
from tests.services.auth.applicants import PNG, Applicant, errors_of, whole_form
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import add_account

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


class TestSubmit:
    @pytest.mark.req("AUTH-05", "AUTH-06")
    async def test_everything_that_is_missing_is_said_at_once(self, applicant: NewApplicant) -> None:
        person = applicant()
        await person.create(unit_short_name="梅园医院")
        answer = await person.submit("123456")
        assert answer.status_code == 422
        assert set(errors_of(answer)) == {
            "unit_name",
            "credit_code",
            "district_code",
            "jurisdiction_code",
            "unit_address",
            "contact_name",
            "contact_phone",
            "unit_kinds",
            "person_name",
            "phone",
            "resident_id",
            "purpose",
            "permissions",
            "valid_from",
            "valid_until",
            "pledge_accepted",
        }

    @pytest.mark.req("AUTH-05", "AUTH-06", "X25")
    @pytest.mark.parametrize(
        ("change", "field", "code"),
        [
            ({"pledge_accepted": False}, "pledge_accepted", "pledge_not_accepted"),
            ({"permissions": ["disease_control"]}, "permissions", "not_of_purpose"),
            ({"purpose": "manager"}, "permissions", "not_of_purpose"),
            ({"unit_kinds": ["other"]}, "other_kind", "missing"),
            ({"district_code": "320100"}, "district_code", "region_not_county"),
            ({"district_code": "329999"}, "district_code", "region_unknown"),
            ({"jurisdiction_code": "990000"}, "jurisdiction_code", "region_unknown"),
        ],
    )
    async def test_what_cannot_be_so_is_refused(
        self, applicant: NewApplicant, change: dict[str, Any], field: str, code: str
    ) -> None:
        person = applicant()
        await person.create(**whole_form(**change))
        answer = await person.submit("123456")
        assert (answer.status_code, errors_of(answer)) == (422, {field: code})

    @pytest.mark.req("AUTH-05")
    @pytest.mark.parametrize(
        ("first", "last", "code"),
        [(0, 0, "validity_order"), (-30, -1, "validity_over"), (0, 3 * 366, "validity_long")],
    )
    async def test_a_validity_ends_after_it_begins_within_three_years_and_not_yet(
        self, applicant: NewApplicant, first: int, last: int, code: str
    ) -> None:
        today, person = beijing_today(now_utc()), applicant()
        days = {
            name: (today + timedelta(days=n)).isoformat() for name, n in (("valid_from", first), ("valid_until", last))
        }
        await person.create(**whole_form(**days))
        assert errors_of(await person.submit("123456")) == {"valid_until": code}

    @pytest.mark.req("AUTH-05")
    async def test_three_years_to_the_day_pass_and_under_a_year_is_warned_of(self, applicant: NewApplicant) -> None:
        today, person = beijing_today(now_utc()), applicant()
        await person.create(**whole_form(valid_until=years_after(today, 3).isoformat()))
        long = (await person.call("GET", "/form")).json()
        short = (await person.change(valid_until=(today + timedelta(days=90)).isoformat())).json()
        assert (long["missing"], long["hints"], short["missing"]) == ([], [], [])
        assert [hint["code"] for hint in short["hints"]] == ["validity_short"]

    @pytest.mark.req("AUTH-07", "AUTH-08")
    async def test_the_phone_is_proven_by_a_code(self, runtime: Runtime, applicant: NewApplicant) -> None:
        person = applicant()
        await person.create(**whole_form())
        code = await person.code()
        wrong = await person.submit(f"{(int(code) + 1) % 10**6:06}")
        assert errors_of(wrong) == {"code": "code_wrong"}
        assert (await person.status())["status"] == "draft"
        answer = await person.submit(code)
        assert (answer.status_code, answer.json()["status"]) == (200, "submitted")
        told = await events(runtime, "auth.application.submitted.v1", number=person.number)
        assert [each["region_code"] for each in told] == ["320100"]

    @pytest.mark.req("AUTH-08")
    async def test_a_phone_that_has_an_account_is_refused_once_it_is_proven(
        self, runtime: Runtime, applicant: NewApplicant
    ) -> None:
        account, person = await add_account(runtime), applicant()
        await person.create(**whole_form(phone=account.phone))
        assert errors_of(await person.submit("123456")) == {"code": "code_expired"}
        assert errors_of(await person.submit()) == {"phone": "phone_taken"}

    @pytest.mark.req("FAQ-M1")
    async def test_a_submitted_one_is_changed_only_after_it_is_taken_back(self, applicant: NewApplicant) -> None:
        person = applicant()
        await person.create(**whole_form())
        own = (await person.submit()).json()
        refused = {each["action"]: each["code"] for each in own["allowed_actions"] if not each["allowed"]}
        assert refused == {"edit": "status_is_submitted", "submit": "status_is_submitted"}
        assert (await person.change(remarks="晚了")).status_code == 409
        again = await person.call("POST", "/submit", json={"code": "123456"})
        assert (again.status_code, again.json()["code"]) == (409, "status_is_submitted")
        assert (await person.call("POST", "/withdraw")).json()["status"] == "draft"
        assert (await person.change(remarks="还来得及")).status_code == 200


@pytest.mark.req("PLAT-07", "AUTH-06")
class TestFiles:
    async def test_the_signed_page_is_kept_and_read_by_its_applicant(self, applicant: NewApplicant) -> None:
        person = applicant()
        await person.create()
        sent = await person.call("POST", "/attachments", files={"file": ("签字页.jpg", PNG)})
        assert (sent.status_code, sent.json()["kind"], sent.json()["name"]) == (201, "signed_form", "签字页.png")
        path = f"/attachments/{sent.json()['id']}"
        assert (await person.call("GET", path)).headers["content-type"] == "image/png"
        assert [each["name"] for each in (await person.call("GET", "/form")).json()["attachments"]] == ["签字页.png"]
        assert (await person.call("DELETE", path)).status_code == 204
        assert (await person.call("GET", path)).status_code == 404

    async def test_what_is_no_picture_and_no_pdf_is_refused(self, applicant: NewApplicant) -> None:
        person = applicant()
        await person.create()
        sent = await person.call("POST", "/attachments", files={"file": ("签字页.jpg", b"MZ not a picture")})
        assert sent.status_code == 422
        sent = await person.call("POST", "/attachments", files={"file": ("a.exe", b"MZ not a picture")})
        assert sent.status_code == 415

    async def test_a_file_is_not_looked_at_without_the_key(self, applicant: NewApplicant) -> None:
        person = applicant()
        await person.create()
        person.key = "y" * 43
        answer = await person.call("POST", "/attachments", files={"file": ("a.png", b"MZ not a picture")})
        assert (answer.status_code, answer.json()["code"]) == (403, "applicant_key_wrong")

    async def test_another_applicants_file_is_not_there(self, applicant: NewApplicant) -> None:
        person, other = applicant(), applicant()
        await person.create()
        await other.create()
        file = (await person.call("POST", "/attachments", files={"file": ("a.png", PNG)})).json()["id"]
        assert (await other.call("GET", f"/attachments/{file}")).status_code == 404
        assert (await other.call("DELETE", f"/attachments/{file}")).status_code == 404

    async def test_ten_files_are_enough(self, applicant: NewApplicant) -> None:
        person = applicant()
        await person.create()
        sent = [await person.call("POST", "/attachments", files={"file": ("a.png", PNG)}) for _ in range(11)]
        assert [each.status_code for each in sent] == [201] * 10 + [409]


class TestSweep:
    async def test_drafts_that_nobody_touches_go_with_their_files(
        self, runtime: Runtime, applicant: NewApplicant
    ) -> None:
        old, young, sent = applicant(), applicant(), applicant()
        for person in (old, young, sent):
            await person.create(**whole_form())
        file = (await old.call("POST", "/attachments", files={"file": ("a.png", PNG)})).json()["id"]
        await sent.submit()
        stale = now_utc() - timedelta(days=31)
        async with runtime.database.unit_of_work() as session:
            numbers = (old.number, sent.number)
            await session.execute(update(Application).where(Application.number.in_(numbers)).values(updated_at=stale))
        await tasks.sweep(runtime)
        async with runtime.database.unit_of_work() as session:
            assert (await session.get_one(Attachment, file)).record_id is None
        found = [(await person.call("GET")).status_code for person in (old, young, sent)]
        assert found == [404, 200, 200]
