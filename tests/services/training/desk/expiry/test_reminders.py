"""The reminders 90, 30 and 7 days before a certificate ends: each once, to the unit that has the person (BEY-06)."""

import asyncio
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from services.training.desk.expiry import reminders
from services.training.desk.expiry.models import ExpiryReminder
from services.training.desk.expiry.reminders import remind_unit, units_due
from services.training.desk.expiry.tasks import remind_expiry
from services.training.people.personnel.copying_repository import make_known
from services.training.people.personnel.models import Qualification, StaffMember
from services.training.people.personnel.workflow import EmploymentStatus
from services.training.worker import WORKER
from shared.clock import now_utc, start_of_beijing_day
from shared.events.log import EventRow
from shared.identity import Actor
from tests.services.training.desk.expiry.certificates import a_plan_type, certify
from tests.services.training.enrolment.registrations.stage import Stage
from tests.services.training.records import add_registration, today

pytestmark = pytest.mark.req("BEY-06")
Told = list[tuple[int, list[str]]]


async def events(stage: Stage, actor: Actor | None = None) -> list[dict[str, Any]]:
    unit = str((actor or stage.actor).organisation_id)
    async with stage.work() as session:
        rows = await session.scalars(
            select(EventRow.payload)
            .where(EventRow.type == "training.qualifications.expiring.v1")
            .order_by(EventRow.seq)
        )
        return [each for each in rows if each["unit_id"] == unit]


async def told(stage: Stage, actor: Actor | None = None) -> Told:
    """(mark, numbers) of each event for the unit, oldest first."""
    found = await events(stage, actor)
    return [(each["days_left"], [line["number"] for line in each["qualifications"]]) for each in found]


async def remind(stage: Stage, days_on: int = 0, unit_id: UUID | None = None) -> bool:
    """A run for the unit so many days from now."""
    async with stage.work() as session:
        now = now_utc() + timedelta(days=days_on)
        return await remind_unit(session, unit_id or stage.actor.organisation_id, now)


class TestMarks:
    async def test_each_mark_once_though_it_is_asked_every_hour(self, stage: Stage) -> None:
        number = await certify(stage, await stage.staff(), 91)
        for days_on in (0, 1, 1, 40, 61, 61, 70, 84, 91, 92, 93):
            await remind(stage, days_on)
        assert await told(stage) == [(90, [number]), (30, [number]), (7, [number])]

    @pytest.mark.parametrize(("days", "mark"), [(90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7)])
    async def test_what_was_missed_is_told_once_with_the_nearest(self, stage: Stage, days: int, mark: int) -> None:
        number = await certify(stage, await stage.staff(), days)
        await remind(stage)
        await remind(stage)
        assert await told(stage) == [(mark, [number])]

    @pytest.mark.parametrize("days", [-1, 91, None])
    async def test_what_has_ended_or_is_far_is_not_told(self, stage: Stage, days: int | None) -> None:
        await certify(stage, await stage.staff(), days)
        await remind(stage)
        assert await told(stage) == []

    async def test_one_event_a_mark_with_the_earliest_first(self, stage: Stage) -> None:
        staff, other = await stage.staff("张三"), await stage.staff("李四")
        far, near = await certify(stage, staff, 60), await certify(stage, other, 5)
        nearer = await certify(stage, staff, 2, "放射专业技术人员")
        await remind(stage)
        assert sorted(await told(stage)) == [(7, [nearer, near]), (90, [far])]

    async def test_a_new_last_day_is_told_anew(self, stage: Stage) -> None:
        number = await certify(stage, await stage.staff(), 60)
        await remind(stage)
        async with stage.work() as session:
            later = today() + timedelta(days=80)
            await session.execute(update(Qualification).where(Qualification.number == number).values(expires_on=later))
        await remind(stage)
        assert await told(stage) == [(90, [number]), (90, [number])]

    @pytest.mark.req("PLAT-12")
    async def test_days_are_those_of_beijing(self, stage: Stage) -> None:
        number = await certify(stage, await stage.staff(), 91)
        midnight: datetime = start_of_beijing_day(today() + timedelta(days=1))
        for moment in (midnight - timedelta(seconds=1), midnight):
            async with stage.work() as session:
                await remind_unit(session, stage.actor.organisation_id, moment)
            assert await told(stage) == ([] if moment < midnight else [(90, [number])])


