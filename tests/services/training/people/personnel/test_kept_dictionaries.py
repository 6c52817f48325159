"""从事科室 and 职务 are the administration's to keep; what people wrote into their files stays (AUTH-31, TRN-28)."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from services.training.main import app
from services.training.people.personnel.models import StaffMember
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from tests.conftest import ClientFor
from tests.services.training.records import add_institution, add_staff

pytestmark = pytest.mark.req("AUTH-31", "TRN-28")
DEPARTMENTS, DUTIES = "/api/training/departments", "/api/training/duties"
OFFERED = "/api/training/personnel-dictionaries"
MakeActor = Callable[..., Actor]


@pytest.fixture
async def keeper(client_for: ClientFor, make_actor: MakeActor) -> httpx.AsyncClient:
    return await client_for(app, make_actor(Permission.ADMINISTRATION, level=Level.PROVINCE))


async def made(keeper: httpx.AsyncClient, at: str, **changes: Any) -> dict[str, Any]:
    group = {"group": "临床科室"} if at == DEPARTMENTS else {}
    answer = await keeper.post(at, json={"label": f"尘肺康复科{new_id().hex[-8:]}", **group, **changes})
    assert answer.status_code == 201, answer.text
    entry: dict[str, Any] = answer.json()
    return entry


async def offered(client: httpx.AsyncClient, at: str) -> dict[str, dict[str, Any]]:
    rows = (await client.get(f"{OFFERED}/{at.rpartition('/')[2]}")).json()
    return {each["label"]: each for each in rows}


def tag(entry: dict[str, Any]) -> dict[str, str]:
    return {"If-Match": f'"{entry["version"]}"'}


@pytest.mark.parametrize("at", [DEPARTMENTS, DUTIES])
async def test_an_entry_is_offered_until_it_is_out_of_use_and_deleted_unused(
    keeper: httpx.AsyncClient, client_for: ClientFor, make_actor: MakeActor, at: str
) -> None:
    unit = await client_for(app, make_actor(Permission.INSTITUTION_FILING))
    entry = await made(keeper, at)
    where = f"{at}/{entry['code']}"
    assert (await offered(unit, at))[entry["label"]]["code"] == entry["label"]
    assert {each["action"]: each["allowed"] for each in entry["allowed_actions"]} == {
        "update": True,
        "disable": True,
        "delete": True,
    }
    renamed = await keeper.patch(where, json={"label": f"{entry['label']}甲", "position": 1}, headers=tag(entry))
    assert (renamed.status_code, renamed.json()["position"]) == (200, 1)
    assert (await keeper.patch(where, json={"position": 2}, headers=tag(entry))).status_code == 412
    assert (await keeper.post(f"{where}/disable", json={"reason": " "})).status_code == 422
    assert not (await keeper.post(f"{where}/disable", json={"reason": "合并"})).json()["active"]
    assert f"{entry['label']}甲" not in await offered(unit, at)
    listed = {each["code"]: each for each in (await keeper.get(at)).json()}
    assert not listed[entry["code"]]["active"]
    assert [each["action_label"] for each in (await keeper.get(f"{where}/history")).json()] == ["新建", "修改", "停用"]
    assert (await keeper.delete(where, headers=tag(listed[entry["code"]]))).status_code == 204
    assert (await keeper.get(where)).status_code == 404


@pytest.mark.parametrize(("at", "field"), [(DEPARTMENTS, "departments"), (DUTIES, "duty")])
async def test_what_stands_in_a_file_or_was_shipped_is_not_deleted(
    keeper: httpx.AsyncClient, client_for: ClientFor, make_actor: MakeActor, open_app: Any, at: str, field: str
) -> None:
    entry = await made(keeper, at)
    unit, runtime = make_actor(Permission.INSTITUTION_FILING), await open_app(app)
    async with runtime.database.unit_of_work() as session:
        await add_institution(session, unit)
        staff = await add_staff(session, unit)
        setattr(staff, field, [entry["label"]] if field == "departments" else entry["label"])
    where = f"{at}/{entry['code']}"
    refused = await keeper.delete(where, headers=tag(entry))
    assert (refused.status_code, refused.json()["code"]) == (409, "dictionary_entry_in_use")
    rows = {each["code"]: each["allowed_actions"] for each in (await keeper.get(at)).json()}
    told = {code: {each["action"]: each["code"] for each in actions}["delete"] for code, actions in rows.items()}
    assert told[entry["code"]] == "dictionary_entry_in_use"
    assert told[f"{at.rpartition('/')[2].removesuffix('s').replace('dutie', 'duty')}_1"] == "dictionary_entry_shipped"
    await keeper.patch(where, json={"label": f"{entry['label']}乙"}, headers=tag(entry))
    async with runtime.database.unit_of_work() as session:
        kept = await session.get_one(StaffMember, staff.id)
        assert getattr(kept, field) in (entry["label"], [entry["label"]])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"label": "内科"}, "label"),
        ({"label": "临床科室"}, "label"),
        ({"group": "内科"}, "group"),
        ({"label": " "}, "label"),
    ],
)
async def test_bad_input_is_named_by_field(keeper: httpx.AsyncClient, changes: dict[str, Any], field: str) -> None:
    answer = await keeper.post(DEPARTMENTS, json={"label": f"科{new_id().hex}", "group": "管理科室", **changes})
    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, [field])


async def test_only_the_administration_keeps_them(client_for: ClientFor, make_actor: MakeActor) -> None:
    unit = await client_for(app, make_actor(Permission.INSTITUTION_FILING))
    for at in (DEPARTMENTS, DUTIES):
        assert (await unit.get(at)).status_code == 403
        assert (await unit.post(at, json={"label": "科"})).status_code == 403
    assert "内科" in await offered(unit, DEPARTMENTS)
