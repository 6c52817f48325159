"""停办: everybody is 待选 again, may choose again and comes first in the queue elsewhere (STAFF-14)."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.deadlines import service as deadlines
from services.training.main import app
from shared.clock import now_utc
from shared.db.history import History
from shared.events.log import EventRow
from shared.events.training_selection import ClassSessionCalledOff
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.classes.selection.test_placing import put
from tests.services.training.classes.waiting.queues import Full, ask, fill, queue, status_of

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
MakeActor = Callable[..., Actor]
SESSIONS = "/api/training/class-sessions"
UNIT = Permission.GROUP_REGISTRATION
REASON = {"reason": "授课老师因公外出"}
pytestmark = pytest.mark.req("STAFF-14")


@pytest.fixture
async def office(client_for: ClientFor, make_actor: MakeActor) -> httpx.AsyncClient:
    return await client_for(app, make_actor(Permission.CLASS_SCHEDULING, level=Level.PROVINCE))


@pytest.fixture
async def full(open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor) -> Full:
    """Two seats, both taken."""
    holder = make_actor(UNIT)
    return await fill(await open_app(app), holder, await client_for(app, holder), capacity=2)


async def call_off(office: httpx.AsyncClient, row: ClassSession) -> dict[str, Any]:
    answer = await office.post(f"{SESSIONS}/{row.id}/call_off", json=REASON)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def selection_of(full: Full) -> dict[str, Any]:
    return dict((await full.client.get(f"/api/training/selections/{full.plan.id}")).json())


class TestEverybodyIsSentBack:
    async def test_places_are_gone_and_the_unit_is_told(self, full: Full, office: httpx.AsyncClient) -> None:
        body = await call_off(office, full.row)
        assert (body["status"], body["status_label"], body["taken"], body["remaining"]) == (
            "called_off",
            "已停办",
            0,
            2,
        )
        assert [each["taken"] for each in body["specialties"]] == [0]
        read = await selection_of(full)
        assert (read["placed"], read["unplaced"], read["class_sessions"]) == (0, 2, [])
        async with full.runtime.database.unit_of_work() as session:
            rows = await session.scalars(select(EventRow.payload).where(EventRow.type == ClassSessionCalledOff.type))
            (event,) = [row for row in rows if row["plan_id"] == str(full.plan.id)]
            assert (event["unit_id"], event["people"]) == (str(full.holder.organisation_id), "甲0、甲1")
            assert event["reason"] == REASON["reason"]
            kept = await session.scalars(select(History).where(History.record_id == full.row.id))
            assert [(row.action, row.reason) for row in kept] == [("call_off", REASON["reason"])]

    async def test_a_submitted_selection_is_open_again(self, full: Full, office: httpx.AsyncClient) -> None:
        address = f"/api/training/selections/{full.plan.id}"
        assert (await full.client.post(f"{address}/submit", json={})).status_code == 200
        other = await full.another_session({"skin": None}, start_in=40)
        await call_off(office, full.row)
        assert (await selection_of(full))["status"] == "selecting"
        assert (await put(full.client, other, "skin", full.seated))[0] == 200

    async def test_who_queued_there_is_told_and_queues_elsewhere(
        self, full: Full, office: httpx.AsyncClient, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        unit = make_actor(UNIT)
        client, people = await client_for(app, unit), await full.people(unit, 2)
        waiting, offered = await queue(client, full, people, together=False)
        await full.give_up(1)
        await full.sweep()
        assert [await status_of(client, each) for each in (waiting, offered)] == ["offered", "waiting"]
        await call_off(office, full.row)
        await full.sweep()
        for each in (waiting, offered):
            told = (await client.get(f"/api/training/waiting-entries/{each}")).json()
            assert told["status"] == "lapsed"
            assert REASON["reason"] in told["note"]
        status, refused = await ask(client, full.row, people)
        assert (status, refused["code"]) == (409, "class_session_called_off")


class TestTheQueueElsewhere:
    @pytest.mark.req("BEY-02")
    async def test_who_lost_a_place_comes_before_who_queued_earlier(
        self, full: Full, office: httpx.AsyncClient, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        other = await full.another_session({"skin": None}, start_in=40, capacity=2)
        first, early = make_actor(UNIT), make_actor(UNIT)
        sitting = await full.people(first, 2)
        holder = await client_for(app, first)
        assert (await put(holder, other, "skin", sitting))[0] == 200
        waiter = await client_for(app, early)
        status, made = await ask(waiter, other, await full.people(early, 1))
        assert status == 201
        await call_off(office, full.row)
        status, mine = await ask(full.client, other, full.seated[:1])
        (entry,) = mine["entries"]
        assert (status, entry["comes_first"], entry["position"]["entries"]) == (201, True, 0)
        before = (await waiter.get(f"/api/training/waiting-entries/{made['entries'][0]['id']}")).json()
        assert (before["comes_first"], before["position"]["people"]) == (False, 1)
        assert (await put(holder, other, "skin", sitting[:1]))[0] == 200
        await full.sweep()
        assert await status_of(full.client, entry["id"]) == "offered"
        assert await status_of(waiter, before["id"]) == "waiting"

    async def test_a_larger_group_that_does_not_fit_holds_up_nobody(
        self, full: Full, office: httpx.AsyncClient, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        other = await full.another_session({"skin": None}, start_in=40, capacity=2)
        first, early = make_actor(UNIT), make_actor(UNIT)
        holder, sitting = await client_for(app, first), await full.people(first, 2)
        await put(holder, other, "skin", sitting)
        waiter = await client_for(app, early)
        _, made = await ask(waiter, other, await full.people(early, 1))
        await call_off(office, full.row)
        _, mine = await ask(full.client, other, full.seated, together=True)
        await put(holder, other, "skin", sitting[:1])
        await full.sweep()
        assert await status_of(full.client, mine["entries"][0]["id"]) == "waiting"
        assert await status_of(waiter, made["entries"][0]["id"]) == "offered"

    @pytest.mark.parametrize("settled", [False, True])
    async def test_the_turn_is_used_up_by_another_place(
        self, full: Full, office: httpx.AsyncClient, settled: bool
    ) -> None:
        other = await full.another_session({"skin": None}, start_in=40, capacity=2)
        third = await full.another_session({"skin": None}, start_in=60, capacity=1, session_no=3)
        await call_off(office, full.row)
        if settled:
            for ticked in (full.seated[:1], []):
                assert (await put(full.client, other, "skin", ticked))[0] == 200
        assert (await put(full.client, third, "skin", full.seated[1:]))[0] == 200
        status, made = await ask(full.client, third, full.seated[:1])
        assert (status, made["entries"][0]["comes_first"]) == (201, not settled)


class TestWhatIsCalledOff:
    async def test_stays_so_and_takes_nobody(self, full: Full, office: httpx.AsyncClient) -> None:
        address, seated = f"{SESSIONS}/{full.row.id}", full.seated
        body = await call_off(office, full.row)
        assert {each["action"]: each["allowed"] for each in body["allowed_actions"]} == {
            "put_off": False,
            "call_off": False,
        }
        assert (await office.post(f"{address}/call_off", json=REASON)).status_code == 409
        for asked, found in (("called_off", [str(full.row.id)]), ("scheduled", [])):
            query = {"plan_id": str(full.plan.id), "session_status": asked}
            assert [each["id"] for each in (await office.get(SESSIONS, params=query)).json()["items"]] == found
        tag = {"If-Match": f'"{body["version"]}"'}
        changed = await office.patch(address, json={"capacity": 9}, headers=tag)
        assert (changed.status_code, changed.json()["code"]) == (409, "class_session_called_off")
        status, refused = await put(full.client, full.row, "skin", seated)
        assert (status, refused["code"]) == (409, "class_session_called_off")
        row = {"class_session_id": str(full.row.id), "specialty_code": "skin"}
        page = await full.client.get(f"/api/training/selections/{full.plan.id}/candidates", params=row)
        assert (page.status_code, page.json()["code"]) == (409, "class_session_called_off")

    async def test_needs_a_reason_and_the_provinces_right(
        self, full: Full, office: httpx.AsyncClient, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        address = f"{SESSIONS}/{full.row.id}/call_off"
        for body in ({}, {"reason": "  "}):
            refused = await office.post(address, json=body)
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "reason")
        assert (await full.client.post(address, json=REASON)).status_code == 403
        county = await client_for(app, make_actor(Permission.TRAINING_OVERSIGHT, level=Level.COUNTY))
        assert (await county.post(address, json=REASON)).status_code == 403
        assert (await full.counters())[1] == 2

    async def test_is_not_called_off_after_its_results(self, full: Full, office: httpx.AsyncClient) -> None:
        await full.change(results_at=now_utc())
        refused = await office.post(f"{SESSIONS}/{full.row.id}/call_off", json=REASON)
        assert (refused.status_code, refused.json()["code"]) == (409, "results_published")

    @pytest.mark.req("STAFF-06")
    async def test_is_no_open_session_for_the_last_deadline(self, full: Full, office: httpx.AsyncClient) -> None:
        other = await full.another_session({"skin": None}, start_in=40)
        await call_off(office, full.row)
        async with full.runtime.database.unit_of_work() as session:
            assert await deadlines.finish_with(session, other.id) == 1
