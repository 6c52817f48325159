"""选班进度 (STAFF-16): who has not chosen, per unit and session, within the caller's region; a reminder for one or all, once a day."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.class_sessions.workflow import ScheduleStatus
from services.training.classes.progress.models import SelectionReminder
from services.training.main import app
from services.training.plans.models import Plan
from shared.clock import now_utc
from shared.events.log import EventRow
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule
from tests.services.training.records import add_plan, today

pytestmark = pytest.mark.req("STAFF-16")
PROGRESS = "/api/training/selection-progress"
OpenApp = Callable[[FastAPI], Awaitable[Runtime]]


@dataclass
class Scene:
    """Three units in an open plan: ``chosen`` has submitted, ``half`` has placed one of two, ``none`` nobody and is of another city."""

    runtime: Runtime
    plan: Plan
    office: httpx.AsyncClient
    chosen: Actor
    half: Actor
    none: Actor

    async def read(self, client: httpx.AsyncClient | None = None) -> dict[str, Any]:
        answer = await (client or self.office).get(f"{PROGRESS}/{self.plan.id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def units(self, client: httpx.AsyncClient | None = None, **wanted: Any) -> dict[str, dict[str, Any]]:
        answer = await (client or self.office).get(f"{PROGRESS}/{self.plan.id}/units", params=wanted)
        assert answer.status_code == 200, answer.text
        return {row["unit_name"]: row for row in answer.json()["items"]}

    async def remind(self, *units: Actor) -> httpx.Response:
        body = {"unit_ids": [str(each.organisation_id) for each in units]} if units else {}
        return await self.office.post(f"{PROGRESS}/{self.plan.id}/reminders", json=body)

    async def told(self) -> list[list[str]]:
        about = EventRow.payload["plan_id"].astext == str(self.plan.id)
        kind = EventRow.type == "training.selection.reminded.v1"
        async with self.runtime.database.unit_of_work() as session:
            rows = await session.scalars(select(EventRow).where(about, kind).order_by(EventRow.seq))
            return [row.payload["unit_ids"] for row in rows]


@pytest.fixture
async def scene(open_app: OpenApp, client_for: ClientFor) -> Scene:
    runtime = await open_app(app)
    chosen, half = make_actor(Permission.GROUP_REGISTRATION), make_actor(Permission.GROUP_REGISTRATION)
    none = make_actor(Permission.GROUP_REGISTRATION, region="320505")
    async with runtime.database.unit_of_work() as session:
        plan = await add_plan(session, "skin")
        row = await add_class(session, await add_schedule(session, plan), {"skin": None})
        people = {
            unit.account_id: await add_people(session, unit, plan, count, "skin")
            for unit, count in ((chosen, 1), (half, 2), (none, 1))
        }
    for unit in (chosen, half):
        client = await client_for(app, unit)
        body = {
            "class_session_id": str(row.id),
            "specialty_code": "skin",
            "registration_ids": [str(people[unit.account_id][0].id)],
        }
        assert (await client.put(f"/api/training/selections/{plan.id}/placements", json=body)).status_code == 200
        if unit is chosen:
            assert (await client.post(f"/api/training/selections/{plan.id}/submit")).status_code == 200
    office = await client_for(app, make_actor(Permission.CLASS_SCHEDULING, level=Level.PROVINCE, region="32"))
    return Scene(runtime, plan, office, chosen, half, none)


async def test_the_plan_in_numbers(scene: Scene) -> None:
    read = await scene.read()
    names = ("units", "units_submitted", "units_left", "people", "people_left", "days_left")
    assert [read[name] for name in names] == [3, 1, 2, 4, 2, 5]
    assert [(each["session_no"], each["taken"], each["capacity"]) for each in read["sessions"]] == [(1, 2, 5)]


async def test_each_unit_with_its_seats_those_left_first(scene: Scene) -> None:
    rows = await scene.units()
    assert list(rows)[-1] == scene.chosen.organisation_name
    found = {
        name: (row["approved"], row["placed"], row["unplaced"], sum(each["people"] for each in row["seats"]))
        for name, row in rows.items()
    }
    assert found == {
        scene.chosen.organisation_name: (1, 1, 0, 1),
        scene.half.organisation_name: (2, 1, 1, 1),
        scene.none.organisation_name: (1, 0, 1, 0),
    }
    assert rows[scene.chosen.organisation_name]["code"] == "selection_submitted"
    assert set(await scene.units(status=["selecting"])) == {scene.half.organisation_name, scene.none.organisation_name}
    assert set(await scene.units(unplaced=False)) == {scene.chosen.organisation_name}
    assert set(await scene.units(region_code="3205")) == {scene.none.organisation_name}
    assert set(await scene.units(unit_name=scene.half.organisation_name[-6:])) == {scene.half.organisation_name}


async def test_a_city_sees_its_own_units_and_reminds_nobody(scene: Scene, client_for: ClientFor) -> None:
    city = await client_for(app, make_actor(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region="3205"))
    assert set(await scene.units(city)) == {scene.none.organisation_name}
    read = await scene.read(city)
    assert (read["units"], read["people_left"], read["allowed_actions"]) == (1, 1, [])
    assert (await city.post(f"{PROGRESS}/{scene.plan.id}/reminders", json={})).status_code == 403
    unit = await client_for(app, scene.half)
    assert (await unit.get(f"{PROGRESS}/{scene.plan.id}")).status_code == 403


async def test_all_that_are_left_are_told_once_a_day(scene: Scene) -> None:
    answer = await scene.remind()
    assert answer.json()["reminded"] == 2
    (told,) = await scene.told()
    assert set(told) == {str(scene.half.organisation_id), str(scene.none.organisation_id)}
    again = await scene.remind()
    assert (again.status_code, again.json()["code"]) == (409, "reminded_today")
    row = (await scene.units())[scene.half.organisation_name]
    assert (row["code"], row["reminded_by"]) == ("reminded_today", "测试员")
    async with scene.runtime.database.unit_of_work() as session:
        await session.execute(update(SelectionReminder).values(reminded_at=now_utc() - timedelta(days=1)))
    assert (await scene.remind()).json()["reminded"] == 2


async def test_one_is_told_and_who_has_submitted_hears_why_not(scene: Scene) -> None:
    results = {
        each["unit_name"]: each["code"] for each in (await scene.remind(scene.half, scene.chosen)).json()["results"]
    }
    assert results == {scene.half.organisation_name: None, scene.chosen.organisation_name: "selection_submitted"}
    assert await scene.told() == [[str(scene.half.organisation_id)]]
    assert (await scene.remind()).json()["reminded"] == 1


async def test_a_unit_that_is_not_in_the_plan_is_nobodys(scene: Scene) -> None:
    assert (await scene.remind(make_actor(Permission.GROUP_REGISTRATION))).status_code == 404
    assert await scene.told() == []


async def test_before_the_opening_and_after_the_last_deadline_nobody_is_told(scene: Scene, open_app: OpenApp) -> None:
    async with scene.runtime.database.unit_of_work() as session:
        past = update(ClassSession).where(ClassSession.plan_id == scene.plan.id)
        await session.execute(past.values(selection_deadline=today() - timedelta(days=1)))
        plan = await add_plan(session, "skin")
        await add_schedule(session, plan, ScheduleStatus.PLANNING)
    assert (await scene.remind()).json()["code"] == "selection_closed"
    assert (await scene.read())["allowed_actions"][0]["code"] == "selection_closed"
    answer = await scene.office.post(f"{PROGRESS}/{plan.id}/reminders", json={})
    assert answer.json()["code"] == "selection_not_open"
