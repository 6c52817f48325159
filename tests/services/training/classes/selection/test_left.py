"""Who has left (离职) is no candidate for a place, is told why and what to do, and holds nothing up (TRN-51, TRN-66, TRN-73)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from services.training.classes.class_sessions.models import ClassSession
from services.training.enrolment.registrations.models import Registration
from services.training.main import app
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.workflow import EmploymentStatus
from services.training.plans.models import Plan
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule
from tests.services.training.classes.waiting.queues import ENTRIES, Full, act, ask, fill, queue
from tests.services.training.records import add_plan

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
MakeActor = Callable[..., Actor]
UNIT = Permission.GROUP_REGISTRATION
pytestmark = pytest.mark.req("TRN-51", "PLAT-02")


@dataclass
class Unit:
    """Two people of a unit are approved; the second has left."""

    runtime: Runtime
    client: httpx.AsyncClient
    plan: Plan
    row: ClassSession
    people: list[Registration]

    @property
    def page(self) -> str:
        return f"/api/training/selections/{self.plan.id}"

    async def put(self, *people: Registration, code: str = "skin") -> httpx.Response:
        body = {
            "class_session_id": str(self.row.id),
            "specialty_code": code,
            "registration_ids": [str(each.id) for each in people],
        }
        return await self.client.put(f"{self.page}/placements", json=body)

    async def candidates(self) -> dict[str, Any]:
        asked = {"class_session_id": str(self.row.id), "specialty_code": "skin"}
        answer = await self.client.get(f"{self.page}/candidates", params=asked)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


async def employ(runtime: Runtime, person: Registration, status: EmploymentStatus) -> None:
    async with runtime.database.unit_of_work() as session:
        await session.execute(update(StaffMember).where(StaffMember.id == person.staff_id).values(status=status))


async def left(runtime: Runtime, person: Registration) -> None:
    await employ(runtime, person, EmploymentStatus.LEFT)


@pytest.fixture
async def unit(open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor) -> Unit:
    runtime, actor = await open_app(app), make_actor(UNIT)
    async with runtime.database.unit_of_work() as session:
        plan = await add_plan(session, "skin")
        row = await add_class(session, await add_schedule(session, plan), {"skin": None}, capacity=5)
        people = await add_people(session, actor, plan, 2, "skin")
    await left(runtime, people[1])
    return Unit(runtime, await client_for(app, actor), plan, row, people)


class TestPlacing:
    async def test_the_reason_and_the_next_step_stand_where_he_is_offered_and_in_the_refusal(self, unit: Unit) -> None:
        offered = await unit.candidates()
        assert [each["registration_id"] for each in offered["candidates"]] == [str(unit.people[0].id)]
        (told,) = offered["waiting"]
        assert (told["code"], told["employment_label"]) == ("left_unit", "离职")
        assert "“在职”" in told["reason"]
        assert "申请退回" in told["reason"]
        refused = await unit.put(*unit.people)
        assert (refused.status_code, refused.json()["code"]) == (409, "people_not_selectable")
        (error,) = refused.json()["errors"]
        assert (error["code"], error["field"]) == ("left_unit", "registration_ids.1")
        assert (await unit.put(unit.people[0])).status_code == 200

    async def test_who_is_back_is_placed(self, unit: Unit) -> None:
        await employ(unit.runtime, unit.people[1], EmploymentStatus.EMPLOYED)
        assert (await unit.put(*unit.people)).status_code == 200

    async def test_who_sat_before_he_left_keeps_the_seat_and_can_be_taken_out(self, unit: Unit) -> None:
        await unit.put(unit.people[0])
        await left(unit.runtime, unit.people[0])
        offered = await unit.candidates()
        assert [each["placed"] for each in offered["candidates"]] == [True]
        assert (await unit.put(unit.people[0])).status_code == 200
        assert (await unit.put()).json()["removed"] == 1


@pytest.mark.req("TRN-66", "TRN-73")
class TestSubmitting:
    async def test_he_does_not_hold_up_the_submission(self, unit: Unit) -> None:
        await unit.put(unit.people[0])
        page = (await unit.client.get(unit.page)).json()
        assert (page["placed"], page["unplaced"], page["unplaced_people"]) == (1, 0, [])
        assert [each["code"] for each in page["waiting_people"]] == ["left_unit"]
        done = await unit.client.post(f"{unit.page}/submit", json={})
        assert (done.status_code, done.json()["status"]) == (200, "submitted")

    async def test_others_without_a_place_still_do(self, unit: Unit) -> None:
        refused = await unit.client.post(f"{unit.page}/submit", json={})
        assert refused.json()["code"] == "people_unplaced"
        assert [each["field"] for each in refused.json()["errors"]] == [f"registrations.{unit.people[0].id}"]

    async def test_a_unit_of_nobody_else_is_told_of_him_and_not_of_classes_that_are_missing(self, unit: Unit) -> None:
        await left(unit.runtime, unit.people[0])
        page = (await unit.client.get(unit.page)).json()
        assert (page["nothing_fits"], page["unplaced"], len(page["waiting_people"])) == (False, 0, 2)
        assert (await unit.client.post(f"{unit.page}/submit", json={})).status_code == 200


@pytest.fixture
async def full(open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor) -> Full:
    runtime, holder = await open_app(app), make_actor(UNIT)
    return await fill(runtime, holder, await client_for(app, holder))


@pytest.mark.req("BEY-02")
class TestQueueing:
    async def test_he_does_not_queue(self, full: Full, client_for: ClientFor, make_actor: MakeActor) -> None:
        unit = make_actor(UNIT)
        people = await full.people(unit, 2)
        await left(full.runtime, people[0])
        status, body = await ask(await client_for(app, unit), full.row, people, together=True)
        assert (status, [each["code"] for each in body["errors"]]) == (409, ["left_unit"])

    async def test_an_offer_says_so_and_is_accepted_once_he_is_back(
        self, full: Full, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        unit = make_actor(UNIT)
        client, people = await client_for(app, unit), await full.people(unit, 2)
        (entry,) = await queue(client, full, people)
        await full.give_up(2)
        await full.sweep()
        await left(full.runtime, people[1])
        read = (await client.get(f"{ENTRIES}/{entry}")).json()
        assert [bool(each["reason"]) for each in read["people"]].count(True) == 1
        (accept,) = [each for each in read["allowed_actions"] if each["action"] == "accept"]
        assert (accept["allowed"], accept["code"]) == (False, "left_unit")
        refused, told = await act(client, entry, "accept")
        assert (refused, told["code"], accept["reason"]) == (409, "left_unit", told["detail"])
        await employ(full.runtime, people[1], EmploymentStatus.EMPLOYED)
        assert (await act(client, entry, "accept"))[0] == 200

    async def test_a_turn_that_comes_for_him_lapses_with_words(
        self, full: Full, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        unit = make_actor(UNIT)
        client, people = await client_for(app, unit), await full.people(unit, 1)
        (entry,) = await queue(client, full, people)
        await left(full.runtime, people[0])
        await full.give_up(1)
        await full.sweep()
        read = (await client.get(f"{ENTRIES}/{entry}")).json()
        assert read["status"] == "lapsed"
        assert "离职" in read["note"]
