"""People are found by the readings of their surname in the unit's list, and stand in its order (PLAT-08, BEY-19)."""

from collections.abc import Callable

import pytest
from httpx import AsyncClient

from services.training.main import app
from shared.identity import Actor
from shared.roles import Permission
from tests.conftest import ClientFor
from tests.services.training.people.personnel.forms import PERSONNEL
from tests.services.training.people.personnel.test_qualifications import new_file

pytestmark = pytest.mark.req("PLAT-08", "BEY-19")


@pytest.fixture
async def client(client_for: ClientFor, make_actor: Callable[..., Actor]) -> AsyncClient:
    return await client_for(app, make_actor(Permission.INSTITUTION_FILING))


@pytest.mark.parametrize("query", ["zhm", "CHM", "zh", "曾红"])
async def test_a_person_is_found_by_any_reading(client: AsyncClient, query: str) -> None:
    await new_file(client, name="曾红梅")
    rows = (await client.get(PERSONNEL, params={"name": query})).json()["items"]
    assert [each["name"] for each in rows] == ["曾红梅"]


async def test_the_list_is_in_the_order_of_the_surnames_own_reading(client: AsyncClient) -> None:
    for name in ("曾红梅", "程成", "单田芳", "王五"):
        await new_file(client, name=name)
    rows = (await client.get(PERSONNEL, params={"sort": "name"})).json()["items"]
    assert [each["name"] for each in rows] == ["程成", "单田芳", "王五", "曾红梅"]


async def test_a_name_that_cannot_be_printed_is_told_while_typing(client: AsyncClient) -> None:
    told = (await client.post(f"{PERSONNEL}/check", json={"name": "李😀"})).json()
    assert "text_unprintable" in str(told)
    assert (await new_file(client, name="赵\ue863")).json()["name"] == "赵䶮"
