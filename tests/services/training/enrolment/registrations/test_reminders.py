"""The reminders before a plan's deadline: each once, to those who have not finished (FAQ-M8, BEY-03)."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.training.enrolment.registrations.reminders import last_day_within, remind_of_deadlines
from services.training.enrolment.registrations.tasks import remind_deadlines
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.plans.models import Plan
from services.training.plans.workflow import PlanStatus
from services.training.worker import WORKER
from shared.clock import end_of_beijing_day
from shared.events.log import EventRow
from shared.tasks.spec import Lane
from tests.services.training.enrolment.registrations.stage import Stage
from tests.services.training.records import today

pytestmark = pytest.mark.req("FAQ-M8", "BEY-03")
S = RegistrationStatus
HOUR = timedelta(hours=1)


async def told(stage: Stage, plan: Plan) -> list[tuple[int, list[str]]]:
    async with stage.work() as session:
        rows = await session.scalars(
            select(EventRow.payload)
            .where(EventRow.type == "training.plan.registration_closing.v1")
            .order_by(EventRow.seq)
        )
        return [(each["hours_left"], each["unit_ids"]) for each in rows if each["plan_id"] == str(plan.id)]


async def remind(stage: Stage, plan: Plan, hours_before: float) -> None:
    """A run of the task so many hours before the deadline day ends."""
    async with stage.work() as session:
        await remind_of_deadlines(session, end_of_beijing_day(plan.registration_deadline) - HOUR * hours_before)


async def far_plan(stage: Stage, **changes: Any) -> Plan:
    """Far ahead, so that runs of other tests do not count it in."""
    stage_day = today() + timedelta(days=400)
    return await stage.plan(**{"registration_deadline": stage_day, **changes})


class TestReminders:
    async def test_units_that_have_not_finished_are_told_twice(self, stage: Stage) -> None:
        plan = await far_plan(stage)
        await stage.registered(plan, "甲甲", status=S.DRAFT)
        await stage.registered(plan, "乙乙", status=S.APPROVED)
        await stage.registered(plan, "丙丙", actor=stage.other, status=S.SUBMITTED)
        mine = [str(stage.actor.organisation_id)]
        await remind(stage, plan, 73)
        assert await told(stage, plan) == []
        await remind(stage, plan, 71)
        await remind(stage, plan, 60)
        assert await told(stage, plan) == [(71, mine)]
        await stage.registered(plan, "丁丁", actor=stage.other, status=S.RETURNED)
        await remind(stage, plan, 23)
        await remind(stage, plan, 1)
        both = sorted([*mine, str(stage.other.organisation_id)])
        assert [(hours, sorted(units)) for hours, units in await told(stage, plan)] == [(71, mine), (23, both)]

    async def test_a_plan_of_the_last_day_is_reminded_of_once(self, stage: Stage) -> None:
        plan = await far_plan(stage)
        await stage.registered(plan, status=S.RETURNED)
        await remind(stage, plan, 20.5)
        assert [hours for hours, _ in await told(stage, plan)] == [20]

    async def test_the_hours_are_those_that_are_left(self, stage: Stage) -> None:
        """A deadline that was set to the day after tomorrow is told with what is left of it."""
        plan = await far_plan(stage)
        await stage.registered(plan, status=S.DRAFT)
        await remind(stage, plan, 43)
        await remind(stage, plan, 0.5)
        assert [hours for hours, _ in await told(stage, plan)] == [43, 1]

    @pytest.mark.parametrize(("status", "own"), [(PlanStatus.PUBLISHED, S.APPROVED), (PlanStatus.CLOSED, S.DRAFT)])
    async def test_nobody_concerned_nothing_said(self, stage: Stage, status: PlanStatus, own: S) -> None:
        plan = await far_plan(stage, status=status)
        await stage.registered(plan, status=own)
        await remind(stage, plan, 71)
        await remind(stage, plan, 23)
        assert await told(stage, plan) == []

    async def test_after_the_deadline_it_is_too_late(self, stage: Stage) -> None:
        plan = await far_plan(stage)
        await stage.registered(plan, status=S.DRAFT)
        await remind(stage, plan, -1)
        assert await told(stage, plan) == []

    async def test_the_plan_itself_stays_as_editors_know_it(self, stage: Stage) -> None:
        plan = await far_plan(stage)
        await remind(stage, plan, 71)
        async with stage.work() as session:
            stored = await session.get_one(Plan, plan.id)
            assert (stored.version, stored.reminders_sent) == (plan.version, 1)

    @pytest.mark.req("PLAT-12")
    def test_days_end_in_beijing(self) -> None:
        evening = end_of_beijing_day(date(2026, 5, 10))
        assert last_day_within(24, evening - 23 * HOUR) == date(2026, 5, 10)
        assert last_day_within(24, evening - 25 * HOUR) == date(2026, 5, 9)
        assert last_day_within(72, evening - 71 * HOUR) == date(2026, 5, 10)

    async def test_beat_says_it_every_five_minutes(self, stage: Stage) -> None:
        task = next(task for task in WORKER.tasks if task.name == "training.remind_deadlines")
        assert (task.every, task.lane, task.body()) == (300, Lane.FAST, remind_deadlines)
        plan = await stage.plan(registration_deadline=today())
        await stage.registered(plan, status=S.DRAFT)
        await remind_deadlines(stage.runtime)
        ((hours, _),) = await told(stage, plan)
        assert 1 <= hours <= 24
