"""Many units at once: seats are never oversold, and every counter says what the rows say (BEY-01)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.training.classes.class_sessions.models import ClassSession
from services.training.enrolment.registrations.models import Registration
from services.training.main import app
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule, assert_counters
from tests.services.training.classes.selection.test_placing import put as put_once
from tests.services.training.records import add_plan, add_registration

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
MakeActor = Callable[..., Actor]
UNIT = Permission.GROUP_REGISTRATION


async def put(
    client: httpx.AsyncClient, row: ClassSession, code: str, people: list[Registration]
) -> tuple[int, dict[str, Any]]:
    """As a client does: 503 says that nothing has happened (no connection was free in time), and to try again."""
    for _ in range(100):
        status, body = await put_once(client, row, code, people)
        if status != 503:
            break
    return status, body


@pytest.mark.req("BEY-01", "TRN-72")
class TestRaces:
    @pytest.mark.parametrize(("capacity", "places"), [(10, None), (40, 10)])
    async def test_forty_units_for_ten_seats(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor, capacity: int, places: int | None
    ) -> None:
        runtime, units = await open_app(app), [make_actor(UNIT) for _ in range(40)]
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin")
            row = await add_class(session, await add_schedule(session, plan), {"skin": places}, capacity=capacity)
            people = [await add_people(session, unit, plan, 1, "skin") for unit in units]
        clients = [await client_for(app, unit) for unit in units]
        answers = await asyncio.gather(
            *(put(client, row, "skin", who) for client, who in zip(clients, people, strict=True))
        )
        outcomes = [(status, body.get("code")) for status, body in answers]
        assert outcomes.count((200, None)) == 10
        assert outcomes.count((409, "class_is_full")) == 30
        assert {body["specialty_taken"] for status, body in answers if status == 200} == set(range(1, 11))
        async with runtime.database.unit_of_work() as session:
            await session.refresh(row := await session.merge(row))
            assert row.taken == 10
            await assert_counters(session, plan)

    async def test_two_clicks_of_one_unit_count_once(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, unit = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin", "eye")
            row = await add_class(session, await add_schedule(session, plan), {"skin": None, "eye": None})
            people = await add_people(session, unit, plan, 3, "skin", "eye")
        client = await client_for(app, unit)
        answers = await asyncio.gather(*(put(client, row, code, people) for code in ("skin", "eye") * 5))
        assert {status for status, _ in answers} == {200}
        assert {body["session_remaining"] for _, body in answers} == {2}
        async with runtime.database.unit_of_work() as session:
            await assert_counters(session, plan)

    async def test_sessions_that_race_for_the_same_people_do_not_deadlock(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, unit = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plans = [await add_plan(session) for _ in range(4)]
            rows = [await add_class(session, await add_schedule(session, plan)) for plan in plans]
            groups = [await add_people(session, unit, plans[0], 4)]
            for at, plan in enumerate(plans[1:]):
                order = groups[0] if at % 2 else groups[0][::-1]
                groups.append([await add_registration(session, unit, plan, each.staff) for each in order])
        client = await client_for(app, unit)
        answers = await asyncio.gather(
            *(put(client, row, "none", group) for row, group in zip(rows, groups, strict=True))
        )
        assert sorted(status for status, _ in answers) == [200, 409, 409, 409]
        assert {body["code"] for status, body in answers if status == 409} == {"time_clash"}

    @pytest.mark.req("STAFF-05")
    async def test_capacity_is_never_cut_below_what_is_taken(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, units = await open_app(app), [make_actor(UNIT) for _ in range(8)]
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin")
            row = await add_class(session, await add_schedule(session, plan), {"skin": 8}, capacity=8)
            people = [await add_people(session, unit, plan, 1, "skin") for unit in units]
        clients = [await client_for(app, unit) for unit in units]
        office = await client_for(app, make_actor(Permission.CLASS_SCHEDULING, level=Level.PROVINCE))
        address = f"/api/training/class-sessions/{row.id}"

        async def cut() -> int:
            body = {"capacity": 4, "specialties": [{"specialty_code": "skin", "places": 4}]}
            return (await office.patch(address, json=body, headers={"If-Match": '"1"'})).status_code

        answers = await asyncio.gather(
            *(put(c, row, "skin", p) for c, p in zip(clients[:4], people[:4], strict=True)),
            cut(),
            *(put(c, row, "skin", p) for c, p in zip(clients[4:], people[4:], strict=True)),
        )
        placed = sum(isinstance(each, tuple) and each[0] == 200 for each in answers)
        now = (await office.get(address)).json()
        assert (now["taken"], now["specialties"][0]["taken"]) == (placed, placed)
        assert (answers[4], now["capacity"]) in {(200, 4), (409, 8)}
        assert placed <= now["capacity"]
        refused = {each[1]["code"] for each in answers if isinstance(each, tuple) and each[0] != 200}
        assert refused <= {"class_is_full", "class_session_changed"}
