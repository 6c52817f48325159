"""The province's board (STAFF-12): every figure is what the list behind it holds, and a region sees its own."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.dialects.postgresql import Range

from ops.journey.play import all_items
from services.training.classes.seats.models import Seat
from services.training.enrolment.late_entries.models import LateEntry
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app
from services.training.results.scores.models import Result, ScoreSheet
from services.training.results.scores.workflow import ScoreSheetStatus
from shared.roles import Level, Permission
from tests.conftest import ClientFor, make_actor
from tests.services.training.classes.selection.classes import add_class, add_schedule
from tests.services.training.enrolment.registrations.stage import Stage
from tests.services.training.records import today

pytestmark = pytest.mark.req("STAFF-12")
S = RegistrationStatus
BOARD = "/api/training/boards/province"
NOW = datetime.now(UTC)
# Which list stands on which page of the portal.
LISTS = {
    "/reviews": "/api/training/reviews",
    "/training-statistics/people": "/api/training/reviews",
    "/late-entries": "/api/training/late-entries",
    "/scores": "/api/training/score-sheets",
    "/class-sessions": "/api/training/class-sessions",
}


async def board_of(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get(BOARD)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def behind(client: httpx.AsyncClient, link: str, filters: dict[str, Any]) -> list[Any]:
    return await all_items(client, LISTS[link], **filters)


def named(figures: list[dict[str, Any]], key: str) -> dict[str, Any]:
    return next(each for each in figures if each["key"] == key)


async def fill(stage: Stage) -> None:
    """Seven people of two units in two cities, two plans, with every status and every age of waiting."""
    plan, other = await stage.plan("skin"), await stage.plan()
    for days in (0, 2, 5, 30):
        await stage.registered(plan, f"等{days}", "skin", status=S.SUBMITTED, submitted_at=NOW - timedelta(days=days))
    asked: dict[str, Any] = {"return_requested_at": NOW - timedelta(days=4), "return_request": "选错了"}
    await stage.registered(other, "请退", status=S.APPROVED, **asked)
    await stage.registered(other, "退回", status=S.RETURNED, actor=stage.other)
    await stage.registered(other, "未报", status=S.DRAFT, actor=stage.other)
    async with stage.work() as session:
        for actor in (stage.actor, stage.other):
            session.add(
                LateEntry(
                    plan_id=plan.id,
                    unit_id=actor.organisation_id,
                    unit_name=actor.organisation_name,
                    region_code=actor.region_code,
                    reason="出差",
                )
            )


class TestDrillDown:
    async def test_every_figure_is_what_its_list_holds(self, stage: Stage) -> None:
        await fill(stage)
        board = await board_of(stage.province)
        figures = [*board["waiting"], *board["by_status"], *board["seats"]]
        figures += [each for waiting in board["waiting"] for each in _ages(waiting) if each["filters"]]
        groups = [*board["by_region"], *board["by_plan"], *board["by_type"], *board["by_month"]]
        figures += [each for group in groups for each in group["figures"]]
        assert len(figures) > 30
        for each in figures:
            rows = await behind(stage.province, each["link"], each["filters"])
            assert each["count"] == len(rows), each
        assert {each["key"]: each["count"] for each in board["by_status"]} == {
            "draft": 1,
            "submitted": 4,
            "approved": 1,
            "returned": 1,
        }
        assert sorted(group["total"] for group in board["by_region"]) == [2, 5]
        assert sorted(group["total"] for group in board["by_plan"]) == [3, 4]
        assert {group["key"]: group["total"] for group in board["by_type"]} == {
            "diagnosis_physician": 4,
            "skills_training": 3,
        }

    async def test_what_waits_is_as_old_as_its_oldest(self, stage: Stage) -> None:
        await fill(stage)
        waiting = (await board_of(stage.province))["waiting"]
        reviews = named(waiting, "reviews")
        assert (reviews["count"], reviews["oldest_days"]) == (4, 30)
        assert [(each["label"], each["count"]) for each in reviews["ages"]] == [
            ("今天", 1),
            ("3天内", 1),
            ("7天内", 1),
            ("更早", 1),
        ]
        requests = named(waiting, "return_requests")
        assert (requests["count"], requests["oldest_days"]) == (1, 4)
        assert named(waiting, "late_entries")["count"] == 2

    async def test_an_empty_province_has_zeros(self, stage: Stage) -> None:
        board = await board_of(stage.province)
        assert {each["key"]: each["count"] for each in board["waiting"] if each["key"] != "scores"} == {
            "reviews": 0,
            "return_requests": 0,
            "late_entries": 0,
        }
        assert [each["count"] for each in board["by_status"]] == [0, 0, 0, 0]
        assert board["by_region"] == []


def _ages(waiting: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**each, "link": waiting["link"]} for each in waiting["ages"]]


class TestClasses:
    async def test_seats_of_running_selections_and_whose_they_are(self, stage: Stage, client_for: ClientFor) -> None:
        plan, over = await stage.plan("skin"), await stage.plan("skin")
        away = make_actor(Permission.GROUP_REGISTRATION, region="320102")
        people = [await stage.registered(plan, "甲甲", "skin", actor=actor) for actor in (stage.actor, away)]
        async with stage.work() as session:
            row = await add_class(session, await add_schedule(session, plan), {"skin": 3}, capacity=4, taken=2)
            past: dict[str, Any] = {"selection_deadline": today() - timedelta(days=1)}
            await add_class(session, await add_schedule(session, over), {"skin": 3}, **past)
            session.add_all(
                Seat(
                    class_session_id=row.id,
                    person_id=each.person_id,
                    registration_id=each.id,
                    unit_id=each.unit_id,
                    during=Range(row.start_date, row.end_date, bounds="[]"),
                )
                for each in people
            )
        code = stage.actor.region_code
        city = make_actor(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region=f"{code[:4]}00")
        seats = (await board_of(await client_for(app, city)))["seats"]
        mine = named(seats, str(plan.id))
        assert (mine["count"], mine["capacity"], mine["taken"], mine["free"], mine["own_taken"]) == (1, 4, 2, 2, 1)
        assert str(over.id) not in {each["key"] for each in seats}
        whole = named((await board_of(stage.province))["seats"], str(plan.id))
        assert (whole["taken"], whole["own_taken"]) == (2, 2)

    async def test_scores_to_enter_and_certificates_that_did_not_come(self, stage: Stage) -> None:
        plan = await stage.plan()
        passed, failed = [await stage.registered(plan, name) for name in ("合格", "不合格")]
        before = named((await board_of(stage.province))["waiting"], "scores")["count"]
        async with stage.work() as session:
            schedule = await add_schedule(session, plan)
            ended: dict[str, Any] = {"taken": 2, "start_in": -9, "selection_deadline": today() - timedelta(days=20)}
            row = await add_class(session, schedule, **ended)
        waiting = named((await board_of(stage.province))["waiting"], "scores")
        assert waiting["count"] == before + 1
        assert waiting["count"] == len(await behind(stage.province, "/scores", waiting["filters"]))
        async with stage.work() as session:
            out = NOW - timedelta(hours=1)
            sheet = ScoreSheet(id=row.id, class_session_id=row.id, status=ScoreSheetStatus.PUBLISHED, published_at=out)
            session.add(sheet)
            await session.flush()
            for registration, verdict in ((passed, True), (failed, False)):
                session.add(
                    Result(
                        sheet_id=row.id,
                        registration_id=registration.id,
                        unit_id=registration.unit_id,
                        specialty_code="none",
                        specialties=["none"],
                        passed=verdict,
                    )
                )
        board = await board_of(stage.province)
        assert named(board["waiting"], "scores")["count"] == before
        items = board["certificates_missing"]["items"]
        item = next(each for each in items if each["link"] == f"/scores/{row.id}")
        assert (item["label"], item["count"]) == (f"{plan.name} 第1期", 1)


class TestRegions:
    @pytest.mark.req("PLAT-06")
    async def test_a_city_sees_its_counties_and_a_county_its_units(self, stage: Stage, client_for: ClientFor) -> None:
        await fill(stage)
        code = stage.actor.region_code
        see = Permission.TRAINING_OVERSIGHT
        city = await client_for(app, make_actor(see, level=Level.CITY, region=f"{code[:4]}00"))
        county = await client_for(app, make_actor(see, level=Level.COUNTY, region=code))
        for client, key in ((city, code), (county, str(stage.actor.organisation_id))):
            board = await board_of(client)
            assert [(each["key"], each["total"]) for each in board["by_region"]] == [(key, 5)]
            assert {each["key"] for each in board["waiting"]} == {"reviews", "return_requests"}
            assert board["certificates_missing"] is None
            for each in [*board["waiting"], *board["by_status"], *board["by_region"][0]["figures"]]:
                assert each["count"] == len(await behind(client, each["link"], each["filters"])), each

    async def test_regions_have_their_names(self, stage: Stage, client_for: ClientFor) -> None:
        nanjing = make_actor(Permission.GROUP_REGISTRATION, region="320102")
        await stage.registered(await stage.plan(), status=S.SUBMITTED, actor=nanjing)
        province = make_actor(Permission.TRAINING_OVERSIGHT, level=Level.PROVINCE, region="320000")
        board = await board_of(await client_for(app, province))
        assert (board["region_label"], named(board["by_region"], "3201")["label"]) == ("江苏省", "南京市")

    @pytest.mark.req("PLAT-06")
    async def test_units_have_no_business_here(self, stage: Stage) -> None:
        assert (await stage.unit.get(BOARD)).status_code == 403
