"""The parts of a plan that later steps live on: bundles of specialties, attendance, help texts and defaults (STAFF-01, X30, FAQ-M6), the
name's initials (PLAT-08), and a deadline that is put off (FAQ-M8).
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from services.training.main import app
from services.training.plans.models import Plan, PlanSpecialty
from shared.events.log import EventRow
from shared.events.training import PlanDeadlineChanged
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.services.training.plans.test_plans import PLANS, change, fields, form, in_use
from tests.services.training.records import add_plan

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
ClientFor = Callable[[FastAPI, Actor | None], Awaitable[httpx.AsyncClient]]
MakeActor = Callable[..., Actor]
HELP: dict[str, Any] = {
    "credit_help": "用于继续教育学分",
    "lodging_help": "单人包间需补差价",
    "default_needs_credit": False,
    "default_lodging": "double",
}


@pytest.fixture
async def province(client_for: ClientFor, make_actor: MakeActor) -> httpx.AsyncClient:
    return await client_for(app, make_actor(Permission.PLAN_MANAGEMENT, level=Level.PROVINCE))


@pytest.fixture
def unit_actor(make_actor: MakeActor) -> Actor:
    return make_actor(Permission.GROUP_REGISTRATION)


async def bundles(runtime: Runtime, plan_id: str) -> dict[str, int | None]:
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(select(PlanSpecialty).where(PlanSpecialty.plan_id == plan_id))
        return {each.specialty_code: each.exam_group for each in rows}


@pytest.mark.req("X30", "STAFF-01")
class TestExamGroups:
    async def test_bundled_specialties_share_a_number_and_the_others_stand_alone(
        self, province: httpx.AsyncClient, open_app: OpenApp
    ) -> None:
        runtime = await open_app(app)
        codes = ["skin", "eye", "other", "tumour", "physical"]
        made = await province.post(
            PLANS, json=form(specialties=codes, exam_groups=[["skin", "other"], ["tumour", "eye"]])
        )
        assert made.status_code == 201, made.text
        plan = made.json()
        assert plan["exam_groups"] == [["eye", "tumour"], ["other", "skin"]]
        stored = await bundles(runtime, plan["id"])
        assert stored["skin"] == stored["other"] != stored["eye"] == stored["tumour"]
        assert stored["physical"] is None
        same = await change(province, plan["id"], exam_groups=[["other", "skin"], ["eye", "tumour"]])
        assert same.json()["version"] == 1
        fewer = (await change(province, plan["id"], exam_groups=[["skin", "physical"]])).json()
        assert fewer["exam_groups"] == [["physical", "skin"]]
        assert fewer["version"] > 1
        none = (await change(province, plan["id"], fewer["version"], exam_groups=[])).json()
        assert none["exam_groups"] == []
        assert set((await bundles(runtime, plan["id"])).values()) == {None}

    @pytest.mark.parametrize(
        "groups",
        [[["skin"]], [["skin", "skin"]], [[]], [["skin", "tumour"]], [["skin", "eye"], ["eye", "other"]]],
        ids=["one", "one twice", "none", "not opened", "in two"],
    )
    async def test_a_bundle_is_two_or_more_of_the_plans_own_and_in_no_other(
        self, province: httpx.AsyncClient, groups: list[list[str]]
    ) -> None:
        codes = ["skin", "eye", "other"]
        made = await province.post(PLANS, json=form(specialties=codes, exam_groups=groups))
        assert (made.status_code, fields(made)) == (422, {"exam_groups"})
        plan = (await province.post(PLANS, json=form(specialties=codes))).json()
        assert fields(await change(province, plan["id"], exam_groups=groups)) == {"exam_groups"}

    @pytest.mark.req("PLAT-01")
    @pytest.mark.parametrize(
        ("groups", "named"),
        [
            ([["skin", "tumour"]], "请去掉：职业性肿瘤"),
            ([["skin", "eye"], ["eye", "other"]], "请去掉：职业性眼病"),
            ([["skin"]], "（职业性皮肤病）"),
            ([["skin", "unheard_of"]], "请去掉：unheard_of"),
        ],
    )
    async def test_a_refusal_names_the_specialties_as_people_know_them(
        self, province: httpx.AsyncClient, groups: list[list[str]], named: str
    ) -> None:
        made = await province.post(PLANS, json=form(specialties=["skin", "eye", "other"], exam_groups=groups))
        assert named in made.json()["errors"][0]["message"]

    async def test_a_specialty_does_not_leave_its_bundle_behind(self, province: httpx.AsyncClient) -> None:
        plan = (await province.post(PLANS, json=form(exam_groups=[["skin", "eye"]]))).json()
        assert fields(await change(province, plan["id"], specialties=["skin"])) == {"exam_groups"}
        assert (await change(province, plan["id"], specialties=["skin"], exam_groups=[])).status_code == 200


@pytest.mark.req("FAQ-M6", "STAFF-01")
class TestHelpAndDefaults:
    async def test_they_are_kept_and_shown_to_units(
        self, province: httpx.AsyncClient, client_for: ClientFor, unit_actor: Actor
    ) -> None:
        plan = (await province.post(PLANS, json=form(**HELP, minimum_attendance=80))).json()
        await province.post(f"{PLANS}/{plan['id']}/publish")
        unit = await client_for(app, unit_actor)
        seen = (await unit.get(f"{PLANS}/{plan['id']}")).json()
        assert {name: seen[name] for name in HELP} == HELP
        assert (seen["default_lodging_label"], seen["minimum_attendance"]) == ("双人包间", 80)

    @pytest.mark.parametrize("percent", [0, 101, 1.5])
    async def test_attendance_is_a_percentage(self, province: httpx.AsyncClient, percent: float) -> None:
        assert fields(await province.post(PLANS, json=form(minimum_attendance=percent))) == {"minimum_attendance"}

    async def test_with_registrations_words_change_and_rules_do_not(
        self, province: httpx.AsyncClient, unit_actor: Actor, open_app: OpenApp
    ) -> None:
        plan = await in_use(open_app, unit_actor)
        good = await change(province, plan.id, **HELP)
        assert good.status_code == 200, good.text
        emptied = await change(province, plan.id, 2, default_needs_credit=None, default_lodging=None)
        assert emptied.json()["default_lodging"] is None
        # What is sent again as it is, in another order, is no change.
        assert (await change(province, plan.id, 3, specialties=["skin", "skin"], exam_groups=[])).status_code == 200
        bad = await change(province, plan.id, 3, minimum_attendance=90, exam_groups=[["skin", "eye"]])
        assert (bad.status_code, bad.json()["code"]) == (409, "plan_in_use")
        assert fields(bad) == {"minimum_attendance", "exam_groups"}


@pytest.mark.req("PLAT-08", "TRN-30")
class TestFindingByName:
    async def test_any_part_and_the_initials_in_every_list(
        self, province: httpx.AsyncClient, client_for: ClientFor, unit_actor: Actor, open_app: OpenApp
    ) -> None:
        mark = new_id().hex[-8:]
        async with (await open_app(app)).database.unit_of_work() as session:
            await add_plan(session, name=f"肺功能检查技能{mark}")
        unit = await client_for(app, unit_actor)

        async def found(client: httpx.AsyncClient, path: str, name: str) -> int:
            return len((await client.get(path, params={"name": name})).json()["items"])

        for client, path in ((province, PLANS), (unit, PLANS), (unit, "/api/training/group-registrations")):
            for name in (f"能{mark}", f"fgnjcjn{mark}", f"GNJCJN{mark[:4]}", f" 检查 技能{mark} "):
                assert await found(client, path, name) == 1, (path, name)
            assert await found(client, path, f"gnjc_n{mark}") == 0


@pytest.mark.req("FAQ-M8")
class TestPuttingOffTheDeadline:
    async def test_the_units_are_reminded_of_the_new_day(
        self, province: httpx.AsyncClient, unit_actor: Actor, open_app: OpenApp
    ) -> None:
        runtime = await open_app(app)
        plan = await in_use(open_app, unit_actor, reminders_sent=2)
        later = (plan.registration_deadline + timedelta(days=9)).isoformat()
        assert (await change(province, plan.id, content="新")).status_code == 200
        async with runtime.database.unit_of_work() as session:
            assert (await session.get_one(Plan, plan.id)).reminders_sent == 2
        assert (await change(province, plan.id, 2, registration_deadline=later)).status_code == 200
        async with runtime.database.unit_of_work() as session:
            assert (await session.get_one(Plan, plan.id)).reminders_sent == 0
            told = select(EventRow.payload).where(EventRow.type == PlanDeadlineChanged.type)
            news = [each for each in await session.scalars(told) if each["plan_id"] == str(plan.id)]
        days = [(each["deadline_before"], each["registration_deadline"]) for each in news]
        assert days == [(plan.registration_deadline.isoformat(), later)], "once, with before and after"

    async def test_nobody_is_told_of_a_drafts_day(self, province: httpx.AsyncClient, open_app: OpenApp) -> None:
        runtime = await open_app(app)
        draft = (await province.post(PLANS, json=form())).json()
        assert (await change(province, draft["id"], registration_deadline="2099-10-09")).status_code == 200
        async with runtime.database.unit_of_work() as session:
            told = select(EventRow.payload).where(EventRow.type == PlanDeadlineChanged.type)
            assert draft["id"] not in {each["plan_id"] for each in await session.scalars(told)}
