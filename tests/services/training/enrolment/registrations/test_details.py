"""What an approved person's unit may still change, and until when (FAQ-M6), and what stays the province's (TRN-49)."""

from datetime import timedelta
from typing import Any

import pytest

from services.training.classes.class_sessions.workflow import ScheduleStatus
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.plans.workflow import PlanStatus
from shared.clock import now_utc
from shared.db.history import RecordType, history_of
from tests.services.training.classes.selection.classes import add_schedule
from tests.services.training.enrolment.registrations.stage import Stage, button, field_codes
from tests.services.training.records import today

S = RegistrationStatus
DETAILS = [
    "needs_credit",
    "lodging",
    "recipient_name",
    "recipient_phone",
    "recipient_postcode",
    "recipient_address",
]


@pytest.mark.req("FAQ-M6")
class TestChangingAfterApproval:
    async def test_the_details_change_and_the_province_is_told(self, stage: Stage) -> None:
        # The deadline is no bound here: the approval came after it.
        plan = await stage.plan("skin", registration_deadline=today() - timedelta(days=1))
        made = await stage.registered(plan, "张三", "skin")
        body: dict[str, Any] = {"needs_credit": False, "lodging": "single", "recipient_phone": "025-83750000"}
        answer = await stage.change(made.id, **body)
        assert answer.status_code == 200, answer.text
        form = await stage.found(made.id)
        assert {name: form[name] for name in body} == body
        assert form["status"] == "approved"
        (event,) = await stage.told("details_changed", made.id)
        assert event["changed"] == "是否需要学分证、住宿类型、收件人联系电话"
        assert event["unit_name"] == stage.actor.organisation_name
        async with stage.work() as session:
            rows = [
                each
                for each in await history_of(session, RecordType("registration"), made.id)
                if each.action == "update"
            ]
        assert rows[0].after == {"needs_credit": False, "lodging": "single", "recipient_phone": "025****0000"}

    @pytest.mark.req("TRN-49", "PLAT-02")
    async def test_other_fields_are_refused_and_say_which_may_change(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan("skin", "eye"), "张三", "skin")
        answer = await stage.change(made.id, training_kind="refresher", specialties=["eye"], lodging="single")
        assert (answer.status_code, answer.json()["code"]) == (409, "details_only")
        assert set(field_codes(answer)) == {"training_kind", "specialties"}
        for words in ("学分证", "住宿", "收件人", "申请退回"):
            assert words in answer.json()["detail"]
        form = await stage.found(made.id)
        assert (form["lodging"], form["editable_fields"]) == ("none", DETAILS)
        shown = button(form, "edit")
        assert shown["allowed"]
        assert "学分证" in shown["label"]
        assert await stage.told("details_changed", made.id) == []

    async def test_what_was_approved_cannot_be_emptied(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan())
        answer = await stage.change(made.id, needs_credit=None, lodging=None, recipient_postcode=None)
        assert (answer.status_code, field_codes(answer)) == (422, {"needs_credit": "missing", "lodging": "missing"})
        assert (await stage.change(made.id, recipient_postcode=None)).status_code == 200

    @pytest.mark.req("PLAT-02")
    @pytest.mark.parametrize(
        ("status", "opens_in", "allowed"),
        [
            (ScheduleStatus.PLANNING, None, True),
            (ScheduleStatus.PLANNING, timedelta(days=1), True),
            (ScheduleStatus.PLANNING, timedelta(seconds=-1), False),
            (ScheduleStatus.OPEN, None, False),
        ],
    )
    async def test_until_selection_opens(
        self, stage: Stage, status: ScheduleStatus, opens_in: timedelta | None, allowed: bool
    ) -> None:
        plan = await stage.plan()
        made = await stage.registered(plan)
        async with stage.work() as session:
            schedule = await add_schedule(session, plan, status)
            schedule.opens_at = now_utc() + opens_in if opens_in else None
        answer = await stage.change(made.id, lodging="single")
        shown = button(await stage.found(made.id), "edit")
        assert (answer.status_code, shown["allowed"]) == ((200, True) if allowed else (409, False))
        if not allowed:
            assert (shown["code"], shown["reason"]) == ("selection_opened", answer.json()["detail"])
            assert "申请退回" in shown["reason"]

    async def test_another_plans_selection_is_no_bound(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan())
        async with stage.work() as session:
            await add_schedule(session, await stage.plan())
        assert (await stage.change(made.id, lodging="single")).status_code == 200

    async def test_a_plan_that_has_ended_is_over(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(status=PlanStatus.CLOSED))
        answer = await stage.change(made.id, lodging="single")
        assert (answer.status_code, answer.json()["code"]) == (409, "plan_not_open")


@pytest.mark.req("FAQ-M6", "TRN-44")
class TestDefaults:
    async def test_the_plans_defaults_fill_the_form(self, stage: Stage) -> None:
        plan = await stage.plan(default_needs_credit=False, default_lodging="double", credit_help="学分证用于继续教育")
        staff = await stage.staff()
        body = {"plan_id": str(plan.id), "staff_ids": [str(staff.id)]}
        made = (await stage.unit.post("/api/training/registrations", json=body)).json()["results"][0]
        form = await stage.found(made["registration_id"])
        assert (form["needs_credit"], form["lodging"], form["complete"]) == (False, "double", True)
        page = (await stage.unit.get(f"/api/training/group-registrations/{plan.id}")).json()
        assert page["plan"]["credit_help"] == "学分证用于继续教育"
