"""A registration that cannot be placed any more leaves the queue; the rest of its group goes on (BEY-02, STAFF-04)."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
from fastapi import FastAPI

from services.training.enrolment.registrations.models import Registration
from services.training.main import app
from shared.events.training_selection import WaitingEnded
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.classes.waiting.queues import ENTRIES, Full, act, fill, queue, remembered, status_of, told

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
MakeActor = Callable[..., Actor]
UNIT = Permission.GROUP_REGISTRATION
pytestmark = pytest.mark.req("BEY-02", "STAFF-04")


@pytest.fixture
async def full(open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor) -> Full:
    holder = make_actor(UNIT)
    return await fill(await open_app(app), holder, await client_for(app, holder))


@pytest.fixture
async def group(
    full: Full, client_for: ClientFor, make_actor: MakeActor
) -> tuple[httpx.AsyncClient, str, list[Registration]]:
    """Two people who queue together."""
    unit = make_actor(UNIT)
    client, people = await client_for(app, unit), await full.people(unit, 2)
    (entry,) = await queue(client, full, people)
    return client, entry, people


@pytest.fixture
async def office(client_for: ClientFor, make_actor: MakeActor) -> httpx.AsyncClient:
    return await client_for(app, make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE))


async def send_back(office: httpx.AsyncClient, registration: Registration) -> None:
    answer = await office.post(f"/api/training/registrations/{registration.id}/return", json={"reason": "材料不全"})
    assert answer.status_code == 200, answer.text


class TestReturned:
    async def test_the_others_of_a_group_queue_on_without_him(
        self, full: Full, group: tuple[httpx.AsyncClient, str, list[Registration]], office: httpx.AsyncClient
    ) -> None:
        client, entry, people = group
        await send_back(office, people[0])
        body = (await client.get(f"{ENTRIES}/{entry}")).json()
        assert (body["status"], body["size"], [each["name"] for each in body["people"]]) == ("waiting", 1, ["甲1"])
        await full.give_up(1)
        await full.sweep()
        assert await status_of(client, entry) == "offered", "one place is enough for who is left"
        async with full.runtime.database.unit_of_work() as session:
            assert await remembered(session, entry) == ["create", "update", "offer"]

    async def test_of_an_offer_only_his_place_is_free_again(
        self, full: Full, group: tuple[httpx.AsyncClient, str, list[Registration]], office: httpx.AsyncClient
    ) -> None:
        client, entry, people = group
        await full.give_up(2)
        await full.sweep()
        await send_back(office, people[1])
        assert (await status_of(client, entry), await full.held(entry)) == ("offered", 1)
        assert (await full.counters())[1] == 2
        status, body = await act(client, entry, "accept")
        assert (status, [each["name"] for each in body["people"]]) == (200, ["甲0"])
        await full.sweep()

    @pytest.mark.parametrize("offered", [False, True])
    async def test_nobody_left_is_the_end_of_the_entry(
        self,
        full: Full,
        group: tuple[httpx.AsyncClient, str, list[Registration]],
        office: httpx.AsyncClient,
        offered: bool,
    ) -> None:
        client, entry, people = group
        if offered:
            await full.give_up(2)
            await full.sweep()
        for each in people:
            await send_back(office, each)
        assert (await status_of(client, entry), await full.held(entry)) == ("lapsed", 0)
        assert (await full.counters())[1] == (1 if offered else 3)
        async with full.runtime.database.unit_of_work() as session:
            (event,) = await told(session, WaitingEnded.type, entry)
            assert event["people"] == "甲1"
            assert event["why"]
        await full.sweep()
