"""Who may queue for a class session, and what he sees of the queue (BEY-02)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app
from shared.clock import now_utc
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.classes.selection.classes import add_people
from tests.services.training.classes.selection.test_placing import put
from tests.services.training.classes.waiting.queues import ENTRIES, Full, act, ask, fill, queue, yesterday
from tests.services.training.records import today

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
MakeActor = Callable[..., Actor]
UNIT = Permission.GROUP_REGISTRATION
pytestmark = pytest.mark.req("BEY-02")


@pytest.fixture
async def full(open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor) -> Full:
    """Three seats for skin and eye, all taken for skin."""
    holder = make_actor(UNIT)
    codes: dict[str, int | None] = {"skin": None, "eye": 2}
    return await fill(await open_app(app), holder, await client_for(app, holder), codes=codes)


class TestJoining:
    async def test_a_group_is_one_entry_and_single_people_are_one_each_in_the_order_given(
        self, full: Full, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        unit = make_actor(UNIT)
        client, people = await client_for(app, unit), await full.people(unit, 4)
        status, group = await ask(client, full.row, people[:2], together=True)
        assert (status, [each["size"] for each in group["entries"]]) == (201, [2])
        status, single = await ask(client, full.row, people[:1:-1], together=False)
        assert [each["people"][0]["registration_id"] for each in single["entries"]] == [
            str(people[3].id),
            str(people[2].id),
        ]
        numbers = [each["queue_no"] for each in (*group["entries"], *single["entries"])]
        assert numbers == sorted(numbers)
        last = single["entries"][-1]["position"]
        assert last == {"entries": 2, "people": 3, "people_in_session": 3}

    async def test_who_queues_already_does_not_queue_again_until_he_leaves(
        self, full: Full, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        unit = make_actor(UNIT)
        client, people = await client_for(app, unit), await full.people(unit, 1)
        (entry,) = await queue(client, full, people)
        status, body = await ask(client, full.row, people)
        assert (status, body["errors"][0]["code"]) == (409, "already_waiting")
        assert (await act(client, entry, "leave"))[1]["status"] == "left"
        assert (await ask(client, full.row, people))[0] == 201

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"status": RegistrationStatus.SUBMITTED}, "not_approved"),
            ({"status": RegistrationStatus.RETURNED}, "not_approved"),
            ({"training_kind": "refresher"}, "training_kind_differs"),
        ],
    )
    async def test_only_who_could_be_placed_may_queue(
        self, full: Full, client_for: ClientFor, make_actor: MakeActor, changes: dict[str, Any], code: str
    ) -> None:
        unit = make_actor(UNIT)
        client = await client_for(app, unit)
        async with full.runtime.database.unit_of_work() as session:
            people = await add_people(session, unit, full.plan, 1, "skin", **changes)
        status, body = await ask(client, full.row, people)
        assert (status, body["code"], body["errors"][0]["code"]) == (409, "people_not_selectable", code)
        assert body["errors"][0]["field"] == "registration_ids.0"
        assert "甲0" in body["detail"]

    async def test_who_has_a_place_for_it_or_did_not_register_for_it_may_not(
        self, full: Full, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        unit = make_actor(UNIT)
        client, people = await client_for(app, unit), await full.people(unit, 1, "eye")
        status, body = await ask(client, full.row, people, "skin")
        assert (status, body["errors"][0]["code"]) == (409, "specialty_not_registered")
        status, body = await ask(full.client, full.row, full.seated[:1], "skin")
        assert (status, body["errors"][0]["code"]) == (409, "already_placed")

    @pytest.mark.req("TRN-70")
    async def test_who_is_busy_on_one_of_the_days_may_not(
        self, full: Full, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        unit = make_actor(UNIT)
        client, people = await client_for(app, unit), await full.people(unit, 1, "skin", "eye")
        other = await full.another_session({"eye": None})
        assert (await put(client, other, "eye", people))[0] == 200
        status, body = await ask(client, full.row, people, "skin")
        assert (status, body["errors"][0]["code"]) == (409, "time_clash")
        assert "第2期" in body["detail"]

    async def test_a_specialty_that_the_session_does_not_teach_is_bad_input(
        self, full: Full, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        unit = make_actor(UNIT)
        status, body = await ask(await client_for(app, unit), full.row, await full.people(unit, 1), "tumour")
        assert (status, body["errors"][0]["field"]) == (422, "specialty_code")

    async def test_free_places_are_chosen_and_not_queued_for(
        self, full: Full, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        unit = make_actor(UNIT)
        client, people = await client_for(app, unit), await full.people(unit, 2)
        await full.give_up(1)
        status, body = await ask(client, full.row, people[:1])
        assert (status, body["code"]) == (409, "places_free")
        assert "现在有名额，请直接选班" in body["detail"]
        assert (await ask(client, full.row, people, together=True))[0] == 201, "two do not fit into one place"

    async def test_a_group_that_never_fits_is_refused(
        self, full: Full, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        unit = make_actor(UNIT)
        client, people = await client_for(app, unit), await full.people(unit, 4, "skin", "eye")
        for code, size in (("skin", 4), ("eye", 3)):
            status, body = await ask(client, full.row, people[:size], code, together=True)
            assert (status, body["code"]) == (409, "group_too_large")
        assert (await ask(client, full.row, people, together=False))[0] == 201

    async def test_a_queue_is_open_as_long_as_selection_is(
        self, full: Full, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        unit = make_actor(UNIT)
        client, people = await client_for(app, unit), await full.people(unit, 1)
        await full.change(opens_at=now_utc() + timedelta(hours=1))
        assert (await ask(client, full.row, people))[1]["code"] == "selection_opens_later"
        await full.change(opens_at=None, selection_deadline=yesterday())
        assert (await ask(client, full.row, people))[1]["code"] == "selection_closed"

    @pytest.mark.req("PLAT-06")
    async def test_people_and_entries_of_another_unit_do_not_exist(
        self, full: Full, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        unit, stranger = make_actor(UNIT), make_actor(UNIT)
        client, other = await client_for(app, unit), await client_for(app, stranger)
        people, own = await full.people(unit, 1), await full.people(stranger, 1)
        assert (await ask(other, full.row, [*own, *people]))[0] == 404
        (entry,) = await queue(client, full, people)
        assert (await other.get(f"{ENTRIES}/{entry}")).status_code == 404
        assert (await act(other, entry, "leave"))[0] == 404
        assert (await other.get(ENTRIES)).json()["items"] == []
        missing = {"class_session_id": str(new_id()), "specialty_code": "skin", "registration_ids": [str(own[0].id)]}
        assert (await other.post(ENTRIES, json=missing)).status_code == 404


class TestReading:
    async def test_the_province_sees_the_whole_queue_in_its_order(
        self, full: Full, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        units = [make_actor(UNIT) for _ in range(3)]
        made = [
            (await queue(await client_for(app, unit), full, await full.people(unit, size)))[0]
            for unit, size in zip(units, (2, 1, 3), strict=True)
        ]
        office = await client_for(app, make_actor(Permission.CLASS_SCHEDULING, level=Level.PROVINCE))
        asked = {"class_session_id": str(full.row.id), "status": "waiting"}
        items = (await office.get(ENTRIES, params=asked)).json()["items"]
        assert [each["id"] for each in items] == made
        assert [each["position"]["people"] for each in items] == [0, 2, 3]
        assert [each["unit_name"] for each in items] == [unit.organisation_name for unit in units]
        assert items[0]["allowed_actions"] == [], "an entry is its unit's to leave"
        mine = await client_for(app, units[1])
        for wanted in ({"plan_id": str(full.plan.id)}, {"status": "waiting"}, asked):
            assert [each["id"] for each in (await mine.get(ENTRIES, params=wanted)).json()["items"]] == [made[1]]
        assert (await mine.get(ENTRIES, params={"plan_id": str(new_id())})).json()["items"] == []

    async def test_the_chance_comes_with_the_numbers_behind_it(
        self, full: Full, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        unit = make_actor(UNIT)
        client, people = await client_for(app, unit), await full.people(unit, 3)
        entries = await queue(client, full, people, together=False)
        await full.change(freed=20)
        chance = (await client.get(f"{ENTRIES}/{entries[-1]}")).json()["chance"]
        assert (chance["code"], chance["freed"], chance["days_open"], chance["days_left"]) == ("high", 20, 10, 6)
        assert (chance["expected"], chance["needed"]) == (12.0, 3)
        for said in ("10 天", "20 个", "12.0", "前面还有 2 人", "本组 1 人"):
            assert said in chance["sentence"]
        assert today() + timedelta(days=5) == full.row.selection_deadline
