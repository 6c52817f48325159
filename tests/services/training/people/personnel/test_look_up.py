"""[获取]: what a number says, and whose file it opens."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from services.training.main import app
from shared.identity import Actor
from shared.roles import Permission
from tests.conftest import ClientFor
from tests.services.training.people.personnel.forms import PERSONNEL, form, fresh_id

MakeActor = Callable[..., Actor]
OpenApp = Callable[[FastAPI], Awaitable[Any]]
LOOK_UP = f"{PERSONNEL}/look-up"
UNIT = Permission.INSTITUTION_FILING


async def look_up(client: AsyncClient, number: str) -> dict[str, Any]:
    answer = await client.post(LOOK_UP, json={"resident_id": number})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.fixture
async def client(client_for: ClientFor, make_actor: MakeActor) -> AsyncClient:
    return await client_for(app, make_actor(UNIT))


@pytest.mark.req("TRN-08", "TRN-10", "TRN-11", "X9", "X19")
class TestLookUp:
    async def test_the_number_says_sex_birth_date_and_age(self, client: AsyncClient) -> None:
        told = await look_up(client, "11010519491231002x")
        assert (told["sex"], told["birth_date"], told["in_file"], told["staff"]) == ("女", "1949-12-31", False, None)
        assert told["age"] in range(76, 120)
        assert "人员调动" in told["advice"]

    async def test_a_wrong_number_is_refused(self, client: AsyncClient) -> None:
        answer = await client.post(LOOK_UP, json={"resident_id": "110105194912310021"})
        assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [
            ("resident_id", "resident_id_checksum")
        ]

    async def test_the_units_own_file_fills_the_form_also_after_leaving(self, client: AsyncClient) -> None:
        made = await client.post(PERSONNEL, json=form())
        address, number = made.headers["location"], made.json()["resident_id"]
        told = await look_up(client, number)
        assert (told["in_file"], told["staff"]) == (True, made.json())
        await client.post(f"{address}/leave")
        left = await look_up(client, number)
        assert (left["staff"]["id"], left["staff"]["status_label"]) == (made.json()["id"], "离职")
        assert "在职" in left["advice"] != told["advice"]
        history = (await client.get(f"{address}/history")).json()
        assert [each["action"] for each in history] == ["create", "look_up", "leave", "look_up"]
        assert number not in str(history)

    async def test_whether_another_unit_knows_the_person_is_not_told(
        self, client: AsyncClient, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        other = await client_for(app, make_actor(UNIT))
        known = (await other.post(PERSONNEL, json=form())).json()["resident_id"]
        nobody = fresh_id()
        answers = [await look_up(client, number) for number in (known, nobody)]
        same = [{k: v for k, v in each.items() if k not in {"sex", "birth_date", "age"}} for each in answers]
        assert same[0] == same[1]
        assert same[0]["in_file"] is False

    async def test_only_who_keeps_files_may_ask(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        office = await client_for(app, make_actor(Permission.PROVINCE_REVIEW))
        assert (await office.post(LOOK_UP, json={"resident_id": fresh_id()})).status_code == 403
