"""The form of a class session: its definition, the check while it is filled in, and when it can be deleted (STAFF-05, PLAT-02)."""

from typing import Any

import httpx
import pytest

from services.training.classes.class_sessions.schemas import ClassSessionCreate
from services.training.classes.class_sessions.workflow import ClassSessionStatus
from services.training.classes.waiting.models import WaitingEntry
from services.training.main import app
from shared.clock import now_utc
from shared.identity import Actor
from shared.roles import Level, Permission
from tests.conftest import ClientFor
from tests.services.training.classes.class_sessions.test_scheduling import (
    SESSIONS,
    MakeActor,
    OpenApp,
    day,
    make_plan,
    office,
    wanted,
)
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule

__all__ = ["office"]
pytestmark = pytest.mark.req("STAFF-05")


async def checked(client: httpx.AsyncClient, **given: Any) -> dict[str, Any]:
    answer = await client.post(f"{SESSIONS}/check", json=given)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def fields_of(found: dict[str, Any]) -> list[str]:
    return [each["field"] for each in found["errors"]]


async def test_the_definition_has_every_field_of_a_session_with_its_star(office: httpx.AsyncClient) -> None:
    definition = (await office.get(f"{SESSIONS}/form-definition")).json()
    drawn = {each["name"]: each for part in definition["sections"] for each in part["fields"]}
    assert {*drawn, *(each["name"] for each in definition["tables"])} == ClassSessionCreate.model_fields.keys() - {
        "plan_id",
        "opens_at",
    }
    needed = {name for name, info in ClassSessionCreate.model_fields.items() if info.is_required()} - {"plan_id"}
    assert {name for name, each in drawn.items() if each["required"]} == needed
    assert (drawn["capacity"]["minimum"], drawn["capacity"]["maximum"]) == (1, 10_000)


@pytest.mark.parametrize(("field", "bound"), [("session_no", 999), ("capacity", 10_000), ("days", 366)])
async def test_what_the_definition_bounds_is_refused_beyond(
    open_app: OpenApp, office: httpx.AsyncClient, field: str, bound: int
) -> None:
    plan = await make_plan(open_app, "skin")
    assert fields_of(await checked(office, **{field: bound})) == []
    assert fields_of(await checked(office, **{field: bound + 1})) == [field]
    refused = await office.post(SESSIONS, json=wanted(plan, **{field: bound + 1}))
    assert (refused.status_code, fields_of(refused.json())) == (422, [field])


async def test_what_is_not_there_yet_is_no_error_and_what_is_there_is_judged(
    open_app: OpenApp, office: httpx.AsyncClient
) -> None:
    assert (await checked(office, location="", capacity=None))["errors"] == []
    assert fields_of(await checked(office, capacity="很多")) == ["capacity"]
    dates = {"start_date": day(20), "end_date": day(19), "selection_deadline": day(21)}
    assert fields_of(await checked(office, **dates)) == ["end_date", "selection_deadline"]
    plan = await make_plan(open_app, "skin")
    strange = await checked(office, plan_id=str(plan.id), specialties=[{"specialty_code": "dust"}])
    assert fields_of(strange) == ["specialties.0.specialty_code"]
    assert "specialties" in strange["required_now"]
    beyond = await checked(office, capacity=5, specialties=[{"specialty_code": "skin", "places": 6}])
    assert fields_of(beyond) == ["specialties.0.places"]


async def test_a_check_makes_nothing(open_app: OpenApp, office: httpx.AsyncClient) -> None:
    plan = await make_plan(open_app, "skin")
    assert (await checked(office, **wanted(plan)))["errors"] == []
    assert (await office.get(SESSIONS, params={"plan_id": str(plan.id)})).json()["items"] == []


async def deletion(client: httpx.AsyncClient, session_id: object) -> dict[str, Any] | None:
    read = (await client.get(f"{SESSIONS}/{session_id}")).json()
    return next((each for each in read["allowed_actions"] if each["action"] == "delete"), None)


@pytest.mark.req("PLAT-02")
class TestDeletion:
    async def test_an_empty_session_offers_it_and_says_what_happens(
        self, open_app: OpenApp, office: httpx.AsyncClient
    ) -> None:
        made = (await office.post(SESSIONS, json=wanted(await make_plan(open_app, "skin")))).json()
        offered = next(each for each in made["allowed_actions"] if each["action"] == "delete")
        assert offered["allowed"]
        assert "不能恢复" in offered["consequence"]

    @pytest.mark.parametrize(
        ("changes", "code"),
        [({"taken": 1}, "class_session_in_use"), ({"results_at": now_utc()}, "results_published")],
    )
    async def test_its_refusal_is_that_of_the_route(
        self, open_app: OpenApp, office: httpx.AsyncClient, changes: dict[str, Any], code: str
    ) -> None:
        plan = await make_plan(open_app, "skin")
        async with (await open_app(app)).database.unit_of_work() as session:
            row = await add_class(session, await add_schedule(session, plan), {"skin": 2}, **changes)
        offered = await deletion(office, row.id)
        assert offered is not None
        refused = (await office.delete(f"{SESSIONS}/{row.id}")).json()
        assert (offered["allowed"], offered["code"], offered["reason"]) == (False, code, refused["detail"])
        assert refused["code"] == code

    async def test_a_queue_keeps_it_and_the_list_says_so(
        self, open_app: OpenApp, office: httpx.AsyncClient, make_actor: MakeActor
    ) -> None:
        unit = make_actor(Permission.GROUP_REGISTRATION)
        plan = await make_plan(open_app, "skin")
        async with (await open_app(app)).database.unit_of_work() as session:
            schedule = await add_schedule(session, plan)
            rows = [await add_class(session, schedule, {"skin": 4}, session_no=number) for number in (1, 2)]
            await add_people(session, unit, plan, 1, "skin")
            place = {"class_session_id": rows[0].id, "specialty_code": "skin", "size": 1}
            session.add(WaitingEntry(unit_id=unit.organisation_id, plan_id=plan.id, **place))
        listed = (await office.get(SESSIONS, params={"plan_id": str(plan.id)})).json()["items"]
        offered = {row["session_no"]: each for row in listed for each in row["allowed_actions"]}
        assert {number: each["code"] for number, each in offered.items()} == {1: "class_session_in_use", 2: None}

    async def test_what_was_called_off_is_kept(self, open_app: OpenApp, office: httpx.AsyncClient) -> None:
        plan = await make_plan(open_app, "skin")
        async with (await open_app(app)).database.unit_of_work() as session:
            status = ClassSessionStatus.CALLED_OFF
            row = await add_class(session, await add_schedule(session, plan), {"skin": 2}, status=status)
        assert await deletion(office, row.id) is None
        refused = await office.delete(f"{SESSIONS}/{row.id}")
        assert (refused.status_code, refused.json()["code"]) == (409, "class_session_called_off")
        assert "保留备查" in refused.json()["detail"]

    async def test_who_only_reads_has_no_such_button(
        self, open_app: OpenApp, office: httpx.AsyncClient, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        made = (await office.post(SESSIONS, json=wanted(await make_plan(open_app, "skin")))).json()
        reader: Actor = make_actor(Permission.TRAINING_OVERSIGHT, level=Level.PROVINCE)
        assert await deletion(await client_for(app, reader), made["id"]) is None
