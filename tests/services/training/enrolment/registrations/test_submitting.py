"""[报名] and [取消报名]: when, with what, and for several at once (TRN-44…50, FAQ-M5)."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.workflow import EmploymentStatus
from shared.events.log import EventRow
from shared.identifiers import new_id
from tests.services.training.enrolment.registrations.stage import FORM, Stage, button, field_codes
from tests.services.training.records import today

S = RegistrationStatus
ONE = "/api/training/registrations"


async def act(stage: Stage, registration_id: UUID, action: str) -> httpx.Response:
    return await stage.unit.post(f"{ONE}/{registration_id}/{action}")


class TestSubmitting:
    @pytest.mark.req("TRN-44", "TRN-45", "TRN-46")
    async def test_every_missing_field_is_named(self, stage: Stage) -> None:
        plan = await stage.plan("skin")
        staff = await stage.staff(address="路" * 120)
        body = {"plan_id": str(plan.id), "staff_ids": [str(staff.id)]}
        made = (await stage.unit.post(ONE, json=body)).json()["results"][0]["registration_id"]
        answer = await act(stage, made, "submit")
        assert answer.status_code == 422
        assert field_codes(answer) == {
            "needs_credit": "missing",
            "lodging": "missing",
            "specialties": "missing",
            "recipient_address": "text_too_long",
        }
        form = await stage.found(made)
        assert (form["status"], form["complete"]) == ("draft", False)
        body = {**FORM, "specialties": ["skin"], "recipient_address": "珠江路1号"}
        await stage.unit.patch(f"{ONE}/{made}", json=body, headers={"If-Match": f'"{form["version"]}"'})
        assert (await act(stage, made, "submit")).json()["status_label"] == "已报名"

    @pytest.mark.req("TRN-47")
    async def test_it_goes_to_the_province_and_is_dated(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.DRAFT, submitted_at=None)
        answer = await act(stage, made.id, "submit")
        assert answer.status_code == 200, answer.text
        assert answer.json()["submitted_at"]
        async with stage.work() as session:
            told = await session.scalars(
                select(EventRow.payload).where(EventRow.type == "training.registration.submitted.v1")
            )
            assert str(made.id) in {each["registration_id"] for each in told}

    @pytest.mark.req("TRN-35", "TRN-52", "X23", "PLAT-02")
    async def test_the_deadline_day_counts_and_the_next_does_not(self, stage: Stage) -> None:
        last = await stage.registered(await stage.plan(registration_deadline=today()), status=S.DRAFT)
        assert (await act(stage, last.id, "submit")).status_code == 200
        plan = await stage.plan(registration_deadline=today() - timedelta(days=1))
        late = await stage.registered(plan, status=S.DRAFT, lodging=None)
        answer = await act(stage, late.id, "submit")
        assert (answer.status_code, answer.json()["code"]) == (409, "registration_closed")
        assert button(await stage.found(late.id), "submit")["reason"] == answer.json()["detail"]

    @pytest.mark.req("TRN-37", "FAQ-M2")
    async def test_one_who_has_left_meanwhile_is_not_sent(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.DRAFT)
        async with stage.work() as session:
            (await session.get_one(StaffMember, made.staff_id)).status = EmploymentStatus.LEFT
        answer = await act(stage, made.id, "submit")
        assert (answer.status_code, field_codes(answer)) == (422, {"staff_id": "left_unit"})
        assert "【在职】" in answer.json()["errors"][0]["message"]
        assert not (await stage.found(made.id))["complete"]

    @pytest.mark.req("TRN-47")
    async def test_several_at_once_each_with_an_answer(self, stage: Stage) -> None:
        plan = await stage.plan()
        good = await stage.registered(plan, "甲甲", status=S.DRAFT)
        short = await stage.registered(plan, "乙乙", status=S.DRAFT, lodging=None)
        sent = await stage.registered(plan, "丙丙", status=S.SUBMITTED)
        ids = [str(each) for each in (sent.id, short.id, new_id(), good.id, good.id)]
        answer = await stage.unit.post(f"{ONE}/submissions", json={"registration_ids": ids})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert (body["done"], body["refused"]) == (1, 3)
        assert [(each["name"], each["done"], each["code"]) for each in body["results"]] == [
            ("丙丙", False, "status_is_submitted"),
            ("乙乙", False, "invalid_input"),
            ("", False, "not_found"),
            ("甲甲", True, None),
        ]
        assert [each["field"] for each in body["results"][1]["errors"]] == ["lodging"]
        assert [(await stage.found(each.id))["status"] for each in (good, short)] == ["submitted", "draft"]


class TestCancelling:
    @pytest.mark.req("TRN-48", "FAQ-M5")
    async def test_the_unit_takes_back_corrects_and_sends_again(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.SUBMITTED)
        taken = (await act(stage, made.id, "cancel")).json()
        assert (taken["status_label"], taken["submitted_at"]) == ("未报名", None)
        changed = await stage.unit.patch(
            f"{ONE}/{made.id}", json={"lodging": "double"}, headers={"If-Match": f'"{taken["version"]}"'}
        )
        assert changed.status_code == 200
        assert (await act(stage, made.id, "submit")).json()["lodging_label"] == "双人包间"

    @pytest.mark.req("TRN-49")
    async def test_an_approved_person_is_the_provinces(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.APPROVED)
        answer = await act(stage, made.id, "cancel")
        assert (answer.status_code, answer.json()["code"]) == (409, "status_is_approved")
        assert "省疾控" in answer.json()["detail"]

    @pytest.mark.req("TRN-47", "TRN-49")
    async def test_a_unit_cannot_judge_itself(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.SUBMITTED)
        for action in ("approve", "return"):
            assert (await act(stage, made.id, action)).status_code == 403
