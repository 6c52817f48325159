"""A place that becomes free is offered to the first of the queue whom it serves, as a taken place with a time to accept (BEY-02)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import IntegrityError

from services.training.classes.waiting.models import WaitingEntry
from services.training.classes.waiting.tasks import offer_places
from services.training.enrolment.registrations.models import Registration
from services.training.main import app
from shared.clock import end_of_beijing_day, now_utc
from shared.events.training_selection import SeatOffered, WaitingEnded
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.classes.selection.classes import add_class, add_schedule
from tests.services.training.classes.selection.test_placing import put
from tests.services.training.classes.waiting.queues import (
    ENTRIES,
    Full,
    act,
    fill,
    long_ago,
    queue,
    remembered,
    status_of,
    told,
    yesterday,
)
from tests.services.training.records import add_plan, add_registration, today

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
MakeActor = Callable[..., Actor]
Waiting = Callable[..., Awaitable[tuple[httpx.AsyncClient, str, list[Registration]]]]
UNIT = Permission.GROUP_REGISTRATION
pytestmark = pytest.mark.req("BEY-02")


@pytest.fixture
async def full(open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor) -> Full:
    """Three seats for skin and eye, all taken for skin; one eye place at most."""
    holder = make_actor(UNIT)
    codes: dict[str, int | None] = {"skin": None, "eye": 1}
    return await fill(await open_app(app), holder, await client_for(app, holder), codes=codes)


@pytest.fixture
def waiting(full: Full, client_for: ClientFor, make_actor: MakeActor) -> Waiting:
    """``await waiting(2)``: a new unit's client, its entry for two people together, and them."""

    async def make(size: int, code: str = "skin") -> tuple[httpx.AsyncClient, str, list[Registration]]:
        unit = make_actor(UNIT)
        client, people = await client_for(app, unit), await full.people(unit, size, code)
        (entry,) = await queue(client, full, people, code)
        return client, entry, people

    return make


