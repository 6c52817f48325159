"""Two people of one name are told apart by their masked ids, in every list of people; of others none is shown (PLAT-05)."""

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import FastAPI

from services.training.main import app
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.namesakes import masked_ids
from services.training.people.personnel.workflow import EmploymentStatus
from shared.crypto import mask_resident_id
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.classes.selection.classes import add_class, add_schedule
from tests.services.training.classes.selection.test_placing import put
from tests.services.training.records import add_institution, add_plan, add_registration, add_staff

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
MakeActor = Callable[..., Actor]
API = "/api/training"
NAMES = ("王伟", "王伟", "李雷")
pytestmark = pytest.mark.req("PLAT-05")


def staff(name: str, number: str, person: object = None) -> StaffMember:
    return cast(StaffMember, SimpleNamespace(name=name, resident_id=number, person_id=person or new_id()))


@pytest.mark.parametrize(
    ("people", "shown"),
    [
        ([], set()),
        (["甲", "乙"], set()),
        (["甲", "乙", "甲"], {0, 2}),
        (["J. Smith", "j．smith", "乙"], {0, 1}),
        (["甲", "甲", "甲"], {0, 1, 2}),
    ],
)
def test_only_who_shares_a_name_is_shown(people: list[str], shown: set[int]) -> None:
    rows = [(at, staff(name, f"32010219850615{at:04}")) for at, name in enumerate(people)]
    assert set(masked_ids(rows)) == shown


def test_a_person_with_two_rows_is_one_person() -> None:
    person = new_id()
    assert masked_ids([(1, staff("甲", "1", person)), (2, staff("甲", "1", person))]) == {}


async def test_each_list_tells_them_apart(open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor) -> None:
    runtime, unit = await open_app(app), make_actor(Permission.GROUP_REGISTRATION)
    async with runtime.database.unit_of_work() as session:
        await add_institution(session, unit)
        plan = await add_plan(session, "skin", "eye")
        row = await add_class(session, await add_schedule(session, plan), {"skin": None, "eye": None})
        files = [await add_staff(session, unit, name) for name in NAMES]
        people = [await add_registration(session, unit, plan, each, "skin", "eye") for each in files]
        expected = {(each.name, mask_resident_id(each.resident_id)) for each in files[:2]} | {("李雷", None)}
    client = await client_for(app, unit)
    query = {"class_session_id": str(row.id), "specialty_code": "skin"}
    offered = (await client.get(f"{API}/selections/{plan.id}/candidates", params=query)).json()["candidates"]
    assert [each["employment_label"] for each in offered if each["name"] == "李雷"] == ["在职"]
    unplaced = (await client.get(f"{API}/selections/{plan.id}")).json()["unplaced_people"]
    for code in ("skin", "eye"):
        assert (await put(client, row, code, people))[0] == 200
    async with runtime.database.unit_of_work() as session:
        (await session.get_one(StaffMember, files[2].id)).status = EmploymentStatus.LEFT
    placed = (await client.get(f"{API}/selections/{plan.id}/placements")).json()["class_sessions"][0]["rows"]
    sits = [each["employment_label"] for row in placed for each in row["people"] if each["name"] == "李雷"]
    assert sits == ["离职", "离职"]
    office = await client_for(
        app, make_actor(Permission.CLASS_SCHEDULING, Permission.SCORE_ENTRY, level=Level.PROVINCE)
    )
    registered = f"{API}/group-registrations/{plan.id}"
    lists: list[list[dict[str, Any]]] = [
        offered,
        unplaced,
        *(each["people"] for each in placed),
        (await client.get(registered)).json()["registrants"],
        (await client.get(f"{registered}/candidates")).json()["items"],
        (await office.get(f"{API}/class-sessions/{row.id}/roster")).json()["people"],
        (await office.get(f"{API}/score-sheets/{row.id}")).json()["results"],
    ]
    for listed in lists:
        assert {(each["name"], each["masked_id"]) for each in listed} == expected
