"""Where each registration stands, what is next and whose turn it is (FAQ-M12)."""

from datetime import timedelta
from typing import Any

import pytest

from services.training.classes.class_sessions.workflow import ScheduleStatus
from services.training.enrolment.registrations.workflow import RegistrationStatus
from shared.clock import now_utc
from tests.services.training.classes.selection.classes import add_schedule
from tests.services.training.enrolment.registrations.stage import Stage
from tests.services.training.records import today

pytestmark = pytest.mark.req("FAQ-M12")
S = RegistrationStatus
GROUP = "/api/training/group-registrations"


async def progress(stage: Stage, plan_id: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await stage.unit.get(f"{GROUP}/{plan_id}")).json()["registrants"][0]["progress"]
    return found


class TestStepper:
    @pytest.mark.parametrize(
        ("status", "states", "last", "owner", "words"),
        [
            (S.DRAFT, ["current", "todo", "todo"], "审核通过", "本单位", "点【报名】提交"),
            (S.SUBMITTED, ["done", "current", "todo"], "审核通过", "省疾控", "等待省疾控审核"),
            (S.APPROVED, ["done", "done", "done"], "审核通过", "省疾控", "等待省疾控开放选班"),
            (S.RETURNED, ["done", "done", "failed"], "已退回", "本单位", "按退回原因修改"),
        ],
    )
    async def test_each_status_has_its_step(
        self, stage: Stage, status: S, states: list[str], last: str, owner: str, words: str
    ) -> None:
        plan = await stage.plan()
        await stage.registered(plan, status=status)
        found = await progress(stage, plan.id)
        assert [each["state"] for each in found["steps"]] == states
        assert [each["label"] for each in found["steps"]] == ["未提交", "待审核", last]
        assert found["owner"] == owner
        assert words in found["next_action"]

    async def test_an_incomplete_form_and_a_closed_plan_say_so(self, stage: Stage) -> None:
        plan = await stage.plan()
        await stage.registered(plan, status=S.DRAFT, lodging=None)
        assert (await progress(stage, plan.id))["next_action"].startswith("补全报名信息")
        late = await stage.plan(registration_deadline=today() - timedelta(days=1))
        await stage.registered(late, status=S.RETURNED)
        found = await progress(stage, late.id)
        assert "截止" in found["next_action"]
        assert found["owner"] == "本单位"

    async def test_after_the_approval_it_goes_on(self, stage: Stage) -> None:
        plan = await stage.plan()
        made = await stage.registered(plan)
        async with stage.work() as session:
            await add_schedule(session, plan, ScheduleStatus.OPEN)
        found = await progress(stage, plan.id)
        assert (found["owner"], "选班已开放" in found["next_action"]) == ("本单位", True)
        where = f"/api/training/registrations/{made.id}"
        asked = (await stage.unit.post(f"{where}/request_return", json={"reason": "报错了"})).json()["progress"]
        assert (asked["owner"], "申请退回" in asked["next_action"]) == ("省疾控", True)
        done_plan = await stage.plan()
        await stage.registered(done_plan, results_published_at=now_utc())
        assert "成绩" in (await progress(stage, done_plan.id))["next_action"]

    async def test_to_the_reviewer_the_unit_has_a_name(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.RETURNED)
        seen = (await stage.province.get(f"/api/training/registrations/{made.id}")).json()
        assert seen["progress"]["owner"] == stage.actor.organisation_name