class TestWhoseTurn:
    async def test_a_freed_place_goes_to_the_first_and_is_taken_at_once(self, full: Full, waiting: Waiting) -> None:
        first, second = await waiting(1), await waiting(1)
        await full.sweep()
        assert await status_of(first[0], first[1]) == "waiting", "there is nothing to offer yet"
        await full.give_up(1)
        await full.sweep()
        assert [await status_of(*each[:2]) for each in (first, second)] == ["offered", "waiting"]
        assert (await full.counters())[:2] == (3, 3)
        assert await full.held(first[1]) == 1
        status, body = await put(full.client, full.row, "skin", [*full.seated, *await full.people(full.holder, 1)])
        assert status == 409, "an offered place is a taken place"
        async with full.runtime.database.unit_of_work() as session:
            (event,) = await told(session, SeatOffered.type, first[1])
            assert (event["people"], event["session_no"]) == ("甲0", 1)
            assert await remembered(session, first[1]) == ["create", "offer"]

    async def test_a_group_that_does_not_fit_lets_others_pass_and_is_first_again(
        self, full: Full, waiting: Waiting
    ) -> None:
        group, single, later = await waiting(2), await waiting(1), await waiting(1)
        await full.give_up(1)
        await full.sweep()
        assert [await status_of(*each[:2]) for each in (group, single, later)] == ["waiting", "offered", "waiting"]
        await full.give_up(2)
        await full.sweep()
        assert [await status_of(*each[:2]) for each in (group, later)] == ["offered", "waiting"]
        assert await full.held(group[1]) == 2

    async def test_nobody_takes_what_somebody_in_the_queue_could_have(self, full: Full, waiting: Waiting) -> None:
        entry, new = await waiting(1), await full.people(full.holder, 1)
        await full.give_up(1)
        status, body = await put(full.client, full.row, "skin", [*full.seated, *new])
        assert (status, body["code"]) == (409, "queue_first")
        await full.sweep()
        assert await status_of(*entry[:2]) == "offered"

    async def test_an_offer_is_answered_and_not_unticked(self, full: Full, waiting: Waiting) -> None:
        client, entry, _ = await waiting(1)
        await full.give_up(1)
        await full.sweep()
        status, body = await put(client, full.row, "skin", [])
        assert (status, body["code"]) == (409, "offer_pending")
        assert (await status_of(client, entry), await full.held(entry)) == ("offered", 1)

    async def test_several_are_served_in_one_run(self, full: Full, waiting: Waiting) -> None:
        entries = [await waiting(1) for _ in range(4)]
        await full.give_up(3)
        await full.sweep()
        assert [await status_of(*each[:2]) for each in entries] == ["offered"] * 3 + ["waiting"]

    @pytest.mark.req("X11")
    async def test_who_sits_there_already_needs_no_seat(
        self, full: Full, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        unit = make_actor(UNIT)
        client, people = await client_for(app, unit), await full.people(unit, 1, "skin", "eye")
        other = await full.people(full.holder, 1, "skin", "eye")
        await full.give_up(2)
        assert (await put(client, full.row, "skin", people))[0] == 200
        assert (await put(full.client, full.row, "eye", other))[0] == 200
        assert (await put(full.client, full.row, "skin", [*full.seated, *other]))[0] == 200
        (entry,) = await queue(client, full, people, "eye")
        await full.sweep()
        assert await status_of(client, entry) == "waiting", "the one eye place is taken"
        assert (await put(full.client, full.row, "eye", []))[0] == 200
        await full.sweep()
        assert await status_of(client, entry) == "offered", "all seats are taken, and he has one"
        assert (await act(client, entry, "decline"))[0] == 200
        assert (await full.counters())[:2] == (3, 3), "his seat is that of his other specialty"

    async def test_a_larger_class_is_offered_without_any_message(
        self, full: Full, waiting: Waiting, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        entry = await waiting(2)
        office = await client_for(app, make_actor(Permission.CLASS_SCHEDULING, level=Level.PROVINCE))
        address = f"/api/training/class-sessions/{full.row.id}"
        version = (await office.get(address)).headers["ETag"]
        raised = await office.patch(address, json={"capacity": 5}, headers={"If-Match": version})
        assert raised.status_code == 200, raised.text
        await full.sweep()
        assert await status_of(*entry[:2]) == "offered"

    @pytest.mark.req("PLAT-11")
    async def test_two_sweeps_at_once_offer_everything_once(self, full: Full, waiting: Waiting) -> None:
        entries = [await waiting(1) for _ in range(4)]
        await full.give_up(3)
        await asyncio.gather(*(offer_places(full.runtime) for _ in range(4)))
        await full.sweep()
        assert [await status_of(*each[:2]) for each in entries] == ["offered"] * 3 + ["waiting"]
        async with full.runtime.database.unit_of_work() as session:
            assert [len(await told(session, SeatOffered.type, each[1])) for each in entries] == [1, 1, 1, 0]


class TestThePeopleMeanwhile:
    async def test_a_group_lapses_when_one_of_it_clashes_in_time(
        self, full: Full, waiting: Waiting, client_for: ClientFor
    ) -> None:
        client, entry, people = await waiting(2)
        behind = await waiting(1)
        async with full.runtime.database.unit_of_work() as session:
            plan = await add_plan(session)
            other = await add_class(session, await add_schedule(session, plan))
            unit = Actor(**{**full.holder.__dict__, "organisation_id": people[0].unit_id})
            again = await add_registration(session, unit, plan, people[0].staff)
        assert (await put(client, other, "none", [again]))[0] == 200
        await full.give_up(2)
        await full.sweep()
        found = (await client.get(f"{ENTRIES}/{entry}")).json()
        assert found["status"] == "lapsed"
        assert "甲0：已选" in found["note"]
        assert plan.name in found["note"]
        async with full.runtime.database.unit_of_work() as session:
            (event,) = await told(session, WaitingEnded.type, entry)
            assert (event["people"], event["why"]) == ("甲0、甲1", found["note"])
        assert await status_of(*behind[:2]) == "offered"

    async def test_who_found_a_place_elsewhere_lapses_and_may_queue_again(self, full: Full, waiting: Waiting) -> None:
        client, entry, people = await waiting(1)
        other = await full.another_session({"skin": None}, start_in=40)
        assert (await put(client, other, "skin", people))[0] == 200
        await full.give_up(1)
        await full.sweep()
        assert await status_of(client, entry) == "lapsed"
        assert (await put(client, other, "skin", []))[0] == 200
        status, body = await put(client, full.row, "skin", people)
        assert status == 200, body


class TestTheAnswer:
    async def offered(self, full: Full, waiting: Waiting) -> tuple[httpx.AsyncClient, str, list[Registration]]:
        """Two people with an offer, one person behind them."""
        entry = await waiting(2)
        await full.give_up(2)
        await full.sweep()
        return entry

    async def test_an_accepted_place_is_like_any_other(self, full: Full, waiting: Waiting) -> None:
        client, entry, people = await self.offered(full, waiting)
        body = (await client.get(f"{ENTRIES}/{entry}")).json()
        allowed = {each["action"]: each["allowed"] for each in body["allowed_actions"]}
        assert allowed == {"accept": True, "decline": True, "leave": False}
        status, body = await act(client, entry, "accept")
        assert (status, body["status"], body["position"], body["chance"]) == (200, "accepted", None, None)
        assert (await full.held(entry), await full.held(None), (await full.counters())[1]) == (0, 3, 3)
        assert (await put(client, full.row, "skin", people[:1]))[0] == 200, "and is given up like any other"
        assert (await act(client, entry, "accept"))[0] == 409

    @pytest.mark.parametrize("how", ["decline", "expire"])
    async def test_a_place_that_is_not_wanted_goes_on_in_the_same_run(
        self, full: Full, waiting: Waiting, how: str
    ) -> None:
        client, entry, people = await self.offered(full, waiting)
        behind = await waiting(2)
        freed = (await full.counters())[2]
        if how == "decline":
            assert (await act(client, entry, "decline"))[0] == 200
            assert (await full.counters())[1:] == (1, freed + 2)
        else:
            await full.change_entry(entry, offered_until=long_ago())
            refused = await act(client, entry, "accept")
            assert (refused[0], refused[1]["code"]) == (409, "offer_expired")
        await full.sweep()
        assert await status_of(client, entry) == {"decline": "declined", "expire": "expired"}[how]
        assert await status_of(*behind[:2]) == "offered"
        assert (await full.counters())[1:] == (3, freed + 2)
        async with full.runtime.database.unit_of_work() as session:
            assert len(await told(session, WaitingEnded.type, entry)) == (how == "expire")
        (again,) = await queue(client, full, people)
        assert again != entry

    async def test_an_offer_lasts_a_day_and_never_beyond_the_deadline(self, full: Full, waiting: Waiting) -> None:
        first, second = await waiting(1), await waiting(1)
        await full.give_up(1)
        await full.sweep()
        until = datetime.fromisoformat((await first[0].get(f"{ENTRIES}/{first[1]}")).json()["offered_until"])
        assert timedelta(hours=23) < until - now_utc() <= timedelta(hours=24)
        await full.change(selection_deadline=today())
        await full.give_up(1)
        await full.sweep()
        until = datetime.fromisoformat((await second[0].get(f"{ENTRIES}/{second[1]}")).json()["offered_until"])
        assert until == end_of_beijing_day(today())

    @pytest.mark.req("TRN-73")
    async def test_after_the_deadline_nobody_waits_and_nothing_is_held(self, full: Full, waiting: Waiting) -> None:
        client, entry, _ = await self.offered(full, waiting)
        behind = await waiting(1)
        await full.change(selection_deadline=yesterday())
        refused = await act(client, entry, "accept")
        assert (refused[0], refused[1]["code"]) == (409, "offer_expired")
        await full.sweep()
        assert [await status_of(client, entry), await status_of(*behind[:2])] == ["lapsed", "lapsed"]
        assert (await full.counters())[1] == 1
        async with full.runtime.database.unit_of_work() as session:
            (event,) = await told(session, WaitingEnded.type, behind[1])
            assert "截止" in event["why"]


class TestTheTable:
    async def test_a_person_is_open_in_one_entry_of_a_specialty_whatever_the_code_does(
        self, full: Full, waiting: Waiting
    ) -> None:
        _, entry, people = await waiting(1)
        with pytest.raises(IntegrityError):
            async with full.runtime.database.unit_of_work() as session:
                twin = await session.get_one(WaitingEntry, entry)
                copy = WaitingEntry(
                    unit_id=twin.unit_id,
                    plan_id=twin.plan_id,
                    class_session_id=twin.class_session_id,
                    specialty_code="skin",
                    size=1,
                    people=[type(twin.people[0])(registration_id=people[0].id, specialty_code="skin")],
                )
                session.add(copy)
                await session.flush()
