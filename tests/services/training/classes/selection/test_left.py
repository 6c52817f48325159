"""Who has left the unit is not offered for a seat, and is told of with what to do (TRN-37, TRN-51, PLAT-02)."""

from collections.abc import Awaitable, Callable

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from services.training.main import app
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.workflow import EmploymentStatus
from shared.roles import Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule
from tests.services.training.classes.selection.test_placing import check, put
from tests.services.training.records import add_plan


@pytest.mark.req("TRN-37", "TRN-51", "PLAT-02")
async def test_who_has_left_gets_no_seat_and_can_be_taken_off_one(
    open_app: Callable[[FastAPI], Awaitable[Runtime]], client_for: ClientFor
) -> None:
    runtime, actor = await open_app(app), make_actor(Permission.GROUP_REGISTRATION)
    async with runtime.database.unit_of_work() as session:
        plan = await add_plan(session, "skin")
        row = await add_class(session, await add_schedule(session, plan), {"skin": None})
        seated, left, here = await add_people(session, actor, plan, 3, "skin")
    client = await client_for(app, actor)
    assert (await put(client, row, "skin", [seated]))[0] == 200
    async with runtime.database.unit_of_work() as session:
        gone = update(StaffMember).where(StaffMember.id.in_([seated.staff_id, left.staff_id]))
        await session.execute(gone.values(status=EmploymentStatus.LEFT))
    query = {"class_session_id": str(row.id), "specialty_code": "skin"}
    body = (await client.get(f"/api/training/selections/{plan.id}/candidates", params=query)).json()
    assert [(each["name"], each["placed"]) for each in body["candidates"]] == [("甲0", True), ("甲2", False)]
    (told,) = body["waiting"]
    assert (told["name"], told["code"]) == ("甲1", "person_left")
    assert "人员信息" in told["reason"]
    status, refused = await put(client, row, "skin", [seated, left])
    assert (status, refused["code"], refused["errors"][0]["code"]) == (409, "people_not_selectable", "person_left")
    queued = await client.post("/api/training/waiting-entries", json={**query, "registration_ids": [str(left.id)]})
    assert queued.status_code == 409
    assert (await put(client, row, "skin", [here]))[0] == 200
    await check(runtime, plan)
