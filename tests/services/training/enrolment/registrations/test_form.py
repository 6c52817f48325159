"""One registration's form: read, corrected, deleted, and by whom (TRN-42…46, PLAT-03…06)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.models import Qualification
from services.training.plans.models import Plan
from shared.db.history import RecordType, history_of
from shared.roles import Level, Permission
from tests.conftest import ClientFor, make_actor
from tests.services.training.enrolment.registrations.stage import FORM, Stage, button, field_codes
from tests.services.training.records import today

S = RegistrationStatus
ONE = "/api/training/registrations"


async def change(stage: Stage, registration_id: UUID, version: int | None = None, **body: Any) -> httpx.Response:
    expected = version or (await stage.found(registration_id))["version"]
    return await stage.unit.patch(f"{ONE}/{registration_id}", json=body, headers={"If-Match": f'"{expected}"'})


class TestReading:
    @pytest.mark.req("TRN-43", "X4")
    async def test_the_form_shows_the_file(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan("skin", "eye"), "张三", "eye", status=S.SUBMITTED)
        common = {"number": "Z1", "scope": [], "issued_on": today()}
        whose = {"person_id": made.person_id, "known_to": [made.unit_id]}
        async with stage.work() as session:
            for category in ("检查医生", "检查医生", "职业病诊断医师"):
                session.add(Qualification(category=category, **common, **whose))
        form = await stage.found(made.id)
        assert (form["name"], form["sex"], form["title_label"]) == ("张三", "男", "主治医师")
        assert (form["resident_id"], form["attributes"]) == (made.staff.person.resident_id, ["检查医生"])
        assert sorted(form["qualification_categories"]) == ["检查医生", "职业病诊断医师"]
        assert [each["label"] for each in form["specialties"]] == ["职业性眼病"]
        assert (form["needs_credit"], form["lodging_label"]) == (True, "不住宿")

    @pytest.mark.req("PLAT-05")
    async def test_overseers_see_masks_and_a_full_view_is_logged(self, stage: Stage, client_for: ClientFor) -> None:
        made = await stage.registered(await stage.plan(), status=S.SUBMITTED)
        app = stage.unit._transport.app  # type: ignore[attr-defined]
        county = await client_for(app, make_actor(Permission.TRAINING_OVERSIGHT, level=Level.COUNTY))
        seen = (await county.get(f"{ONE}/{made.id}")).json()
        number = made.staff.person.resident_id
        assert (seen["resident_id"], seen["recipient_phone"]) == (f"{number[:4]}********{number[-4:]}", "138****8000")
        assert seen["allowed_actions"] == []
        async with stage.work() as session:
            assert await history_of(session, RecordType("registration"), made.id) == []
        assert (await stage.province.get(f"{ONE}/{made.id}")).json()["resident_id"] == number
        async with stage.work() as session:
            assert [each.action for each in await history_of(session, RecordType("registration"), made.id)] == [
                "view_full"
            ]

    @pytest.mark.req("PLAT-06")
    async def test_it_does_not_exist_for_strangers(self, stage: Stage, client_for: ClientFor) -> None:
        made = await stage.registered(await stage.plan(), status=S.DRAFT)
        app = stage.unit._transport.app  # type: ignore[attr-defined]
        far = await client_for(app, make_actor(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region="320500"))
        near = await client_for(app, make_actor(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region="320100"))
        assert (await near.get(f"{ONE}/{made.id}")).status_code == 200
        assert (await far.get(f"{ONE}/{made.id}")).status_code == 404
        where, tagged = f"{ONE}/{made.id}", {"If-Match": '"1"'}
        answers = [
            await stage.stranger.get(where),
            await stage.stranger.patch(where, json=FORM, headers=tagged),
            await stage.stranger.delete(where),
            await stage.stranger.post(f"{where}/submit"),
            await stage.stranger.post(f"{where}/cancel"),
        ]
        assert [each.status_code for each in answers] == [404] * 5
        several = await stage.stranger.post(f"{ONE}/submissions", json={"registration_ids": [str(made.id)]})
        assert [(each["code"], each["name"]) for each in several.json()["results"]] == [("not_found", "")]


class TestChanging:
    @pytest.mark.req("TRN-44", "TRN-45", "TRN-46")
    async def test_what_is_sent_changes_and_the_rest_stays(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan("skin", "eye"), "张三", "eye", status=S.DRAFT, lodging=None)
        recipient: dict[str, Any] = {
            "recipient_name": "收发室",
            "recipient_phone": "025-83750000",
            "recipient_postcode": None,
        }
        answer = await change(stage, made.id, **FORM, specialties=["skin", "eye"], **recipient)
        assert answer.status_code == 200, answer.text
        form = await stage.found(made.id)
        assert {name: form[name] for name in FORM} == FORM
        assert {name: form[name] for name in recipient} == recipient
        assert sorted(each["code"] for each in form["specialties"]) == ["eye", "skin"]
        assert form["recipient_address"] == made.recipient_address

    @pytest.mark.req("TRN-44", "TRN-45", "TRN-46")
    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"specialties": ["tumour"]}, "specialties"),
            ({"training_kind": "third"}, "training_kind"),
            ({"training_kind": None}, "training_kind"),
            ({"lodging": "tent"}, "lodging"),
            ({"recipient_phone": "12345"}, "recipient_phone"),
            ({"recipient_postcode": "21000"}, "recipient_postcode"),
            ({"recipient_address": "路" * 101}, "recipient_address"),
            ({"recipient_name": ""}, "recipient_name"),
            ({"status": "approved"}, "status"),
        ],
    )
    async def test_bad_input_is_named_by_field(self, stage: Stage, body: dict[str, Any], field: str) -> None:
        made = await stage.registered(await stage.plan("skin"), "张三", "skin", status=S.DRAFT)
        answer = await change(stage, made.id, **body)
        assert (answer.status_code, set(field_codes(answer))) == (422, {field})

    @pytest.mark.req("TRN-45")
    async def test_a_plan_without_specialties_has_no_such_field(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.DRAFT)
        assert set(field_codes(await change(stage, made.id, specialties=["skin"]))) == {"specialties"}
        assert (await change(stage, made.id, specialties=[])).json()["complete"]

    @pytest.mark.req("PLAT-03")
    async def test_the_second_of_two_editors_is_told(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan("skin", "eye"), "张三", "eye", status=S.DRAFT)
        assert (await change(stage, made.id, 1, specialties=["skin"])).status_code == 200
        assert (await change(stage, made.id, 1, lodging="single")).status_code == 412

    @pytest.mark.req("TRN-48", "PLAT-02")
    async def test_what_was_sent_is_fixed(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.SUBMITTED)
        answer = await change(stage, made.id, lodging="single")
        assert (answer.status_code, answer.json()["code"]) == (409, "status_is_submitted")
        shown = button(await stage.found(made.id), "edit")
        assert (shown["allowed"], shown["reason"]) == (False, answer.json()["detail"])

    @pytest.mark.req("TRN-52", "X6")
    async def test_after_the_deadline_nothing_is_corrected(self, stage: Stage) -> None:
        plan = await stage.plan(registration_deadline=today() - timedelta(days=1))
        made = await stage.registered(plan, status=S.RETURNED)
        answer = await change(stage, made.id, lodging="single")
        assert (answer.status_code, answer.json()["code"]) == (409, "registration_closed")

    @pytest.mark.req("PLAT-04", "PLAT-05")
    async def test_history_says_what_changed_without_numbers(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.DRAFT)
        await change(stage, made.id, 1, recipient_phone="13900139000", lodging="single", needs_credit=True)
        async with stage.work() as session:
            changes = [
                each
                for each in await history_of(session, RecordType("registration"), made.id)
                if each.action == "update"
            ]
        assert changes[0].before == {"recipient_phone": "138****8000", "lodging": "none"}
        assert changes[0].after == {"recipient_phone": "139****9000", "lodging": "single"}


@pytest.mark.req("TRN-42")
class TestDeleting:
    @pytest.mark.parametrize("status", [S.DRAFT, S.RETURNED])
    async def test_what_is_not_sent_can_go(self, stage: Stage, status: S) -> None:
        plan: Plan = await stage.plan("skin")
        made = await stage.registered(plan, "张三", "skin", status=status)
        assert (await stage.unit.delete(f"{ONE}/{made.id}")).status_code == 204
        assert (await stage.unit.get(f"{ONE}/{made.id}")).status_code == 404
        again = {"plan_id": str(plan.id), "staff_ids": [str(made.staff_id)]}
        assert (await stage.unit.post(ONE, json=again)).json()["added"] == 1

    @pytest.mark.req("X7")
    @pytest.mark.parametrize(("status", "words"), [(S.SUBMITTED, "取消报名"), (S.APPROVED, "省疾控")])
    async def test_what_was_sent_stays_and_says_why(self, stage: Stage, status: S, words: str) -> None:
        made = await stage.registered(await stage.plan(), status=status)
        answer = await stage.unit.delete(f"{ONE}/{made.id}")
        assert answer.status_code == 409
        assert words in answer.json()["detail"]
        shown = button(await stage.found(made.id), "delete")
        assert (shown["allowed"], shown["reason"]) == (False, answer.json()["detail"])
