"""Who may see and change a personal file: its unit, and to read it the offices of its region."""

from collections.abc import Awaitable, Callable

import pytest
from fastapi import FastAPI

from services.training.main import app
from shared.db.history import RecordType, history_of
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.people.personnel.forms import PERSONNEL, form

MakeActor = Callable[..., Actor]
OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
UNIT = Permission.INSTITUTION_FILING


@pytest.mark.req("PLAT-05", "PLAT-06")
class TestWhoSees:
    async def test_a_stranger_finds_nothing(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        made = await (await client_for(app, make_actor(UNIT))).post(PERSONNEL, json=form())
        address = made.headers["location"]
        stranger = await client_for(app, make_actor(UNIT))
        tag = {"If-Match": made.headers["etag"]}
        answers = [
            await stranger.get(address),
            await stranger.patch(address, json={"name": "李四"}, headers=tag),
            await stranger.delete(address),
            await stranger.post(f"{address}/leave"),
        ]
        assert [answer.status_code for answer in answers] == [404] * 4

    async def test_a_unit_that_looks_at_its_own_people_is_remembered_too(
        self, client_for: ClientFor, make_actor: MakeActor, open_app: OpenApp
    ) -> None:
        unit = await client_for(app, make_actor(UNIT))
        made = await unit.post(PERSONNEL, json=form())
        address, tag = made.headers["location"], {"If-Match": made.headers["etag"]}
        assert (await unit.get(address)).status_code == 200
        assert (await unit.patch(address, json={}, headers=tag)).json()["resident_id"] == made.json()["resident_id"]
        rows = (await unit.get(f"{address}/history")).json()
        assert [row["action"] for row in rows] == ["create", "view_full", "view_full"]

    async def test_an_office_reads_its_region_and_the_look_is_remembered(
        self, client_for: ClientFor, make_actor: MakeActor, open_app: OpenApp
    ) -> None:
        made = await (await client_for(app, make_actor(UNIT, region="320102"))).post(PERSONNEL, json=form())
        address, file_id = made.headers["location"], made.json()["id"]
        city = make_actor(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region="320100")
        province = make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE, region="320000")
        elsewhere = make_actor(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region="320500")
        answers = [await (await client_for(app, actor)).get(address) for actor in (city, province, elsewhere)]
        assert [answer.status_code for answer in answers] == [200, 200, 404]
        assert answers[0].json()["resident_id"] == made.json()["resident_id"]
        assert answers[0].json()["allowed_actions"] == []
        runtime = await open_app(app)
        async with runtime.database.unit_of_work() as session:
            looks = [
                row.actor_id
                for row in await history_of(session, RecordType("staff_member"), file_id)
                if row.action != "create"
            ]
        assert looks == [city.account_id, province.account_id]

    async def test_an_office_changes_nothing(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        made = await (await client_for(app, make_actor(UNIT))).post(PERSONNEL, json=form())
        client = await client_for(app, make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE, region="320000"))
        answers = [
            await client.post(PERSONNEL, json=form()),
            await client.delete(made.headers["location"]),
            await client.post(f"{made.headers['location']}/leave"),
        ]
        assert [answer.status_code for answer in answers] == [403] * 3
