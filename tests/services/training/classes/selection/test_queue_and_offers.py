"""Places and the waiting list (BEY-02): what is offered is taken and kept, and free places go to those who queue first."""

from collections.abc import Awaitable, Callable

import pytest
from fastapi import FastAPI

from services.training.classes.selection.placing import place_people
from services.training.classes.selection.schemas import PlacementsPut
from services.training.enrolment.registrations.bodies import ReturnBody
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import REGISTRATION, RegistrationAction
from services.training.main import app
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.workflow.apply_all import apply_all
from tests.conftest import ClientFor
from tests.services.training.classes.selection.classes import assert_counters
from tests.services.training.classes.selection.test_pages import LIST
from tests.services.training.classes.selection.test_placing import put
from tests.services.training.classes.waiting.queues import Full, act, fill, queue

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
MakeActor = Callable[..., Actor]
UNIT = Permission.GROUP_REGISTRATION
OFFER = "training.offer_places"
pytestmark = pytest.mark.req("BEY-02")


@pytest.fixture
async def full(open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor) -> Full:
    """Three seats, all taken by ``holder``'s people."""
    holder = make_actor(UNIT)
    return await fill(await open_app(app), holder, await client_for(app, holder), codes={"skin": None, "eye": 2})


class TestOffered:
    @pytest.mark.req("TRN-66", "TRN-68", "TRN-71")
    async def test_it_is_taken_marked_and_given_up_only_in_the_queue(
        self, full: Full, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        unit = make_actor(UNIT)
        client, people = await client_for(app, unit), await full.people(unit, 2)
        (entry,) = await queue(client, full, people)
        await full.give_up(2)
        await full.sweep()
        address, row = f"{LIST}/{full.plan.id}", full.row
        body = (await client.get(address)).json()
        (card,) = body["class_sessions"]
        skin = next(each for each in card["rows"] if each["specialty_code"] == "skin")
        assert (card["remaining"], skin["taken"], skin["own"], body["placed"]) == (0, 3, 2, 0)
        lines = [each["specialties"][0]["code"] for each in body["unplaced_people"]]
        assert lines == ["offer_pending", "offer_pending"]
        query = {"class_session_id": str(row.id), "specialty_code": "skin"}
        ticks = (await client.get(f"{address}/candidates", params=query)).json()["candidates"]
        assert [(each["placed"], each["offered"]) for each in ticks] == [(True, True)] * 2
        status, refused = await put(client, row, "skin", people[:1])
        assert (status, refused["code"]) == (409, "offer_pending")
        assert [error["message"][:2] for error in refused["errors"]] == ["甲1"]
        assert (await put(client, row, "skin", people))[0] == 200, "what is ticked already may stay"
        assert (await act(client, entry, "accept"))[0] == 200
        seen = (await client.get(f"{address}/placements")).json()["class_sessions"][0]["rows"]
        assert {each["specialty_code"]: [(p["name"], p["offered"]) for p in each["people"]] for each in seen} == {
            "skin": [("甲0", False), ("甲1", False)],
            "eye": [],
        }
        assert (await client.get(address)).json()["placed"] == 2
        assert (await put(client, row, "skin", people[:1]))[0] == 200


class TestRightOfWay:
    async def test_a_free_place_is_for_who_queues_if_all_of_them_fit(
        self, full: Full, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        waiting, hasty = make_actor(UNIT), make_actor(UNIT)
        line, client = await client_for(app, waiting), await client_for(app, hasty)
        await queue(line, full, await full.people(waiting, 2))
        people = await full.people(hasty, 1)
        await full.give_up(1)
        assert (await put(client, full.row, "skin", people))[0] == 200, "one place is too few for the two who queue"
        await full.give_up(2)
        others = await full.people(hasty, 1, "skin", "eye")
        for code in ("skin", "eye"):
            status, body = await put(client, full.row, code, [*people, *others] if code == "skin" else others)
            assert (status, body["code"]) == (409, "queue_first")
            assert body["detail"] == "名额正在按候补顺序分配，请加入候补"
        status, body = await put(client, full.row, "skin", others)
        assert (status, body["code"]) == (409, "queue_first"), "nor in exchange for one of one's own"
        assert (await put(client, full.row, "skin", []))[0] == 200, "but giving up is always possible"
        await full.sweep()
        assert (await put(client, full.row, "skin", people))[0] == 200, "the queue is served"

    async def test_who_queues_for_a_specialty_without_places_stops_nobody(
        self, full: Full, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        waiting, hasty = make_actor(UNIT), make_actor(UNIT)
        line, client = await client_for(app, waiting), await client_for(app, hasty)
        await full.give_up(3)
        await full.sweep()
        first = await full.people(waiting, 2, "eye")
        assert (await put(line, full.row, "eye", first))[0] == 200
        await queue(line, full, await full.people(waiting, 1, "eye"), "eye")
        assert (await put(client, full.row, "skin", await full.people(hasty, 1)))[0] == 200


class TestGivenUp:
    @pytest.mark.req("TRN-69")
    async def test_each_place_is_counted_and_the_queue_is_told(self, full: Full) -> None:
        async with full.runtime.database.unit_of_work() as session:
            kept = [each.id for each in full.seated[:1]]
            body = PlacementsPut(class_session_id=full.row.id, specialty_code="skin", registration_ids=kept)
            await place_people(session, actor=full.holder, plan_id=full.plan.id, body=body)
            assert OFFER in session.info["hints"]
        assert await full.counters() == (3, 1, 2)

    @pytest.mark.req("STAFF-04")
    async def test_so_are_those_of_many_who_are_returned(self, full: Full, make_actor: MakeActor) -> None:
        later = await full.another_session({"skin": None, "eye": None}, start_in=40)
        both = await full.people(full.holder, 2, "skin", "eye")
        for code in ("skin", "eye"):
            assert (await put(full.client, later, code, both))[0] == 200
        office = make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE)
        async with full.runtime.database.unit_of_work() as session:
            returned = [await session.get_one(Registration, each.id) for each in [*full.seated[:2], *both]]
            reason = ReturnBody(reason="材料不全")
            await apply_all(session, REGISTRATION, returned, RegistrationAction.RETURN, actor=office, body=reason)
            assert OFFER in session.info["hints"]
        assert await full.counters() == (3, 1, 2)
        full.row = later
        assert await full.counters() == (5, 0, 4)
        async with full.runtime.database.unit_of_work() as session:
            await assert_counters(session, full.plan)
