"""A plan is split into class sessions, and selection is opened (STAFF-05, STAFF-06)."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from services.training.classes.class_sessions.workflow import ScheduleStatus
from services.training.classes.waiting.models import WaitingEntry
from services.training.classes.waiting.workflow import WaitingStatus
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app
from services.training.plans.models import Plan
from shared.events.log import EventRow
from shared.events.training_selection import SelectionOpened
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule
from tests.services.training.classes.selection.test_placing import put
from tests.services.training.records import add_plan, today

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
MakeActor = Callable[..., Actor]
SESSIONS = "/api/training/class-sessions"


def day(after: int) -> str:
    return str(today() + timedelta(days=after))


def wanted(plan: Plan, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "plan_id": str(plan.id),
        "training_kind": "initial",
        "capacity": 5,
        "location": "南京市",
        "start_date": day(20),
        "end_date": day(22),
        "selection_deadline": day(10),
        "specialties": [{"specialty_code": row.specialty_code} for row in plan.specialties],
    }
    return values | changes


@pytest.fixture
async def office(client_for: ClientFor, make_actor: MakeActor) -> httpx.AsyncClient:
    return await client_for(app, make_actor(Permission.CLASS_SCHEDULING, level=Level.PROVINCE))


async def make_plan(open_app: OpenApp, *specialties: str, **changes: Any) -> Plan:
    async with (await open_app(app)).database.unit_of_work() as session:
        return await add_plan(session, *specialties, **changes)


@pytest.mark.req("STAFF-05")
class TestSplitting:
    async def test_numbers_and_days_come_by_themselves(self, open_app: OpenApp, office: httpx.AsyncClient) -> None:
        plan = await make_plan(open_app, "skin", "eye")
        rows = [{"specialty_code": "skin", "places": 2}]
        bodies = [wanted(plan, specialties=rows, location=place) for place in ("南京", "苏州")]
        answers = [await office.post(SESSIONS, json=body) for body in bodies]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert [(answer.json()["session_no"], answer.json()["days"]) for answer in answers] == [(1, 3), (2, 3)]
        assert answers[0].headers["location"] == f"{SESSIONS}/{answers[0].json()['id']}"
        assert answers[0].json()["specialties"][0]["places"] == 2
        listed = (await office.get(SESSIONS, params={"plan_id": str(plan.id)})).json()
        assert [item["session_no"] for item in listed["items"]] == [1, 2]
        schedules = (await office.get("/api/training/schedules", params={"plan_id": str(plan.id)})).json()["items"]
        assert [(item["status"], item["class_session_count"]) for item in schedules] == [("planning", 2)]
        doubled = await office.post(SESSIONS, json=wanted(plan, session_no=2))
        assert (doubled.status_code, doubled.json()["code"]) == (409, "session_no_taken")

    @pytest.mark.req("TRN-68")
    async def test_a_plan_without_specialties_gets_its_one_row(
        self, open_app: OpenApp, office: httpx.AsyncClient
    ) -> None:
        plan = await make_plan(open_app)
        answer = await office.post(SESSIONS, json=wanted(plan))
        assert [row["specialty_label"] for row in answer.json()["specialties"]] == ["——"]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"end_date": day(19)}, "end_date"),
            ({"end_date": day(386)}, "end_date"),
            ({"selection_deadline": day(21)}, "selection_deadline"),
            ({"specialties": [{"specialty_code": "tumour"}]}, "specialties.0.specialty_code"),
            ({"specialties": []}, "specialties"),
            ({"specialties": [{"specialty_code": "skin"}] * 2}, "specialties"),
            ({"capacity": 0}, "capacity"),
            ({"specialties": [{"specialty_code": "skin", "places": 6}]}, "specialties.0.places"),
        ],
    )
    async def test_what_cannot_be_is_named_by_field(
        self, open_app: OpenApp, office: httpx.AsyncClient, changes: dict[str, Any], field: str
    ) -> None:
        plan = await make_plan(open_app, "skin", "eye")
        answer = await office.post(SESSIONS, json=wanted(plan, **changes))
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
        made = (await office.post(SESSIONS, json=wanted(plan))).json()
        changed = await office.patch(f"{SESSIONS}/{made['id']}", json=changes, headers={"If-Match": '"1"'})
        assert (changed.status_code, [error["field"] for error in changed.json()["errors"]]) == (422, [field])

    @pytest.mark.req("PLAT-03")
    async def test_the_second_editor_is_told(self, open_app: OpenApp, office: httpx.AsyncClient) -> None:
        plan = await make_plan(open_app, "skin")
        made = await office.post(SESSIONS, json=wanted(plan))
        address, tag = f"{SESSIONS}/{made.json()['id']}", {"If-Match": made.headers["etag"]}
        body = {"specialties": [{"specialty_code": "skin", "places": 3}], "end_date": day(24)}
        changed = await office.patch(address, json=body, headers=tag)
        assert (changed.status_code, changed.json()["days"]) == (200, 5)
        assert changed.json()["specialties"][0]["places"] == 3
        assert (await office.patch(address, json={"capacity": 9}, headers=tag)).status_code == 412
        assert (await office.patch(address, json={"capacity": 9})).status_code == 428

    async def test_a_smaller_class_is_not_smaller_than_what_is_kept_for_one_category(
        self, open_app: OpenApp, office: httpx.AsyncClient
    ) -> None:
        plan = await make_plan(open_app, "skin")
        rows = [{"specialty_code": "skin", "places": 4}]
        made = (await office.post(SESSIONS, json=wanted(plan, specialties=rows))).json()
        address, tag = f"{SESSIONS}/{made['id']}", {"If-Match": '"1"'}
        refused = await office.patch(address, json={"capacity": 3}, headers=tag)
        assert (refused.status_code, [each["field"] for each in refused.json()["errors"]]) == (422, ["capacity"])
        both = {"capacity": 3, "specialties": [{"specialty_code": "skin", "places": 3}]}
        assert (await office.patch(address, json=both, headers=tag)).status_code == 200

    async def test_nobody_loses_a_seat_by_a_change(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor, office: httpx.AsyncClient
    ) -> None:
        runtime, unit = await open_app(app), make_actor(Permission.GROUP_REGISTRATION)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin", "eye")
            row = await add_class(session, await add_schedule(session, plan), {"skin": 4, "eye": None})
            people = await add_people(session, unit, plan, 3, "skin")
        assert (await put(await client_for(app, unit), row, "skin", people))[0] == 200
        address, tag = f"{SESSIONS}/{row.id}", {"If-Match": '"1"'}
        skin, eye = {"specialty_code": "skin"}, {"specialty_code": "eye"}
        refused: list[tuple[dict[str, Any], str]] = [
            ({"capacity": 2}, "capacity"),
            ({"specialties": [eye, skin | {"places": 2}]}, "specialties.1.places"),
            ({"specialties": [eye]}, "specialties"),
            ({"start_date": day(21)}, "start_date"),
            ({"training_kind": "refresher"}, "training_kind"),
        ]
        for change, field in refused:
            answer = await office.patch(address, json=change, headers=tag)
            assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (409, [field])
        assert (await office.delete(address)).json()["code"] == "class_session_in_use"
        least = {"capacity": 3, "specialties": [skin | {"places": 3}]}
        assert (await office.patch(address, json=least, headers=tag)).status_code == 200

    @pytest.mark.req("BEY-02")
    async def test_a_session_with_a_queue_stays_and_one_whose_queue_ended_goes(
        self, open_app: OpenApp, office: httpx.AsyncClient, make_actor: Callable[..., Actor]
    ) -> None:
        runtime, unit = await open_app(app), make_actor(Permission.GROUP_REGISTRATION)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin")
            row = await add_class(session, await add_schedule(session, plan), {"skin": 4})
            await add_people(session, unit, plan, 1, "skin")
            entry = WaitingEntry(
                unit_id=unit.organisation_id,
                plan_id=plan.id,
                class_session_id=row.id,
                specialty_code="skin",
                size=1,
            )
            session.add(entry)
        assert (await office.delete(f"{SESSIONS}/{row.id}")).json()["code"] == "class_session_in_use"
        async with runtime.database.unit_of_work() as session:
            (await session.get_one(WaitingEntry, entry.id)).status = WaitingStatus.LEFT
        assert (await office.delete(f"{SESSIONS}/{row.id}")).status_code == 204

    async def test_an_empty_session_can_be_deleted(self, open_app: OpenApp, office: httpx.AsyncClient) -> None:
        made = (await office.post(SESSIONS, json=wanted(await make_plan(open_app)))).json()
        assert (await office.delete(f"{SESSIONS}/{made['id']}")).status_code == 204
        assert (await office.get(f"{SESSIONS}/{made['id']}")).status_code == 404


@pytest.mark.req("STAFF-06")
class TestOpening:
    async def test_units_with_approved_people_are_told(
        self, open_app: OpenApp, make_actor: MakeActor, office: httpx.AsyncClient
    ) -> None:
        runtime, plan = await open_app(app), await make_plan(open_app)
        units = [make_actor(Permission.GROUP_REGISTRATION) for _ in range(2)]
        async with runtime.database.unit_of_work() as session:
            schedule = await add_schedule(session, plan, ScheduleStatus.PLANNING)
            await add_people(session, units[0], plan, 2)
            await add_people(session, units[1], plan, 1, status=RegistrationStatus.SUBMITTED)
        address = f"/api/training/schedules/{schedule.id}/open"
        empty = await office.post(address)
        assert (empty.status_code, empty.json()["code"]) == (409, "no_class_sessions")
        for place, deadline in (("南京", 12), ("苏州", 9)):
            body = wanted(plan, selection_deadline=day(deadline), location=place)
            assert (await office.post(SESSIONS, json=body)).status_code == 201
        opened = await office.post(address)
        assert (opened.status_code, opened.json()["status"]) == (200, "open")
        assert opened.json()["opened_at"] is not None
        assert (await office.post(address)).status_code == 409
        async with runtime.database.unit_of_work() as session:
            rows = await session.scalars(select(EventRow).where(EventRow.type == SelectionOpened.type))
            events = [SelectionOpened(**row.payload) for row in rows]
        told = [event for event in events if event.plan_id == plan.id]
        assert [(e.unit_ids, e.first_deadline) for e in told] == [
            ((units[0].organisation_id,), date.fromisoformat(day(9)))
        ]

    @pytest.mark.req("PLAT-06")
    async def test_a_unit_has_no_business_here(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        plan = await make_plan(open_app)
        unit = await client_for(app, make_actor(Permission.GROUP_REGISTRATION))
        assert (await unit.post(SESSIONS, json=wanted(plan))).status_code == 403
        assert (await unit.get(SESSIONS)).status_code == 403
        county = await client_for(app, make_actor(Permission.TRAINING_OVERSIGHT, level=Level.COUNTY))
        assert (await county.get(SESSIONS)).status_code == 200
        assert (await county.post(SESSIONS, json=wanted(plan))).status_code == 403
