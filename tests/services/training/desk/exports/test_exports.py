"""Every list as xlsx: what the list shows, by the same filters, to the same people, with the same masks (BEY-07, STAFF-12)."""

import io
import re
from collections.abc import Awaitable, Callable
from inspect import signature
from typing import Any, get_args

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from pydantic import BaseModel
from python_calamine import CalamineWorkbook

from services.training.classes.waiting.export_endpoints import EXPORTS as OF_WAITING
from services.training.desk.exports.tables import EXPORTS as OF_DESK
from services.training.enrolment.late_entries.export_endpoints import EXPORTS as OF_LATE_ENTRIES
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app
from services.training.plans.workflow import PlanStatus
from services.training.results.attendance.export_endpoints import EXPORTS as OF_ATTENDANCE
from shared.db.paging import MAX_LIMIT
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.web import export_sheets
from shared.web.exports import Export
from tests.conftest import ClientFor
from tests.services.training.enrolment.registrations.stage import Stage, set_stage
from tests.services.training.records import add_institution, add_staff
from tests.services.training.results.scores.sheets import seat_people

EXPORTS = (*OF_DESK, *OF_LATE_ENTRIES, *OF_WAITING, *OF_ATTENDANCE)
pytestmark = pytest.mark.req("BEY-07", "STAFF-12")
MakeActor = Callable[..., Actor]
OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
ROOT = "/api/training/exports"
CLEAR = re.compile(r"(?<!\d)(\d{17}[\dX]|1[3-9]\d{9})(?!\d)")
Rows = list[dict[str, Any]]


async def fetch(client: AsyncClient, which: str, /, **params: Any) -> Rows:
    """The rows of an export, by title."""
    answer = await client.get(f"{ROOT}/{which}.xlsx", params=params)
    assert answer.status_code == 200, answer.text
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]
    assert answer.headers["content-length"] == str(len(answer.content))
    head, *rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def names(rows: Rows) -> list[str]:
    return [row["姓名"] for row in rows]


@pytest.fixture
async def stage(open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor) -> Stage:
    return await set_stage(open_app, client_for, make_actor)


def item_of(export: Export) -> type[BaseModel]:
    """The model of one row, as the list's endpoint declares it."""
    answer = signature(export.source).return_annotation
    rows = answer.model_fields[export.part].annotation
    found: type[BaseModel] = get_args(rows)[0]
    return found


class TestTable:
    @pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
    def test_every_column_is_a_field_of_its_list(self, export: Export) -> None:
        keys = {column.key for column in export.columns} - set(export.made or {})
        item = item_of(export)
        assert keys <= item.model_fields.keys() | item.model_computed_fields.keys()

    def test_names_and_titles_are_one_of_a_kind(self) -> None:
        for names in ([each.name for each in EXPORTS], [each.title for each in EXPORTS]):
            assert len(names) == len(set(names))


