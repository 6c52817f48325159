"""Training plans through the API: drafted, changed, published, closed, and seen by whom (STAFF-01, TRN-45)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from services.training.main import app
from services.training.plans.models import Plan
from services.training.plans.workflow import PlanStatus
from shared.attachments import Attachment
from shared.clock import now_utc
from shared.events.log import EventRow
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.services.training.classes.selection.classes import add_class, add_schedule
from tests.services.training.records import add_institution, add_plan, add_registration, add_staff, today

PLANS = "/api/training/plans"
OpenApp = Callable[[FastAPI], Awaitable[Runtime]]


def form(**changes: Any) -> dict[str, Any]:
    values = {
        "type_code": "diagnosis_physician",
        "name": f"诊断医师培训{new_id().hex[-6:]}",
        "audience": "诊断机构医师",
        "content": "法规\n标准",
        "other_matters": "食宿自理",
        "notice": "学分证须提前申请",
        "registration_deadline": (today() + timedelta(days=20)).isoformat(),
        "age_limit": 60,
        "minimum_title_level": "3",
        "specialties": ["skin", "eye"],
        "hours": 40,
        "validity_years": 4,
        "pass_mark": 60,
        "contact_name": "李老师",
        "contact_phone": "025-83759999",
    }
    return {**values, **changes}


def fields(answer: httpx.Response) -> set[str]:
    return {error["field"] for error in answer.json()["errors"]}


@pytest.fixture
def cdc(make_actor: Callable[..., Actor]) -> Actor:
    return make_actor(Permission.PLAN_MANAGEMENT, level=Level.PROVINCE)


@pytest.fixture
async def province(client_for: Callable[..., Awaitable[httpx.AsyncClient]], cdc: Actor) -> httpx.AsyncClient:
    return await client_for(app, cdc)


@pytest.fixture
def unit_actor(make_actor: Callable[..., Actor]) -> Actor:
    return make_actor(Permission.GROUP_REGISTRATION)


@pytest.fixture
async def unit(client_for: Callable[..., Awaitable[httpx.AsyncClient]], unit_actor: Actor) -> httpx.AsyncClient:
    return await client_for(app, unit_actor)


async def in_use(open_app: OpenApp, actor: Actor, **changes: Any) -> Plan:
    """A published plan with one person in it."""
    runtime = await open_app(app)
    async with runtime.database.unit_of_work() as session:
        await add_institution(session, actor)
        plan = await add_plan(session, "skin", **changes)
        await add_registration(session, actor, plan, await add_staff(session, actor), "skin")
    return plan


async def change(client: httpx.AsyncClient, plan_id: Any, version: int = 1, **body: Any) -> httpx.Response:
    return await client.patch(f"{PLANS}/{plan_id}", json=body, headers={"If-Match": f'"{version}"'})


@pytest.mark.req("STAFF-01")
class TestDrafting:
    @pytest.mark.req("TRN-45")
    async def test_a_draft_keeps_everything(self, province: httpx.AsyncClient) -> None:
        body = form()
        made = await province.post(PLANS, json=body)
        assert made.status_code == 201, made.text
        plan = (await province.get(made.headers["Location"])).json()
        assert (plan["status"], plan["status_label"], plan["published_at"]) == ("draft", "草稿", None)
        assert set(plan["editable_fields"]) >= body.keys()
        plain = body.keys() - {"specialties"}
        assert {name: plan[name] for name in plain} == {name: body[name] for name in plain}
        assert [each["code"] for each in plan["specialties"]] == ["skin", "eye"]
        same = await change(province, plan["id"], specialties=["eye", "skin"])
        assert same.json()["version"] == plan["version"]
        assert (plan["type_label"], plan["minimum_title_level_label"]) == ("职业病诊断医师", "中级")

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"type_code": "nothing"}, "type_code"),
            ({"specialties": ["hygiene_field"]}, "specialties"),
            ({"specialties": []}, "specialties"),
            ({"type_code": "skills_training"}, "specialties"),
            ({"minimum_title_level": "7"}, "minimum_title_level"),
            ({"contact_phone": "83759999"}, "contact_phone"),
            ({"hours": 0}, "hours"),
            ({"pass_mark": 100.5}, "pass_mark"),
            ({"name": " "}, "name"),
            ({"attachment_ids": [str(new_id())]}, "attachment_ids"),
        ],
    )
    async def test_bad_input_is_named_by_field(
        self, province: httpx.AsyncClient, changes: dict[str, Any], field: str
    ) -> None:
        answer = await province.post(PLANS, json=form(**changes))
        assert answer.status_code == 422, answer.text
        assert fields(answer) == {field}

    async def test_only_plan_managers_write(self, unit: httpx.AsyncClient) -> None:
        assert (await unit.post(PLANS, json=form())).status_code == 403

    async def test_attachments_are_claimed_and_let_go(
        self, province: httpx.AsyncClient, cdc: Actor, open_app: OpenApp
    ) -> None:
        runtime = await open_app(app)
        async with runtime.database.unit_of_work() as session:
            common = {"owner_id": cdc.account_id, "organisation_id": cdc.organisation_id, "size": 3, "storage_key": "k"}
            files = [Attachment(name=f"{at}.pdf", content_type="application/pdf", **common) for at in range(2)]
            session.add_all(files)
        first, second = (str(each.id) for each in files)
        plan = (await province.post(PLANS, json=form(attachment_ids=[first]))).json()
        assert [each["id"] for each in plan["attachments"]] == [first]
        taken = await province.post(PLANS, json=form(attachment_ids=[first]))
        assert fields(taken) == {"attachment_ids"}
        changed = await change(province, plan["id"], plan["version"], attachment_ids=[second])
        assert [each["id"] for each in changed.json()["attachments"]] == [second]
        assert changed.json()["version"] > plan["version"]


class TestChanging:
    @pytest.mark.req("STAFF-01", "PLAT-04")
    async def test_a_draft_changes_freely_and_remembers(self, province: httpx.AsyncClient) -> None:
        plan = (await province.post(PLANS, json=form())).json()
        answer = await change(province, plan["id"], name="新名称", specialties=["skin"], age_limit=None, hours=16)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["name"], answer.json()["age_limit"]) == ("新名称", None)
        assert [each["code"] for each in answer.json()["specialties"]] == ["skin"]
        history = (await province.get(f"{PLANS}/{plan['id']}/history")).json()
        assert [each["action"] for each in history] == ["create", "update"]
        assert [each["action_label"] for each in history] == ["新建", "修改"]
        assert (history[1]["before"]["hours"], history[1]["after"]["hours"]) == (40, 16)
        assert "notice" not in history[1]["after"]

    @pytest.mark.req("PLAT-03")
    async def test_the_second_of_two_editors_is_told(self, province: httpx.AsyncClient) -> None:
        plan = (await province.post(PLANS, json=form())).json()
        assert (await change(province, plan["id"], specialties=["skin"])).status_code == 200
        assert (await change(province, plan["id"], name="另一个")).status_code == 412
        without = await province.patch(f"{PLANS}/{plan['id']}", json={"name": "无版本"})
        assert without.status_code == 428

    @pytest.mark.req("STAFF-01")
    async def test_with_registrations_only_what_harms_nobody_changes(
        self, province: httpx.AsyncClient, unit_actor: Actor, open_app: OpenApp
    ) -> None:
        plan = await in_use(open_app, unit_actor)
        later = (plan.registration_deadline + timedelta(days=1)).isoformat()
        harmless: dict[str, Any] = {"content": "新", "other_matters": "新", "notice": "新", "contact_name": "王老师"}
        good = await change(province, plan.id, **harmless, contact_phone="13800138000", registration_deadline=later)
        assert good.status_code == 200, good.text
        bad = await change(province, plan.id, 2, name="改名", hours=8, specialties=["eye"], content="再改")
        assert (bad.status_code, bad.json()["code"]) == (409, "plan_in_use")
        assert fields(bad) == {"name", "hours", "specialties"}
        editable = set(good.json()["editable_fields"]) - fields(bad)
        assert editable == {*good.json()["editable_fields"]} > harmless.keys() | {"registration_deadline"}
        earlier = await change(province, plan.id, 2, registration_deadline=today().isoformat())
        assert (earlier.status_code, fields(earlier)) == (409, {"registration_deadline"})

    @pytest.mark.req("STAFF-01")
    async def test_without_registrations_a_published_plan_still_changes(
        self, province: httpx.AsyncClient, open_app: OpenApp
    ) -> None:
        async with (await open_app(app)).database.unit_of_work() as session:
            plan = await add_plan(session, "skin")
        assert (await change(province, plan.id, name="改名", specialties=["eye"])).status_code == 200
        gone = await change(province, plan.id, 2, registration_deadline=(today() - timedelta(days=1)).isoformat())
        assert fields(gone) == {"registration_deadline"}

    @pytest.mark.req("STAFF-01")
    async def test_a_closed_plan_and_emptied_fields_are_refused(
        self, province: httpx.AsyncClient, open_app: OpenApp
    ) -> None:
        async with (await open_app(app)).database.unit_of_work() as session:
            plan = await add_plan(session, status=PlanStatus.CLOSED)
        assert (await change(province, plan.id, notice="新")).json()["code"] == "plan_ended"
        draft = (await province.post(PLANS, json=form())).json()
        assert fields(await change(province, draft["id"], name=None)) == {"name"}


class TestPublishing:
    @pytest.mark.req("STAFF-01")
    async def test_publication_is_dated_and_told(self, province: httpx.AsyncClient, open_app: OpenApp) -> None:
        plan = (await province.post(PLANS, json=form())).json()
        shown = (await province.post(f"{PLANS}/{plan['id']}/publish")).json()
        assert shown["status"] == "published"
        assert shown["published_at"]
        async with (await open_app(app)).database.unit_of_work() as session:
            told = await session.scalars(select(EventRow.payload).where(EventRow.type == "training.plan.published.v1"))
            assert plan["id"] in {each["plan_id"] for each in told}

    @pytest.mark.req("STAFF-01")
    async def test_an_end_has_a_reason_and_is_taken_back_while_nothing_followed(
        self, province: httpx.AsyncClient, open_app: OpenApp
    ) -> None:
        plan = (await province.post(PLANS, json=form())).json()
        address, why = f"{PLANS}/{plan['id']}", {"reason": "报名人数不足"}
        await province.post(f"{address}/publish")
        assert fields(await province.post(f"{address}/close")) == {"reason"}
        closed = (await province.post(f"{address}/close", json=why)).json()
        assert (closed["status"], closed["closed"]) == ("closed", True)
        again = (await province.post(f"{address}/reopen", json=why)).json()
        assert (again["status"], again["closed"]) == ("published", False)
        await province.post(f"{address}/close", json=why)
        async with (await open_app(app)).database.unit_of_work() as session:
            own = await session.get_one(Plan, UUID(plan["id"]))
            await add_class(session, await add_schedule(session, own), results_at=now_utc())
        (offered,) = [
            each for each in (await province.get(address)).json()["allowed_actions"] if each["action"] == "reopen"
        ]
        assert (offered["allowed"], offered["code"]) == (False, "results_published")
        refused = await province.post(f"{address}/reopen", json=why)
        assert (refused.status_code, refused.json()["code"]) == (409, "results_published")

    @pytest.mark.req("STAFF-01", "PLAT-02")
    async def test_a_draft_is_deleted_and_nothing_else(
        self, province: httpx.AsyncClient, unit: httpx.AsyncClient
    ) -> None:
        plan = (await province.post(PLANS, json=form())).json()
        address = f"{PLANS}/{plan['id']}"
        assert "delete" in {each["action"] for each in plan["allowed_actions"]}
        assert (await unit.delete(address)).status_code == 403
        assert (await province.delete(address)).status_code == 204
        assert (await province.get(address)).status_code == 404
        listed = (await province.post(PLANS, json=form())).json()
        shown = (await province.post(f"{PLANS}/{listed['id']}/publish")).json()
        assert "delete" not in {each["action"] for each in shown["allowed_actions"]}
        refused = await province.delete(f"{PLANS}/{listed['id']}")
        assert (refused.status_code, refused.json()["code"]) == (409, "plan_listed")

    @pytest.mark.req("STAFF-01", "PLAT-02")
    async def test_a_deadline_gone_by_cannot_be_published(self, province: httpx.AsyncClient) -> None:
        past = (today() - timedelta(days=1)).isoformat()
        plan = (await province.post(PLANS, json=form(registration_deadline=past))).json()
        answer = await province.post(f"{PLANS}/{plan['id']}/publish")
        assert (answer.status_code, answer.json()["code"]) == (409, "deadline_passed")
        publish = next(each for each in plan["allowed_actions"] if each["action"] == "publish")
        assert (publish["allowed"], publish["reason"]) == (False, answer.json()["detail"])


@pytest.mark.req("TRN-31", "PLAT-06")
class TestSeeing:
    async def test_a_unit_never_sees_a_draft(self, province: httpx.AsyncClient, unit: httpx.AsyncClient) -> None:
        plan = (await province.post(PLANS, json=form())).json()
        where = f"{PLANS}/{plan['id']}"
        assert (await unit.get(where)).status_code == 404
        assert (await unit.get(PLANS, params={"name": plan["name"]})).json()["items"] == []
        assert (await unit.get(f"/api/training/group-registrations/{plan['id']}")).status_code == 404
        assert len((await province.get(PLANS, params={"name": plan["name"]})).json()["items"]) == 1
        await province.post(f"{where}/publish")
        assert (await unit.get(where)).json()["allowed_actions"] == []
        assert len((await unit.get(PLANS, params={"name": plan["name"]})).json()["items"]) == 1

    async def test_filters_narrow_the_list(self, province: httpx.AsyncClient) -> None:
        plan = (await province.post(PLANS, json=form())).json()

        async def found(**params: str) -> int:
            return len((await province.get(PLANS, params={"name": plan["name"], **params})).json()["items"])

        assert await found(status="draft", type_code="diagnosis_physician") == 1
        assert await found(status="published") == 0
        assert await found(type_code="skills_training") == 0

    async def test_history_is_not_for_units(self, province: httpx.AsyncClient, unit: httpx.AsyncClient) -> None:
        plan = (await province.post(PLANS, json=form())).json()
        assert (await unit.get(f"{PLANS}/{plan['id']}/history")).status_code == 403
