"""Demand and proposal through the API: numbers that agree with the rows, and sessions that can be made as they are proposed."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.training.classes.class_sessions.workflow import ScheduleStatus
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app
from services.training.plans.choices import TrainingKind
from services.training.plans.models import Plan
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule
from tests.services.training.records import add_plan

pytestmark = pytest.mark.req("STAFF-05")
PLANNING, SESSIONS = "/api/training/class-planning", "/api/training/class-sessions"
OpenApp = Callable[[FastAPI], Awaitable[Runtime]]


@pytest.fixture
async def office(client_for: ClientFor, make_actor: Callable[..., Actor]) -> httpx.AsyncClient:
    return await client_for(app, make_actor(Permission.CLASS_SCHEDULING, level=Level.PROVINCE, region="32"))


async def demand(office: httpx.AsyncClient, plan: Plan) -> dict[str, Any]:
    answer = await office.get(f"{PLANNING}/{plan.id}/demand")
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


async def propose(office: httpx.AsyncClient, plan: Plan, **body: Any) -> dict[str, Any]:
    answer = await office.post(f"{PLANNING}/{plan.id}/proposal", json=body)
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


@pytest.fixture
async def plan(open_app: OpenApp, make_actor: Callable[..., Actor]) -> Plan:
    """Seven people for skin, three of them for eye as well, two in 复训; one is still in review."""
    runtime = await open_app(app)
    async with runtime.database.unit_of_work() as session:
        plan, unit = await add_plan(session, "skin", "eye", hours=24), make_actor(Permission.GROUP_REGISTRATION)
        await add_people(session, unit, plan, 2, "skin")
        await add_people(session, unit, plan, 3, "skin", "eye")
        await add_people(session, unit, plan, 2, "skin", training_kind=TrainingKind.REFRESHER)
        await add_people(session, unit, plan, 1, "eye", status=RegistrationStatus.SUBMITTED)
    return plan


async def test_demand_is_told_by_category_and_kind(office: httpx.AsyncClient, plan: Plan) -> None:
    read = await demand(office, plan)
    assert (read["approved"], read["placed"], read["unplaced"], read["in_review"]) == (7, 0, 7, 1)
    rows = {(row["specialty_code"], row["training_kind"]): (row["approved"], row["short"]) for row in read["rows"]}
    assert rows == {("skin", "initial"): (5, 5), ("skin", "refresher"): (2, 2), ("eye", "initial"): (3, 3)}


async def test_sessions_there_are_are_counted(open_app: OpenApp, office: httpx.AsyncClient, plan: Plan) -> None:
    runtime = await open_app(app)
    async with runtime.database.unit_of_work() as session:
        await add_class(session, await add_schedule(session, plan), {"skin": 4, "eye": 1}, capacity=4)
    rows = {(row["specialty_code"], row["training_kind"]): row for row in (await demand(office, plan))["rows"]}
    assert (rows["skin", "initial"]["places"], rows["skin", "initial"]["short"]) == (4, 1)
    assert (rows["eye", "initial"]["places"], rows["eye", "initial"]["short"]) == (1, 2)
    read = await propose(office, plan, size=10, days=2, location="苏州")
    assert (read["unplaced"], read["fitting"]) == (7, 3)
    assert sorted(each["capacity"] for each in read["sessions"]) == [2, 2]
    assert [each["session_no"] for each in read["sessions"]] == [2, 3]


async def test_what_is_proposed_can_be_made_and_then_nothing_is_left(office: httpx.AsyncClient, plan: Plan) -> None:
    read = await propose(office, plan, size=3, location="南京")
    assert [each["days"] for each in read["sessions"]] == [3] * 3
    assert [each["capacity"] for each in read["sessions"]] == [3, 2, 2]
    for each in read["sessions"]:
        body = {name: value for name, value in each.items() if not name.endswith("_label")}
        body["specialties"] = [
            {name: row[name] for name in ("specialty_code", "places")} for row in each["specialties"]
        ]
        answer = await office.post(SESSIONS, json={**body, "plan_id": str(plan.id)})
        assert answer.status_code == 201, answer.text
    again = await propose(office, plan)
    assert (again["unplaced"], again["sessions"]) == (7, [])
    assert any("1 人待审核" in note for note in again["notes"])


async def test_nobody_approved_means_nothing_to_propose(open_app: OpenApp, office: httpx.AsyncClient) -> None:
    runtime = await open_app(app)
    async with runtime.database.unit_of_work() as session:
        plan = await add_plan(session, "skin")
        await add_schedule(session, plan, ScheduleStatus.PLANNING)
    assert (await propose(office, plan))["sessions"] == []


async def test_what_cannot_be_is_named_and_units_have_no_business_here(
    office: httpx.AsyncClient, plan: Plan, client_for: ClientFor, make_actor: Callable[..., Actor]
) -> None:
    for body, field in (
        ({"size": 0}, "size"),
        ({"days": 61}, "days"),
        ({"first_day": "昨天"}, "first_day"),
        ({"x": 1}, "x"),
    ):
        answer = await office.post(f"{PLANNING}/{plan.id}/proposal", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert (await office.get(f"{PLANNING}/{new_id()}/demand")).status_code == 404
    unit = await client_for(app, make_actor(Permission.GROUP_REGISTRATION))
    assert (await unit.get(f"{PLANNING}/{plan.id}/demand")).status_code == 403
