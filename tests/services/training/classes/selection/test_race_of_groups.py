"""Groups, reviewers and schedulers at the same moment: a group goes as a whole or not at all, nobody sits who may not, and what was read
is never written when it is no longer so (BEY-01, TRN-69, STAFF-04, STAFF-05).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event, func, select, text

from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.seats.models import Placement, Seat
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app
from services.training.plans.models import Plan
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule, assert_counters
from tests.services.training.classes.selection.test_race import put
from tests.services.training.records import add_plan

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
MakeActor = Callable[..., Actor]
UNIT = Permission.GROUP_REGISTRATION
pytestmark = pytest.mark.req("BEY-01", "TRN-72")


async def groups_of(
    runtime: Runtime, plan: Plan, client_for: ClientFor, units: Sequence[Actor], size: int
) -> list[tuple[Any, list[Registration]]]:
    """(client, its people) for each unit."""
    async with runtime.database.unit_of_work() as session:
        people = [await add_people(session, unit, plan, size, "skin") for unit in units]
    return [(await client_for(app, unit), group) for unit, group in zip(units, people, strict=True)]


async def taken_by(runtime: Runtime, row: ClassSession) -> dict[Any, int]:
    """Unit → its seats."""
    async with runtime.database.unit_of_work() as session:
        counted = select(Seat.unit_id, func.count()).where(Seat.class_session_id == row.id).group_by(Seat.unit_id)
        return {row[0]: row[1] for row in await session.execute(counted)}


class TestGroups:
    async def test_groups_of_seven_go_whole_and_smaller_ones_fill_the_rest(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime = await open_app(app)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin")
            row = await add_class(session, await add_schedule(session, plan), {"skin": None}, capacity=24)
        sevens = await groups_of(runtime, plan, client_for, [make_actor(UNIT) for _ in range(8)], 7)
        answers = await asyncio.gather(*(put(client, row, "skin", group) for client, group in sevens))
        outcomes = [(status, body.get("code")) for status, body in answers]
        assert (outcomes.count((200, None)), outcomes.count((409, "class_is_full"))) == (3, 5)
        assert sorted((await taken_by(runtime, row)).values()) == [7, 7, 7]
        small = await groups_of(runtime, plan, client_for, [make_actor(UNIT) for _ in range(6)], 1)
        answers = await asyncio.gather(*(put(client, row, "skin", group) for client, group in small))
        assert sorted(status for status, _ in answers) == [200] * 3 + [409] * 3
        async with runtime.database.unit_of_work() as session:
            await session.refresh(row := await session.merge(row))
            assert row.taken == 24
            await assert_counters(session, plan)

    @pytest.mark.req("TRN-69")
    async def test_of_two_clicks_of_one_unit_one_set_stands_and_never_a_mixture(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, unit = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin")
            row = await add_class(session, await add_schedule(session, plan), {"skin": None}, capacity=3)
        ((client, people),) = await groups_of(runtime, plan, client_for, [unit], 4)
        sets = [people[:2], people[1:3], people[2:], people[3:], []]
        for _ in range(4):
            answers = await asyncio.gather(*(put(client, row, "skin", each) for each in sets))
            assert {status for status, _ in answers} == {200}
            async with runtime.database.unit_of_work() as session:
                placed = select(Placement.registration_id).where(Placement.class_session_id == row.id)
                stands = set(await session.scalars(placed))
                assert stands in [{each.id for each in chosen} for chosen in sets]
                await assert_counters(session, plan)

    @pytest.mark.req("TRN-69")
    async def test_of_a_units_first_two_clicks_the_second_sees_what_the_first_did(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, unit = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin")
            row = await add_class(session, await add_schedule(session, plan), {"skin": None})
        ((client, people),) = await groups_of(runtime, plan, client_for, [unit], 3)
        async with runtime.database.unit_of_work() as session:
            await session.execute(text("SELECT FROM class_sessions WHERE id = :id FOR UPDATE"), {"id": row.id})
            first = asyncio.ensure_future(put(client, row, "skin", people[:2]))
            await somebody_waits_for(session)
            second = asyncio.ensure_future(put(client, row, "skin", people[2:]))
            await somebody_waits_for(session, 2)
        assert [(await first)[1]["added"], (await second)[1]["removed"]] == [2, 2]
        assert await taken_by(runtime, row) == {unit.organisation_id: 1}

    @pytest.mark.req("STAFF-04", "TRN-51")
    async def test_a_return_at_the_same_moment_leaves_nobody_seated_who_is_not_approved(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, units = await open_app(app), [make_actor(UNIT) for _ in range(6)]
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin")
            row = await add_class(session, await add_schedule(session, plan), {"skin": None}, capacity=9)
        groups = await groups_of(runtime, plan, client_for, units, 3)
        office = await client_for(app, make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE))

        async def send_back(registration: Registration) -> int:
            address = f"/api/training/registrations/{registration.id}/return"
            return (await office.post(address, json={"reason": "材料不全"})).status_code

        answers = await asyncio.gather(
            *(put(client, row, "skin", group) for client, group in groups),
            *(send_back(group[at]) for at, (_, group) in enumerate([*groups[:2], *groups[:1]])),
        )
        told = {each if isinstance(each, int) else each[1].get("code", each[0]) for each in answers}
        assert told <= {200, "class_is_full", "people_not_selectable", 503}
        async with runtime.database.unit_of_work() as session:
            seated = select(Registration.status).join(Seat, Seat.registration_id == Registration.id)
            statuses = set(await session.scalars(seated.where(Seat.class_session_id == row.id)))
            assert statuses <= {RegistrationStatus.APPROVED}
            await assert_counters(session, plan)


class TestWhatWasRead:
    @pytest.mark.req("STAFF-05")
    async def test_a_session_changed_between_reading_and_writing_is_told(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, unit = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin")
            row = await add_class(session, await add_schedule(session, plan), {"skin": None})
        ((client, people),) = await groups_of(runtime, plan, client_for, [unit], 1)
        async with runtime.database.unit_of_work() as session:
            held = await session.get_one(ClassSession, row.id)
            held.location = "苏州"
            await session.flush()
            click = asyncio.ensure_future(put(client, row, "skin", people))
            await somebody_waits_for(session)
        status, body = await click
        assert (status, body["code"]) == (409, "class_session_changed")
        assert (await taken_by(runtime, row)) == {}
        assert (await put(client, row, "skin", people))[0] == 200

    async def test_seats_gone_between_reading_and_writing_are_told_as_if_read_later(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, units = await open_app(app), [make_actor(UNIT) for _ in range(2)]
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin")
            schedule = await add_schedule(session, plan)
            row = await add_class(session, schedule, {"skin": None}, capacity=2)
            await add_class(session, schedule, {"skin": 3}, session_no=2, start_in=40)
        (first, group), (second, others) = await groups_of(runtime, plan, client_for, units, 2)
        async with runtime.database.unit_of_work() as session:
            await session.execute(text("SELECT FROM class_sessions WHERE id = :id FOR UPDATE"), {"id": row.id})
            clicks = [asyncio.ensure_future(put(first, row, "skin", group))]
            await somebody_waits_for(session)
            clicks.append(asyncio.ensure_future(put(second, row, "skin", others)))
            await somebody_waits_for(session, 2)
        answers = await asyncio.gather(*clicks)
        assert sorted(status for status, _ in answers) == [200, 409]
        refused = next(body for status, body in answers if status == 409)
        assert [error["code"] for error in refused["errors"]] == ["session_full", "free_elsewhere"]
        assert "剩余 0 人，本次需要 2 人" in refused["detail"]


class TestCost:
    async def test_a_click_is_three_statements_and_a_refusal_one(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, units = await open_app(app), [make_actor(UNIT) for _ in range(3)]
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin")
            row = await add_class(session, await add_schedule(session, plan), {"skin": None}, capacity=7)
        groups = await groups_of(runtime, plan, client_for, units, 7)
        said: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            said.append(statement)

        engine = runtime.database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            counts = []
            for client, group in groups:
                before = len(said)
                await put(client, row, "skin", group)
                counts.append(len(said) - before)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        assert counts == [3, 1, 1]


async def somebody_waits_for(session: Any, count: int = 1) -> None:
    """Until so many transactions wait, one behind the other, for what this one holds. Of locks PostgreSQL tells what is so now; of
    activity, what was so when this transaction first asked, before a connection that is made only then."""
    waiting = text("""
WITH RECURSIVE behind(pid) AS (
  SELECT pg_backend_pid() UNION
  SELECT l.pid FROM pg_locks l JOIN behind ON NOT l.granted AND behind.pid = ANY(pg_blocking_pids(l.pid)))
SELECT count(*) - 1 FROM behind""")
    for _ in range(10_000):
        if await session.scalar(waiting) >= count:
            return
        await asyncio.sleep(0)
    raise AssertionError("nobody waits")
