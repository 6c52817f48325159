"""The light numbers of a plan that is being chosen (TRN-72): they agree with the whole page, cost nothing while nothing changes, and are
nobody else's.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI

from services.training.classes.live import service
from services.training.classes.selection.repository import class_sessions_of
from services.training.main import app
from services.training.plans.models import Plan
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule
from tests.services.training.records import add_plan

pytestmark = pytest.mark.req("TRN-72", "PLAT-06")
OpenApp = Callable[[FastAPI], Awaitable[Runtime]]


@pytest.fixture
def unit() -> Actor:
    return make_actor(Permission.GROUP_REGISTRATION)


@pytest.fixture
async def runtime(open_app: OpenApp) -> Runtime:
    return await open_app(app)


@pytest.fixture
async def plan(runtime: Runtime, unit: Actor) -> Plan:
    async with runtime.database.unit_of_work() as session:
        plan = await add_plan(session, "skin", "eye")
        await add_class(session, await add_schedule(session, plan), {"skin": 2, "eye": None}, capacity=3)
        await add_people(session, unit, plan, 2, "skin")
    return plan


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read is old at once."""
    monkeypatch.setattr(service, "FRESH", 0.0)


@pytest.mark.usefixtures("at_once")
async def test_they_are_those_of_the_page(client_for: ClientFor, unit: Actor, plan: Plan) -> None:
    client = await client_for(app, unit)
    where = f"/api/training/selections/{plan.id}"
    page = (await client.get(where)).json()

    async def live() -> dict[str, Any]:
        sessions: list[dict[str, Any]] = (await client.get(f"{where}/seats")).json()["class_sessions"]
        return sessions[0]

    (card,) = page["class_sessions"]
    assert (await live())["remaining"] == card["remaining"] == 3
    rows = {row["specialty_code"]: (row["taken"], row["remaining"]) for row in card["rows"]}
    assert rows == {row["specialty_code"]: (row["taken"], row["remaining"]) for row in (await live())["rows"]}
    ids = [each["registration_id"] for each in page["unplaced_people"]]
    body = {"class_session_id": card["class_session_id"], "specialty_code": "skin", "registration_ids": ids}
    assert (await client.put(f"{where}/placements", json=body)).status_code == 200
    assert (await live())["remaining"] == 1
    assert {row["specialty_code"]: row["remaining"] for row in (await live())["rows"]} == {"skin": 0, "eye": 1}


async def test_nothing_has_changed_is_said_by_304(client_for: ClientFor, unit: Actor, plan: Plan) -> None:
    client = await client_for(app, unit)
    where = f"/api/training/selections/{plan.id}/seats"
    first = await client.get(where)
    again = await client.get(where, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "max-age=0" in first.headers["Cache-Control"]


async def test_many_that_ask_at_once_are_one_reading(
    client_for: ClientFor, unit: Actor, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await client_for(app, unit)
    calls = list[int]()

    async def counted(*args: Any) -> Any:
        calls.append(1)
        return await class_sessions_of(*args)

    monkeypatch.setattr(service, "class_sessions_of", counted)
    answers = await asyncio.gather(*(client.get(f"/api/training/selections/{plan.id}/seats") for _ in range(40)))
    assert {each.status_code for each in answers} == {200}
    assert len(calls) == 1


async def test_who_has_nobody_in_the_plan_finds_nothing(client_for: ClientFor, plan: Plan) -> None:
    stranger = await client_for(app, make_actor(Permission.GROUP_REGISTRATION))
    assert (await stranger.get(f"/api/training/selections/{plan.id}/seats")).status_code == 404
