"""After the deadline and after the approval: the correction window of one person (STAFF-13, X6), and asking for a return (FAQ-M5)."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.plans.models import Plan
from services.training.plans.workflow import PlanStatus
from tests.services.training.enrolment.registrations.stage import Stage, button, field_codes
from tests.services.training.records import today

S = RegistrationStatus
ONE = "/api/training/registrations"
GROUP = "/api/training/group-registrations"


async def judge(stage: Stage, made: Registration, action: str, **body: Any) -> httpx.Response:
    return await stage.province.post(f"{ONE}/{made.id}/{action}", json=body)


async def act(stage: Stage, made: Registration, action: str, **body: Any) -> httpx.Response:
    return await stage.unit.post(f"{ONE}/{made.id}/{action}", json=body)


async def closed_plan(stage: Stage, **changes: Any) -> Plan:
    return await stage.plan(registration_deadline=today() - timedelta(days=3), **changes)


@pytest.mark.req("STAFF-13", "X6")
class TestCorrectionWindow:
    async def test_only_that_person_is_open_and_until_that_day(self, stage: Stage) -> None:
        plan = await closed_plan(stage)
        made = await stage.registered(plan, "甲甲", status=S.RETURNED, return_reason="电话有误")
        other = await stage.registered(plan, "乙乙", status=S.RETURNED, return_reason="电话有误")
        row = await stage.row(plan, closed=True)
        assert row is not None
        assert [(each["action"], each["allowed"]) for each in row["operations"]] == [
            ("view", True),
            ("register", False),
        ]
        granted = await judge(stage, made, "grant_correction", until=today().isoformat())
        assert granted.status_code == 200, granted.text
        assert granted.json()["open_until"] == today().isoformat()
        row = await stage.row(plan, closed=True)
        assert row is not None
        assert [(each["action"], each["allowed"]) for each in row["operations"]] == [("register", True)]
        assert (await stage.change(made.id, recipient_phone="13900139000")).status_code == 200
        assert (await stage.change(other.id, recipient_phone="13900139000")).status_code == 409
        assert (await act(stage, other, "submit")).json()["code"] == "registration_closed"
        page = (await stage.unit.get(f"{GROUP}/{plan.id}")).json()
        assert not button(page, "add", "actions")["allowed"]
        assert (await act(stage, made, "submit")).json()["status"] == "submitted"
        assert (await act(stage, made, "cancel")).json()["status"] == "draft"
        async with stage.work() as session:
            (await session.get_one(Registration, made.id)).open_until = today() - timedelta(days=1)
        late = await act(stage, made, "submit")
        assert (late.status_code, late.json()["code"]) == (409, "registration_closed")
        (event,) = await stage.told("correction_granted", made.id)
        assert event["until"] == today().isoformat()

    async def test_one_who_has_been_sent_again_opens_nothing(self, stage: Stage) -> None:
        plan = await closed_plan(stage)
        await stage.registered(plan, "甲甲", status=S.SUBMITTED, open_until=today())
        await stage.registered(plan, "乙乙", status=S.DRAFT)
        row = await stage.row(plan, closed=True)
        assert row is not None
        assert row["operations"][0]["action"] == "view"

    @pytest.mark.parametrize(("days", "code"), [(-1, "date_past"), (61, "date_too_far"), (60, None)])
    async def test_the_day_is_ahead_and_not_far(self, stage: Stage, days: int, code: str | None) -> None:
        made = await stage.registered(await closed_plan(stage), status=S.RETURNED)
        answer = await judge(stage, made, "grant_correction", until=(today() + timedelta(days=days)).isoformat())
        if code:
            assert (answer.status_code, field_codes(answer)) == (422, {"until": code})
        else:
            assert answer.status_code == 200

    @pytest.mark.req("PLAT-02")
    @pytest.mark.parametrize(
        ("status", "changes", "code"),
        [
            (S.RETURNED, {"registration_deadline": today()}, "plan_still_open"),
            (S.RETURNED, {"status": PlanStatus.CLOSED}, "plan_not_open"),
            (S.SUBMITTED, {}, "status_is_submitted"),
            (S.APPROVED, {}, "status_is_approved"),
        ],
    )
    async def test_it_is_for_the_returned_after_the_deadline(
        self, stage: Stage, status: S, changes: dict[str, Any], code: str
    ) -> None:
        plan = await stage.plan(**{"registration_deadline": today() - timedelta(days=3), **changes})
        made = await stage.registered(plan, status=status)
        answer = await judge(stage, made, "grant_correction", until=today().isoformat())
        assert (answer.status_code, answer.json()["code"]) == (409, code)
        shown = (await stage.province.get(f"{ONE}/{made.id}")).json()
        assert button(shown, "grant_correction")["reason"] == answer.json()["detail"]

    async def test_a_unit_opens_nothing_for_itself(self, stage: Stage) -> None:
        made = await stage.registered(await closed_plan(stage), status=S.RETURNED)
        assert (await act(stage, made, "grant_correction", until=today().isoformat())).status_code == 403


@pytest.mark.req("FAQ-M5")
class TestAskingForAReturn:
    async def test_the_request_stands_until_it_is_answered(self, stage: Stage) -> None:
        made = await stage.registered(await closed_plan(stage))
        asked = await act(stage, made, "request_return", reason="报错了专业类别")
        assert asked.status_code == 200, asked.text
        form = asked.json()
        assert (form["status"], form["return_request"]) == ("approved", "报错了专业类别")
        assert form["return_requested_at"]
        (event,) = await stage.told("return_requested", made.id)
        assert (event["reason"], event["unit_name"]) == ("报错了专业类别", stage.actor.organisation_name)
        again = await act(stage, made, "request_return", reason="再催一次")
        assert (again.status_code, again.json()["code"]) == (409, "return_already_requested")
        declined = (await judge(stage, made, "decline_request", reason="已开班")).json()
        assert (declined["status"], declined["return_requested_at"], declined["return_request"]) == (
            "approved",
            None,
            None,
        )
        assert (await stage.told("return_request_declined", made.id))[0]["reason"] == "已开班"
        unasked = await judge(stage, made, "decline_request", reason="已开班")
        assert (unasked.status_code, unasked.json()["code"]) == (409, "no_return_request")
        assert (await act(stage, made, "request_return", reason="再次申请")).status_code == 200

    async def test_a_return_answers_it_too(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan())
        await act(stage, made, "request_return", reason="报错了")
        back = (await judge(stage, made, "return", kind="wrong", reason="应单位申请退回")).json()
        assert (back["status"], back["return_requested_at"], back["return_request"]) == ("returned", None, None)

    async def test_it_needs_a_reason(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan())
        assert set(field_codes(await act(stage, made, "request_return", reason=" "))) == {"reason"}

    @pytest.mark.req("TRN-49", "PLAT-02")
    @pytest.mark.parametrize(
        ("status", "words"), [(S.DRAFT, "修改"), (S.SUBMITTED, "取消报名"), (S.RETURNED, "重新报名")]
    )
    async def test_before_the_approval_there_are_shorter_ways(self, stage: Stage, status: S, words: str) -> None:
        made = await stage.registered(await stage.plan(), status=status)
        answer = await act(stage, made, "request_return", reason="报错了")
        assert answer.status_code == 409
        assert words in answer.json()["detail"]
        shown = button(await stage.found(made.id), "request_return")
        assert (shown["allowed"], shown["reason"]) == (False, answer.json()["detail"])
