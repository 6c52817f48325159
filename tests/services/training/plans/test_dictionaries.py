"""Class types and specialties are data that the province keeps (STAFF-01, TRN-45)."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from services.training.main import app
from shared.events.log import EventRow
from shared.events.training import PlanTypeDeleted
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from tests.services.training.plans.test_plans import PLANS, OpenApp, fields, form

pytestmark = pytest.mark.req("STAFF-01", "TRN-45")
TYPES, SPECIALTIES = "/api/training/plan-types", "/api/training/specialties"
ClientFor = Callable[[FastAPI, Actor | None], Awaitable[httpx.AsyncClient]]


def new_type(**changes: Any) -> dict[str, Any]:
    mark = new_id().hex[-8:]
    values = {
        "code": f"kind_{mark}",
        "label": f"健康检查主检医师{mark}",
        "position": 90,
        "number_code": mark.upper(),
        "specialties": ["skin", "eye"],
    }
    return {**values, **changes}


@pytest.fixture
async def province(client_for: ClientFor, make_actor: Callable[..., Actor]) -> httpx.AsyncClient:
    return await client_for(
        app, make_actor(Permission.PLAN_MANAGEMENT, Permission.ADMINISTRATION, level=Level.PROVINCE)
    )


async def change(client: httpx.AsyncClient, path: str, version: int, **body: Any) -> httpx.Response:
    return await client.patch(path, json=body, headers={"If-Match": f'"{version}"'})


async def deleted(open_app: OpenApp) -> set[str]:
    """The types of which others have heard that they are gone."""
    async with (await open_app(app)).database.unit_of_work() as session:
        rows = await session.scalars(select(EventRow).where(EventRow.type == PlanTypeDeleted.type))
        return {each.payload["plan_type"] for each in rows}


async def published(client: httpx.AsyncClient, type_code: str, *specialties: str) -> None:
    plan = (await client.post(PLANS, json=form(type_code=type_code, specialties=list(specialties)))).json()
    answer = await client.post(f"{PLANS}/{plan['id']}/publish")
    assert answer.status_code == 200, answer.text


class TestClassTypes:
    async def test_a_new_type_is_there_for_plans(self, province: httpx.AsyncClient) -> None:
        body = new_type()
        made = await province.post(TYPES, json=body)
        assert made.status_code == 201, made.text
        known = {each["code"]: each for each in (await province.get(TYPES)).json()}
        assert [each["code"] for each in known[body["code"]]["specialties"]] == ["skin", "eye"]
        await published(province, body["code"], "eye")

    async def test_it_changes_by_version_and_remembers(self, province: httpx.AsyncClient) -> None:
        made = await province.post(TYPES, json=new_type())
        where, first = made.headers["Location"], made.json()["version"]
        changed = await change(province, where, first, label=f"改名{new_id().hex[-6:]}", specialties=["eye", "tumour"])
        assert changed.status_code == 200, changed.text
        assert {each["code"] for each in changed.json()["specialties"]} == {"eye", "tumour"}
        assert changed.json()["version"] == first + 1
        assert (await change(province, where, first, position=1)).status_code == 412
        assert (await province.patch(where, json={"position": 1})).status_code == 428
        assert (await province.get(where)).headers["ETag"] == f'"{first + 1}"'

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"code": "diagnosis_physician"}, "code"),
            ({"code": "中文"}, "code"),
            ({"label": "职业病诊断医师"}, "label"),
            ({"label": " "}, "label"),
            ({"number_code": "ZD"}, "number_code"),
            ({"number_code": "zd"}, "number_code"),
            ({"position": 0}, "position"),
            ({"specialties": ["nothing"]}, "specialties"),
            ({"specialties": ["none"]}, "specialties"),
        ],
    )
    async def test_bad_input_is_named_by_field(
        self, province: httpx.AsyncClient, changes: dict[str, Any], field: str
    ) -> None:
        answer = await province.post(TYPES, json=new_type(**changes))
        assert (answer.status_code, fields(answer)) == (422, {field})

    async def test_a_number_is_unique_also_when_it_changes(self, province: httpx.AsyncClient) -> None:
        made = await province.post(TYPES, json=new_type())
        answer = await change(province, made.headers["Location"], made.json()["version"], number_code="ZD")
        assert (answer.status_code, fields(answer)) == (422, {"number_code"})
        assert "职业病诊断医师" in answer.json()["errors"][0]["message"]

    async def test_what_published_plans_carry_stays(self, province: httpx.AsyncClient) -> None:
        body = new_type()
        made = await province.post(TYPES, json=body)
        where, version = made.headers["Location"], made.json()["version"]
        await published(province, body["code"], "eye")
        answer = await change(province, where, version, label="改名", number_code="QQ", specialties=["skin"])
        assert (answer.status_code, answer.json()["code"]) == (409, "dictionary_entry_in_use")
        assert fields(answer) == {"label", "number_code", "specialties"}
        now = (await province.get(where)).json()
        assert made.json()["editable_fields"] == ["label", "number_code", "position", "specialties"]
        assert now["editable_fields"] == ["position", "specialties"]
        offered = {each["action"]: each["allowed"] for each in now["allowed_actions"]}
        assert offered == {"update": True, "disable": True, "delete": False}
        good = await change(province, where, version, position=3, specialties=["eye"])
        assert good.status_code == 200, good.text

    async def test_one_that_is_out_of_use_is_in_no_new_plan_and_stays_in_the_old_ones(
        self, province: httpx.AsyncClient
    ) -> None:
        body = new_type()
        where = (await province.post(TYPES, json=body)).headers["Location"]
        draft = (await province.post(PLANS, json=form(type_code=body["code"], specialties=["eye"]))).json()
        assert fields(await province.post(f"{where}/disable", json={"reason": " "})) == {"reason"}
        gone = await province.post(f"{where}/disable", json={"reason": "省里不再举办"})
        assert (gone.status_code, gone.json()["active"]) == (200, False)
        assert [each["action"] for each in gone.json()["allowed_actions"]] == ["update", "enable", "delete"]
        refused = await province.post(PLANS, json=form(type_code=body["code"], specialties=["eye"]))
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "type_disabled")
        assert not {each["code"]: each["active"] for each in (await province.get(TYPES)).json()}[body["code"]]
        kept = await change(province, f"{PLANS}/{draft['id']}", draft["version"], specialties=["eye", "skin"])
        assert kept.status_code == 200, kept.text
        assert (await province.post(f"{PLANS}/{draft['id']}/publish")).status_code == 200
        assert (await province.post(f"{where}/disable", json={"reason": "又一次"})).status_code == 409
        assert (await province.post(f"{where}/enable", json={})).json()["active"]
        told = (await province.get(f"{where}/history")).json()
        assert [each["action_label"] for each in told] == ["新建", "停用", "启用"]
        assert told[1]["reason"] == "省里不再举办"

    async def test_what_was_never_used_is_deleted_and_what_was_says_why_not(
        self, province: httpx.AsyncClient, open_app: OpenApp
    ) -> None:
        for uses in (False, True):
            body = new_type()
            made = await province.post(TYPES, json=body)
            if uses:
                await province.post(PLANS, json=form(type_code=body["code"], specialties=["eye"]))
            where, tag = made.headers["Location"], {"If-Match": made.headers["ETag"]}
            if uses:
                refused = await province.delete(where, headers=tag)
                assert (refused.status_code, refused.json()["code"]) == (409, "dictionary_entry_in_use")
                assert "1 个培训计划" in refused.json()["detail"]
            else:
                assert (await province.delete(where, headers={"If-Match": '"7"'})).status_code == 412
                assert (await province.delete(where, headers=tag)).status_code == 204
                assert (await province.get(where)).status_code == 404
                assert body["code"] in await deleted(open_app)

    async def test_what_came_with_the_platform_stays(self, province: httpx.AsyncClient) -> None:
        shipped = await province.get(f"{TYPES}/diagnosis_physician")
        offered = {each["action"]: each["code"] for each in shipped.json()["allowed_actions"]}
        assert offered["delete"] == "dictionary_entry_shipped"

    @pytest.mark.req("AUTH-31")
    async def test_the_administration_needs_no_other_permission(
        self, client_for: ClientFor, make_actor: Callable[..., Actor]
    ) -> None:
        keeper = await client_for(app, make_actor(Permission.ADMINISTRATION, level=Level.PROVINCE))
        body = new_type()
        assert (await keeper.post(TYPES, json=body)).status_code == 201
        assert body["code"] in {each["code"] for each in (await keeper.get(TYPES)).json()}
        for path in (SPECIALTIES, f"{TYPES}/{body['code']}", f"{TYPES}/{body['code']}/history"):
            assert (await keeper.get(path)).status_code == 200, path

    @pytest.mark.req("AUTH-31")
    async def test_a_planner_reads_and_keeps_nothing(
        self, client_for: ClientFor, make_actor: Callable[..., Actor], province: httpx.AsyncClient
    ) -> None:
        where = (await province.post(TYPES, json=new_type())).headers["Location"]
        planner = await client_for(app, make_actor(Permission.PLAN_MANAGEMENT, level=Level.PROVINCE))
        assert (await planner.get(where)).json()["allowed_actions"] == []
        for path in (TYPES, f"{where}/disable", f"{where}/enable", SPECIALTIES):
            assert (await planner.post(path, json={})).status_code == 403
        assert (await change(planner, where, 1, position=1)).status_code == 403
        assert (await planner.delete(where, headers={"If-Match": '"1"'})).status_code == 403

    async def test_only_the_keeper(self, client_for: ClientFor, make_actor: Callable[..., Actor]) -> None:
        unit = await client_for(app, make_actor(Permission.GROUP_REGISTRATION))
        assert (await unit.post(TYPES, json=new_type())).status_code == 403
        assert (await unit.get(SPECIALTIES)).status_code == 403
        assert (await unit.get(TYPES)).status_code == 200

    async def test_an_unknown_one_is_not_there(self, province: httpx.AsyncClient) -> None:
        assert (await province.get(f"{TYPES}/nothing")).status_code == 404
        assert (await change(province, f"{SPECIALTIES}/none", 0, position=1)).status_code == 404


class TestSpecialties:
    async def test_one_that_a_type_has_is_taken_from_it_before_it_is_deleted(self, province: httpx.AsyncClient) -> None:
        mark = new_id().hex[-8:]
        made = await province.post(SPECIALTIES, json={"code": f"s_{mark}", "label": f"专业{mark}", "position": 90})
        where, tag = made.headers["Location"], {"If-Match": made.headers["ETag"]}
        kind = new_type(specialties=[f"s_{mark}"])
        of = await province.post(TYPES, json=kind)
        refused = await province.delete(where, headers=tag)
        assert (refused.status_code, kind["label"] in refused.json()["detail"]) == (409, True)
        await change(province, of.headers["Location"], of.json()["version"], specialties=[])
        assert (await province.delete(where, headers=tag)).status_code == 204

    async def test_one_that_is_out_of_use_is_in_no_new_plan(self, province: httpx.AsyncClient) -> None:
        mark = new_id().hex[-8:]
        made = await province.post(SPECIALTIES, json={"code": f"s_{mark}", "label": f"专业{mark}", "position": 90})
        kind = new_type(specialties=[f"s_{mark}", "eye"])
        await province.post(TYPES, json=kind)
        assert (await province.post(f"{made.headers['Location']}/disable", json={"reason": "合并"})).status_code == 200
        refused = await province.post(PLANS, json=form(type_code=kind["code"], specialties=[f"s_{mark}", "eye"]))
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "specialty_disabled")

    async def test_a_new_one_joins_a_type_and_keeps_its_name_once_published(self, province: httpx.AsyncClient) -> None:
        mark = new_id().hex[-8:]
        body = {"code": f"field_{mark}", "label": f"噪声作业{mark}", "position": 50}
        made = await province.post(SPECIALTIES, json=body)
        assert made.status_code == 201, made.text
        assert fields(await province.post(SPECIALTIES, json=body)) == {"code"}
        assert fields(await province.post(SPECIALTIES, json={**body, "code": f"other_{mark}"})) == {"label"}
        where = made.headers["Location"]
        renamed = await change(province, where, made.json()["version"], label=f"噪声{mark}")
        assert renamed.json()["label"] == f"噪声{mark}"
        kind = new_type(specialties=[body["code"]])
        await province.post(TYPES, json=kind)
        await published(province, kind["code"], str(body["code"]))
        late = await change(province, where, renamed.json()["version"], label="改名")
        assert (late.status_code, fields(late)) == (409, {"label"})
        assert renamed.json()["editable_fields"] == ["label", "position"]
        assert (await province.get(where)).json()["editable_fields"] == ["position"]
        assert (await change(province, where, renamed.json()["version"], position=51)).json()["position"] == 51
        listed = {each["code"]: each["version"] for each in (await province.get(SPECIALTIES)).json()}
        assert listed[body["code"]] == renamed.json()["version"] + 1
        assert "none" not in listed