class TestWhom:
    async def test_not_of_the_renewed_the_revoked_and_those_who_left(self, stage: Stage) -> None:
        staff, gone = await stage.staff(), await stage.staff("李四", status="left")
        await certify(stage, staff, 60)
        await certify(stage, staff, 1000)
        await certify(stage, staff, 60, "已撤销的", revoked_at=now_utc())
        await certify(stage, gone, 60)
        await remind(stage)
        assert await told(stage) == []

    @pytest.mark.req("BEY-14")
    async def test_who_changed_unit_is_told_to_the_unit_that_has_them_now(self, stage: Stage) -> None:
        staff, there = await stage.staff(), await stage.staff("李四", actor=stage.other)
        number = await certify(stage, staff, 60)
        await remind(stage)
        async with stage.work() as session:
            (await session.get_one(StaffMember, staff.id)).status = EmploymentStatus.LEFT
            (await session.get_one(StaffMember, there.id)).person_id = staff.person_id
            await make_known(session, staff.person_id, staff.unit_id, there.unit_id)
        for days_on in (1, 31):
            await remind(stage, days_on)
            await remind(stage, days_on, stage.other.organisation_id)
        assert await told(stage) == [(90, [number])]
        assert await told(stage, stage.other) == [(90, [number]), (30, [number])]

    async def test_a_line_names_the_plan_that_can_be_registered_for(self, stage: Stage) -> None:
        kind = await a_plan_type(stage)
        plan = await stage.plan("skin", type_code=kind.code)
        free, taken = await stage.staff("张三"), await stage.staff("李四")
        for staff in (free, taken):
            await certify(stage, staff, 60, kind.label)
        async with stage.work() as session:
            await add_registration(session, stage.actor, plan, taken, "skin")
        await remind(stage)
        (event,) = await events(stage)
        lines = {each["person_name"]: (each["plan_id"], each["plan_name"]) for each in event["qualifications"]}
        assert lines["李四"] == (None, None)
        assert lines["张三"] == (str(plan.id), plan.name)

    @pytest.mark.req("PLAT-05")
    async def test_no_resident_id_stands_in_an_event(self, stage: Stage) -> None:
        staff = await stage.staff()
        await certify(stage, staff, 60)
        await remind(stage)
        said = str(await events(stage))
        assert staff.person.resident_id not in said
        assert not re.search(r"(?<![\da-f])\d{17}[\dX]", said)


@pytest.mark.req("PLAT-11")
class TestWork:
    async def test_beat_says_it_every_hour_and_a_run_tells_everybody_once(self, stage: Stage) -> None:
        task = next(task for task in WORKER.tasks if task.name == "training.remind_expiry")
        assert (task.every, task.body()) == (3600, remind_expiry)
        mine = await certify(stage, await stage.staff(), 60)
        theirs = await certify(stage, await stage.staff("李四", actor=stage.other), 5)
        for _ in range(2):
            await remind_expiry(stage.runtime)
        assert (await told(stage), await told(stage, stage.other)) == ([(90, [mine])], [(7, [theirs])])
        async with stage.work() as session:
            due = await units_due(session, now_utc())
        assert not {stage.actor.organisation_id, stage.other.organisation_id} & set(due)

    async def test_two_workers_at_once_tell_once(self, stage: Stage) -> None:
        staff = await stage.staff()
        made = [await certify(stage, staff, 60, f"类别{at}") for at in range(5)]
        await asyncio.gather(*(remind(stage) for _ in range(4)))
        ((mark, numbers),) = await told(stage)
        assert (mark, sorted(numbers)) == (90, sorted(made))

    async def test_many_are_told_in_several_transactions(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reminders, "BATCH", 2)
        staff = await stage.staff()
        made = [await certify(stage, staff, 40 + at, f"类别{at}") for at in range(5)]
        assert [await remind(stage) for _ in range(4)] == [True, True, False, False]
        assert await told(stage) == [(90, made[:2]), (90, made[2:4]), (90, made[4:])]

    async def test_what_is_not_written_is_told_the_next_time(self, stage: Stage) -> None:
        number = await certify(stage, await stage.staff(), 60)
        with pytest.raises(KeyboardInterrupt):  # the worker dies before the transaction ends
            async with stage.work() as session:
                await remind_unit(session, stage.actor.organisation_id, now_utc())
                raise KeyboardInterrupt
        assert await told(stage) == []
        await remind(stage)
        assert await told(stage) == [(90, [number])]
        async with stage.work() as session:
            kept = select(func.count()).where(ExpiryReminder.unit_id == stage.actor.organisation_id)
            assert await session.scalar(kept) == 1