class TestPersonnel:
    @pytest.mark.req("PLAT-05")
    async def test_it_equals_the_list_with_its_filters_and_masks(self, stage: Stage) -> None:
        for name, changes in (
            ("王小明", {}),
            ("王大力", {"mobile": "13912345678"}),
            ("=1+1", {"attributes": ["护士"]}),
        ):
            await stage.staff(name, **changes)
        for params in ({}, {"name": "wx"}, {"name": "王", "sort": "-name"}, {"status": "left"}):
            listed = (await stage.unit.get("/api/training/personnel", params=params)).json()["items"]
            rows = await fetch(stage.unit, "personnel", **params)
            assert [(row["姓名"], row["身份证号"], row["手机号码"]) for row in rows] == [
                (each["name"], each["resident_id"], each["mobile"]) for each in listed
            ]
            assert not CLEAR.search(str(rows))
        assert names(await fetch(stage.unit, "personnel", name="wx")) == ["王小明"]
        assert "=1+1" in names(await fetch(stage.unit, "personnel"))

    @pytest.mark.req("PLAT-06")
    async def test_a_stranger_gets_his_own_rows_and_an_office_those_of_its_region(
        self, stage: Stage, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        await stage.staff("我的人")
        await stage.staff("别人的人", actor=stage.other)
        assert names(await fetch(stage.unit, "personnel")) == ["我的人"]
        assert names(await fetch(stage.stranger, "personnel")) == ["别人的人"]
        assert await fetch(stage.stranger, "personnel", unit_id=str(stage.actor.organisation_id)) == []
        here, away = [
            await client_for(app, make_actor(Permission.TRAINING_OVERSIGHT, level=Level.COUNTY, region=region))
            for region in ("320102", "320583")
        ]
        mine = {"unit_id": str(stage.actor.organisation_id)}
        assert [len(await fetch(office, "personnel", **mine)) for office in (here, away)] == [1, 0]

    async def test_it_goes_on_after_the_first_page(self, stage: Stage) -> None:
        async with stage.work() as session:
            await add_institution(session, stage.actor)
            for at in range(MAX_LIMIT + 3):
                await add_staff(session, stage.actor, f"张{at:04}")
        rows = await fetch(stage.unit, "personnel")
        assert len(rows) == len({row["姓名"] for row in rows}) == MAX_LIMIT + 3

    async def test_a_list_that_is_too_long_is_refused_with_the_reason(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await stage.staff()
        monkeypatch.setattr(export_sheets, "MAX_ROWS", 0)
        answer = await stage.unit.get(f"{ROOT}/personnel.xlsx")
        assert (answer.status_code, answer.json()["code"]) == (422, "export_too_long")
        assert "筛选条件" in answer.json()["detail"]


class TestAsking:
    async def test_bad_filters_are_named_as_the_list_names_them(self, stage: Stage) -> None:
        for params, field in (({"status": "gone"}, "status.0"), ({"sort": "salary"}, "sort"), ({"name": "\0"}, "name")):
            answer = await stage.unit.get(f"{ROOT}/personnel.xlsx", params=params)
            assert answer.status_code == 422
            assert [error["field"] for error in answer.json()["errors"]] == [field]

    @pytest.mark.req("PLAT-06")
    async def test_who_may_not_see_the_list_gets_no_export(self, stage: Stage) -> None:
        assert (await stage.unit.get(f"{ROOT}/reviews.xlsx")).status_code == 403
        assert (await stage.province.get(f"{ROOT}/results.xlsx")).status_code == 403


class TestRegistrations:
    @pytest.mark.req("PLAT-06")
    async def test_a_unit_gets_its_people_in_a_plan(self, stage: Stage) -> None:
        plan = await stage.plan("skin", "poisoning")
        await stage.registered(plan, "李一", "skin", "poisoning", status=RegistrationStatus.SUBMITTED)
        await stage.registered(plan, "赵二", "skin", actor=stage.other)
        (row,) = await fetch(stage.unit, "registrations", plan_id=str(plan.id))
        assert (row["姓名"], row["状态"]) == ("李一", RegistrationStatus.SUBMITTED.label)
        assert row["培训专业类别"].count("、") == 1
        draft = await stage.plan(status=PlanStatus.DRAFT)
        missing = await stage.unit.get(f"{ROOT}/registrations.xlsx", params={"plan_id": str(draft.id)})
        assert missing.status_code == 404

    async def test_plans_and_progress_are_those_of_the_lists(self, stage: Stage) -> None:
        plan = await stage.plan()
        await stage.registered(plan, "李一")
        (row,) = await fetch(stage.unit, "group-registrations", name=plan.name)
        assert (row["总报名人数"], row["本单位报名人数"], row["是否截止"]) == (1, 1, "否")
        assert row["报名截止日期"] == plan.registration_deadline.isoformat()
        (row,) = await fetch(stage.province, "plans", name=plan.name)
        assert (row["培训班名称"], row["状态"]) == (plan.name, PlanStatus.PUBLISHED.label)

    @pytest.mark.req("STAFF-02", "PLAT-05")
    async def test_the_reviewer_gets_the_queue_by_its_filters(self, stage: Stage) -> None:
        plan = await stage.plan()
        await stage.registered(plan, "李待审", status=RegistrationStatus.SUBMITTED)
        await stage.registered(plan, "赵通过")
        waiting = await fetch(stage.province, "reviews", plan_id=str(plan.id))
        assert [(row["姓名"], row["单位"]) for row in waiting] == [("李待审", stage.actor.organisation_name)]
        assert re.fullmatch(r"\d{4}\*{8}[\dX]{4}", waiting[0]["身份证号"])
        assert not CLEAR.search(str(waiting))
        approved = await fetch(stage.province, "reviews", plan_id=str(plan.id), status="approved")
        assert names(approved) == ["赵通过"]


class TestClassesAndScores:
    async def test_sessions_selections_scores_and_results(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        seated = await seat_people(await open_app(app), client_for, 2, "skin")
        planner = await client_for(app, make_actor(Permission.CLASS_SCHEDULING, level=Level.PROVINCE))
        (row,) = await fetch(planner, "class-sessions", plan_id=str(seated.plan.id))
        assert (row["期次"], row["分班人数"], row["已选人数"]) == (1, 2, 2)
        assert "（不限，已选2）" in row["专业类别限制人数"]
        (row,) = await fetch(seated.own, "selections", name=seated.plan.name)
        assert (row["培训期数"], row["选班人数"]) == (1, 2)
        await seated.office.get(seated.sheet)
        (row,) = await fetch(seated.office, "score-sheets", plan_id=str(seated.plan.id))
        assert (row["培训班名称"], row["应录入"]) == (seated.plan.name, 2)
        scores = await fetch(seated.office, "scores", sheet_id=str(seated.row.id))
        assert names(scores) == ["甲0", "甲1"]
        until = str(seated.row.start_date)
        (row,) = await fetch(seated.own, "results", start_to=until)
        assert (row["培训班名称"], row["成绩已发布"]) == (seated.plan.name, "否")
        assert await fetch(seated.own, "session-results", class_session_id=str(seated.row.id)) == []

    @pytest.mark.req("PLAT-06")
    async def test_a_session_of_others_is_not_found(
        self, open_app: OpenApp, client_for: ClientFor, stage: Stage
    ) -> None:
        seated = await seat_people(await open_app(app), client_for, 1, "skin")
        answer = await stage.stranger.get(
            f"{ROOT}/session-results.xlsx", params={"class_session_id": str(seated.row.id)}
        )
        assert answer.status_code == 404
        assert await fetch(stage.stranger, "results", start_to=str(seated.row.start_date)) == []
