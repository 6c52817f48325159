"""After the last deadline every unit's selection counts as submitted, and the unit is told where it stands (STAFF-06)."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from services.training.classes.selection import service
from services.training.classes.selection.models import Selection
from services.training.classes.selection.workflow import SelectionStatus
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app
from shared.db.history import RecordType, history_of
from shared.events.log import EventRow
from shared.events.training_selection import SelectionFinished
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule
from tests.services.training.classes.selection.test_pages import LIST
from tests.services.training.classes.selection.test_placing import put
from tests.services.training.records import add_plan

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
MakeActor = Callable[..., Actor]
UNIT = Permission.GROUP_REGISTRATION
pytestmark = pytest.mark.req("STAFF-06")


async def finish(runtime: Runtime, plan_id: Any) -> list[int]:
    """As the worker does: a unit of work each, until there is nothing left."""
    done: list[int] = []
    while not done or done[-1]:
        async with runtime.database.unit_of_work() as session:
            done.append(await service.finish_selections(session, plan_id))
    return done


class TestFinish:
    async def test_whoever_has_approved_people_and_did_not_submit_is_finished_and_told(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        runtime = await open_app(app)
        begun, idle, ready, nobody = (make_actor(UNIT) for _ in range(4))
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin", "eye")
            row = await add_class(session, await add_schedule(session, plan), {"skin": None, "eye": None})
            people = await add_people(session, begun, plan, 3, "skin", "eye")
            await add_people(session, begun, plan, 1, "skin", status=RegistrationStatus.RETURNED)
            await add_people(session, idle, plan, 2, "skin")
            done = await add_people(session, ready, plan, 1, "skin")
            await add_people(session, nobody, plan, 1, "skin", status=RegistrationStatus.SUBMITTED)
        client, submitted = await client_for(app, begun), await client_for(app, ready)
        for code, who in (("skin", people[:2]), ("eye", people[:1])):
            assert (await put(client, row, code, who))[0] == 200
        assert (await put(submitted, row, "skin", done))[0] == 200
        assert (await submitted.post(f"{LIST}/{plan.id}/submit")).status_code == 200
        monkeypatch.setattr(service, "FINISH_AT_ONCE", 1)
        assert await finish(runtime, plan.id) == [1, 1, 0]
        async with runtime.database.unit_of_work() as session:
            rows = (await session.scalars(select(Selection).where(Selection.plan_id == plan.id))).unique().all()
            assert {each.unit_id for each in rows} == {
                begun.organisation_id,
                idle.organisation_id,
                ready.organisation_id,
            }
            assert {each.status for each in rows} == {SelectionStatus.SUBMITTED}
            told = select(EventRow.payload).where(
                EventRow.type == SelectionFinished.type, EventRow.payload["plan_id"].astext == str(plan.id)
            )
            events = {event["unit_id"]: (event["placed"], event["unplaced"]) for event in await session.scalars(told)}
            assert events == {str(begun.organisation_id): (2, 2), str(idle.organisation_id): (0, 2)}
            mine = next(each for each in rows if each.unit_id == begun.organisation_id)
            last = (await history_of(session, RecordType("selection"), mine.id))[-1]
            assert (last.action, last.actor_name) == ("finish", "平台 系统")
        status, body = await put(client, row, "skin", people)
        assert (status, body["code"]) == (409, "selection_submitted")
        item = next(each for each in (await client.get(LIST)).json()["items"] if each["plan_id"] == str(plan.id))
        assert (item["status"], item["operation_label"]) == ("submitted", "查看")

    async def test_nothing_happens_where_all_have_submitted(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, actor = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session)
            await add_class(session, await add_schedule(session, plan))
            await add_people(session, actor, plan, 1)
        client = await client_for(app, actor)
        answer = await client.post(f"{LIST}/{plan.id}/submit", json={"leave_unplaced": True})
        version = answer.json()["version"]
        assert await finish(runtime, plan.id) == [0]
        assert (await client.get(f"{LIST}/{plan.id}")).json()["version"] == version
