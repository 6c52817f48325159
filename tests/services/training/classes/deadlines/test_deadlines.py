"""What happens by itself around the selection's times, with rows whose time has come (STAFF-06, FAQ-M7, X23)."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from services.training.classes.class_sessions.models import ClassSession, Schedule
from services.training.classes.class_sessions.workflow import ScheduleStatus
from services.training.classes.deadlines import service
from services.training.classes.deadlines.tasks import keep_deadlines
from services.training.classes.selection.models import Selection
from services.training.classes.selection.workflow import SelectionStatus
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app
from services.training.plans.models import Plan
from shared.clock import end_of_beijing_day, now_utc, start_of_beijing_day
from shared.db.history import History
from shared.events.base import Event
from shared.events.log import EventRow
from shared.events.training_selection import SelectionClosing, SelectionFinished, SelectionOpened
from shared.identity import SYSTEM_ID, Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.training.classes.class_sessions.test_scheduling import OpenApp
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule
from tests.services.training.classes.selection.test_placing import put
from tests.services.training.records import add_plan, today

# What a worker's process does between its start and its end, without a broker that tells it of the task.
IN_A_WORKER = """
from celery.signals import worker_process_init, worker_process_shutdown
from ops.worker import app
worker_process_init.send(None)
app.tasks["training.keep_deadlines"]()
worker_process_shutdown.send(None)
"""
TOMORROW, YESTERDAY = timedelta(days=1), timedelta(days=-1)


@pytest.fixture
async def runtime(open_app: OpenApp) -> Runtime:
    return await open_app(app)


def make_unit() -> Actor:
    return make_actor(Permission.GROUP_REGISTRATION)


async def make_plan(
    runtime: Runtime,
    *units: Actor,
    status: ScheduleStatus = ScheduleStatus.OPEN,
    deadlines: Sequence[timedelta] = (timedelta(days=5),),
    **changes: Any,
) -> tuple[Plan, Schedule, list[ClassSession]]:
    """A plan with one approved person of each unit, and a session for each deadline, as days from today."""
    async with runtime.database.unit_of_work() as session:
        plan = await add_plan(session)
        schedule = await add_schedule(session, plan, status)
        for name, value in changes.items():
            setattr(schedule, name, value)
        rows = [
            await add_class(session, schedule, session_no=no, selection_deadline=today() + each)
            for no, each in enumerate(deadlines, start=1)
        ]
        for unit in units:
            await add_people(session, unit, plan, 1)
    return plan, schedule, rows


async def submit(runtime: Runtime, unit: Actor, schedule: Schedule) -> None:
    async with runtime.database.unit_of_work() as session:
        values = {"unit_id": unit.organisation_id, "plan_id": schedule.plan_id, "schedule_id": schedule.id}
        session.add(Selection(**values, status=SelectionStatus.SUBMITTED))


async def told(runtime: Runtime, event: type[Event], plan: Plan) -> list[Any]:
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(select(EventRow).where(EventRow.type == event.type).order_by(EventRow.seq))
        events: list[Any] = [event(**row.payload) for row in rows]
    return [each for each in events if each.plan_id == plan.id]


async def stored(runtime: Runtime, model: type[Any], key: UUID) -> Any:
    async with runtime.database.unit_of_work() as session:
        return await session.get_one(model, key)


@pytest.mark.req("STAFF-06", "FAQ-M7")
class TestOpening:
    async def test_it_opens_at_its_time_and_tells_the_units(self, runtime: Runtime) -> None:
        unit, past = make_unit(), now_utc() - timedelta(seconds=5)
        plan, schedule, rows = await make_plan(runtime, unit, status=ScheduleStatus.PLANNING, opens_at=past)
        await keep_deadlines(runtime)
        await keep_deadlines(runtime)
        now = await stored(runtime, Schedule, schedule.id)
        assert (now.status, now.opened_at is None) == (ScheduleStatus.OPEN, False)
        events = await told(runtime, SelectionOpened, plan)
        assert [(e.unit_ids, e.first_deadline) for e in events] == [
            ((unit.organisation_id,), rows[0].selection_deadline)
        ]
        async with runtime.database.unit_of_work() as session:
            done = (await session.scalars(select(History).where(History.record_id == schedule.id))).all()
        assert [(each.action, each.actor_id) for each in done] == [("open_on_time", SYSTEM_ID)]

    async def test_it_opens_in_a_process_that_is_nothing_but_a_worker(self, runtime: Runtime) -> None:
        """This one has the whole API, which binds what the table names; a worker has to know it by itself."""
        past = now_utc() - timedelta(seconds=5)
        _, schedule, _ = await make_plan(runtime, make_unit(), status=ScheduleStatus.PLANNING, opens_at=past)
        await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-c", IN_A_WORKER],
            env={**os.environ, "WORKER": "training.fast"},
            check=True,
            timeout=120,
        )
        assert (await stored(runtime, Schedule, schedule.id)).status is ScheduleStatus.OPEN

    async def test_before_its_time_and_without_one_nothing_opens(self, runtime: Runtime) -> None:
        for opens_at in (now_utc() + timedelta(hours=1), None):
            plan, schedule, _ = await make_plan(runtime, status=ScheduleStatus.PLANNING, opens_at=opens_at)
            await keep_deadlines(runtime)
            assert (await stored(runtime, Schedule, schedule.id)).status is ScheduleStatus.PLANNING
            assert await told(runtime, SelectionOpened, plan) == []

    async def test_without_sessions_the_set_time_lapses_and_holds_up_nobody(self, runtime: Runtime) -> None:
        past = now_utc() - timedelta(hours=1)
        _, empty, _ = await make_plan(runtime, status=ScheduleStatus.PLANNING, deadlines=(), opens_at=past)
        _, other, _ = await make_plan(runtime, status=ScheduleStatus.PLANNING, opens_at=now_utc())
        await keep_deadlines(runtime)
        now = await stored(runtime, Schedule, empty.id)
        assert (now.status, now.opens_at) == (ScheduleStatus.PLANNING, None)
        assert (await stored(runtime, Schedule, other.id)).status is ScheduleStatus.OPEN

    async def test_one_that_somebody_holds_is_left_for_the_next_time(self, runtime: Runtime) -> None:
        plan, schedule, _ = await make_plan(runtime, status=ScheduleStatus.PLANNING, opens_at=now_utc())
        async with runtime.database.unit_of_work() as session:
            await session.scalar(select(Schedule.id).where(Schedule.id == schedule.id).with_for_update())
            await keep_deadlines(runtime)
        assert await told(runtime, SelectionOpened, plan) == []
        await keep_deadlines(runtime)
        assert len(await told(runtime, SelectionOpened, plan)) == 1


@pytest.mark.req("STAFF-06", "FAQ-M7")
class TestTheDayBefore:
    async def test_units_that_have_not_submitted_are_told_once(self, runtime: Runtime) -> None:
        units = [make_unit() for _ in range(3)]
        plan, schedule, rows = await make_plan(runtime, *units[:2], deadlines=(TOMORROW, timedelta(days=2)))
        await submit(runtime, units[1], schedule)
        async with runtime.database.unit_of_work() as session:
            await add_people(session, units[2], plan, 1, status=RegistrationStatus.SUBMITTED)
        await keep_deadlines(runtime)
        await keep_deadlines(runtime)
        events = await told(runtime, SelectionClosing, plan)
        assert [(e.class_session_id, e.selection_deadline, e.unit_ids) for e in events] == [
            (rows[0].id, rows[0].selection_deadline, (units[0].organisation_id,))
        ]
        now = [await stored(runtime, ClassSession, row.id) for row in rows]
        assert [row.reminded_at is not None for row in now] == [True, False]
        assert now[0].version == rows[0].version  # a placement under way is not refused for it

    async def test_when_nobody_is_left_nobody_is_told(self, runtime: Runtime) -> None:
        unit = make_unit()
        plan, schedule, rows = await make_plan(runtime, unit, deadlines=(TOMORROW,))
        await submit(runtime, unit, schedule)
        await keep_deadlines(runtime)
        assert (await stored(runtime, ClassSession, rows[0].id)).reminded_at is not None
        assert await told(runtime, SelectionClosing, plan) == []

    async def test_what_is_not_open_is_not_told_of(self, runtime: Runtime) -> None:
        plan, _, _ = await make_plan(runtime, make_unit(), status=ScheduleStatus.PLANNING, deadlines=(TOMORROW,))
        await keep_deadlines(runtime)
        assert await told(runtime, SelectionClosing, plan) == []

    @pytest.mark.req("X23")
    async def test_the_day_is_beijings(self, runtime: Runtime) -> None:
        _, _, rows = await make_plan(runtime, deadlines=(timedelta(days=3),))
        before = rows[0].selection_deadline - timedelta(days=1)
        moments = {
            start_of_beijing_day(before) - timedelta(seconds=1): False,
            start_of_beijing_day(before): True,
            end_of_beijing_day(before): True,
            end_of_beijing_day(before) + timedelta(seconds=1): False,
        }
        async with runtime.database.unit_of_work() as session:
            for moment, due in moments.items():
                assert (rows[0].id in await service.reminders_due(session, moment)) is due


@pytest.mark.req("STAFF-06")
class TestClosing:
    @pytest.mark.req("X23")
    async def test_the_deadline_day_itself_still_counts(self, runtime: Runtime) -> None:
        _, _, rows = await make_plan(runtime, deadlines=(timedelta(0),))
        last = end_of_beijing_day(today())
        async with runtime.database.unit_of_work() as session:
            assert rows[0].id not in await service.closings_due(session, last)
            assert rows[0].id in await service.closings_due(session, last + timedelta(seconds=1))

    async def test_a_session_closes_and_the_units_are_finished_with_the_last(self, runtime: Runtime) -> None:
        unit = make_unit()
        plan, _, rows = await make_plan(runtime, unit, deadlines=(YESTERDAY, timedelta(days=3)))
        await keep_deadlines(runtime)
        now = [await stored(runtime, ClassSession, row.id) for row in rows]
        assert [row.closed_at is not None for row in now] == [True, False]
        assert now[0].version == rows[0].version
        assert await told(runtime, SelectionFinished, plan) == []
        async with runtime.database.unit_of_work() as session:
            over = {"selection_deadline": today() + YESTERDAY}
            await session.execute(update(ClassSession).where(ClassSession.id == rows[1].id).values(over))
        await keep_deadlines(runtime)
        await keep_deadlines(runtime)
        assert (await stored(runtime, ClassSession, rows[1].id)).closed_at is not None
        assert [e.unit_id for e in await told(runtime, SelectionFinished, plan)] == [unit.organisation_id]

    async def test_the_last_one_is_not_closed_before_all_units_are_finished(self, runtime: Runtime) -> None:
        """A worker killed between the two is gone on from by the next: nothing remembers it but the row."""
        units = [make_unit() for _ in range(2)]
        plan, _, rows = await make_plan(runtime, *units, deadlines=(YESTERDAY,))
        async with runtime.database.unit_of_work() as session:
            finished = await service.finish_with(session, rows[0].id)
        assert finished > 0
        assert (await stored(runtime, ClassSession, rows[0].id)).closed_at is None
        await keep_deadlines(runtime)
        assert len(await told(runtime, SelectionFinished, plan)) == 2
        assert (await stored(runtime, ClassSession, rows[0].id)).closed_at is not None

    async def test_what_never_opened_is_not_closed(self, runtime: Runtime) -> None:
        plan, _, rows = await make_plan(runtime, make_unit(), status=ScheduleStatus.PLANNING, deadlines=(YESTERDAY,))
        await keep_deadlines(runtime)
        assert (await stored(runtime, ClassSession, rows[0].id)).closed_at is None
        assert await told(runtime, SelectionFinished, plan) == []


@pytest.mark.req("STAFF-14", "STAFF-06")
class TestTheLastOpenOneIsCalledOff:
    async def test_who_never_submitted_is_finished_and_who_lost_a_place_may_choose_again(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        idle, seated = make_unit(), make_unit()
        plan, _, rows = await make_plan(runtime, idle, seated, deadlines=(YESTERDAY, timedelta(days=5)))
        client = await client_for(app, seated)
        async with runtime.database.unit_of_work() as session:
            mine = Registration.unit_id == seated.organisation_id
            person = (await session.scalars(select(Registration).where(Registration.plan_id == plan.id, mine))).one()
        assert (await put(client, rows[1], "none", [person]))[0] == 200
        await keep_deadlines(runtime)
        assert await statuses(runtime, plan) == {seated.organisation_id: SelectionStatus.SELECTING}
        office = await client_for(app, make_actor(Permission.CLASS_SCHEDULING, level=Level.PROVINCE))
        called = await office.post(f"/api/training/class-sessions/{rows[1].id}/call_off", json={"reason": "老师生病"})
        assert called.status_code == 200, called.text
        await keep_deadlines(runtime)
        assert await statuses(runtime, plan) == {
            idle.organisation_id: SelectionStatus.SUBMITTED,
            seated.organisation_id: SelectionStatus.SELECTING,
        }
        await keep_deadlines(runtime)
        assert (await statuses(runtime, plan))[seated.organisation_id] is SelectionStatus.SELECTING

    async def test_as_long_as_another_is_open_nobody_is_finished(self, runtime: Runtime, client_for: ClientFor) -> None:
        plan, _, rows = await make_plan(runtime, make_unit(), deadlines=(timedelta(days=4), timedelta(days=5)))
        office = await client_for(app, make_actor(Permission.CLASS_SCHEDULING, level=Level.PROVINCE))
        for row in rows:
            await office.post(f"/api/training/class-sessions/{row.id}/call_off", json={"reason": "老师生病"})
            await keep_deadlines(runtime)
            # Of the last, too: the province may add another session.
            assert await statuses(runtime, plan) == {}


async def statuses(runtime: Runtime, plan: Plan) -> dict[UUID, SelectionStatus]:
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(select(Selection).where(Selection.plan_id == plan.id))
        return {row.unit_id: row.status for row in rows.unique()}
