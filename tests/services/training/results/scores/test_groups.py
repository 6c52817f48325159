"""考核组 (X30): one row, one score and one verdict per person and group, which count for every specialty in it."""

from collections.abc import Awaitable, Callable
from random import randrange

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from services.training.main import app
from services.training.results.scores.models import Result
from services.training.results.scores.sheet import COLUMNS
from shared.db.history import RecordType, history_of
from shared.events.training import ResultPublished
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.sheets import parse_sheet, write_sheet
from tests.conftest import ClientFor, make_actor
from tests.services.training.classes.waiting.queues import act, fill, queue, status_of
from tests.services.training.results.scores.sheets import Seated, enter, grid, group, place, publish, seat_people, told

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
BUNDLE = "职业性皮肤病、职业性眼病"
POISON = "职业性化学中毒"

pytestmark = pytest.mark.req("X30")


async def rows_of(seated: Seated) -> dict[tuple[str, str], tuple[list[str], float | None]]:
    """(name, 专业类别) → (codes, score)."""
    found = (await grid(seated))["results"]
    return {(row["name"], row["specialty_label"]): (row["specialties"], row["score"]) for row in found}


async def bundled(open_app: OpenApp, client_for: ClientFor, count: int = 1) -> tuple[Runtime, Seated]:
    """People placed in three specialties, of which two are examined together."""
    runtime = await open_app(app)
    seated = await seat_people(runtime, client_for, count, "skin", "eye", "poisoning")
    await group(runtime, seated, "skin", "eye")
    return runtime, seated


class TestRows:
    @pytest.mark.req("STAFF-08")
    async def test_a_group_is_one_row_and_the_rest_stands_alone(self, open_app: OpenApp, client_for: ClientFor) -> None:
        _, seated = await bundled(open_app, client_for)
        assert await rows_of(seated) == {
            ("甲0", BUNDLE): (["eye", "skin"], None),
            ("甲0", POISON): (["poisoning"], None),
        }
        items = (await seated.office.get("/api/training/score-sheets", params={"plan_id": str(seated.plan.id)})).json()
        assert [(item["entered"], item["total"]) for item in items["items"]] == [(0, 2)]

    async def test_a_row_holds_only_what_the_person_is_placed_in_and_keeps_its_mark(
        self, open_app: OpenApp, client_for: ClientFor
    ) -> None:
        _, seated = await bundled(open_app, client_for, 2)
        await enter(seated, {("甲0", "eye"): 80, ("甲1", "eye"): 50})
        await place(seated, "eye", 1)
        rows = await rows_of(seated)
        assert rows["甲0", "职业性皮肤病"] == (["skin"], 80)
        assert rows["甲1", BUNDLE] == (["eye", "skin"], 50)
        await place(seated, "skin", 1)
        assert {name for name, label in await rows_of(seated) if label != POISON} == {"甲1"}
        await place(seated, "eye", 0, 1)
        assert (await rows_of(seated))["甲0", "职业性眼病"] == (["eye"], None)

    @pytest.mark.req("PLAT-04")
    async def test_marks_that_disagree_are_dropped_when_a_group_is_made_of_their_rows(
        self, open_app: OpenApp, client_for: ClientFor
    ) -> None:
        runtime = await open_app(app)
        seated = await seat_people(runtime, client_for, 2, "skin", "eye")
        marks = {("甲0", "skin"): 80, ("甲0", "eye"): 80, ("甲1", "skin"): 80, ("甲1", "eye"): 10}
        await enter(seated, marks)
        await group(runtime, seated, "skin", "eye")
        assert await rows_of(seated) == {
            ("甲0", BUNDLE): (["eye", "skin"], 80),
            ("甲1", BUNDLE): (["eye", "skin"], None),
        }
        async with runtime.database.unit_of_work() as session:
            lost = (await history_of(session, RecordType("score_sheet"), seated.row.id))[-1]
        assert (lost.action, sorted((lost.before or {}).values())) == ("drop", [["10.0", False], ["80.0", True]])
        await group(runtime, seated, "skin", "eye", number=None)
        assert len(await rows_of(seated)) == 4

    async def test_a_row_from_before_there_were_groups_keeps_working(
        self, open_app: OpenApp, client_for: ClientFor
    ) -> None:
        runtime = await open_app(app)
        seated = await seat_people(runtime, client_for, 1, "skin")
        await enter(seated, {("甲0", "skin"): 80})
        async with runtime.database.unit_of_work() as session:
            row = (await session.scalars(select(Result).where(Result.sheet_id == seated.row.id))).unique().one()
            row.specialties = []
        assert await rows_of(seated) == {("甲0", "职业性皮肤病"): (["skin"], 80)}

    @pytest.mark.req("BEY-02")
    async def test_a_place_that_is_only_offered_is_no_row(self, open_app: OpenApp, client_for: ClientFor) -> None:
        runtime = await open_app(app)
        holder, unit = (make_actor(Permission.GROUP_REGISTRATION) for _ in range(2))
        full = await fill(runtime, holder, await client_for(app, holder), capacity=1)
        waits = await client_for(app, unit)
        (entry,) = await queue(waits, full, await full.people(unit, 1))
        await full.give_up(1)
        await full.sweep()
        assert await status_of(waits, entry) == "offered"
        office = await client_for(app, make_actor(Permission.SCORE_ENTRY, level=Level.PROVINCE))
        seated = Seated(unit, full.plan, full.row, [], office, waits)
        assert await rows_of(seated) == {}
        await act(waits, entry, "accept")
        assert len(await rows_of(seated)) == 1


class TestSheet:
    @pytest.mark.req("STAFF-08")
    async def test_the_sheet_names_the_whole_group_and_is_read_back(
        self, open_app: OpenApp, client_for: ClientFor
    ) -> None:
        _, seated = await bundled(open_app, client_for)
        downloaded = await seated.office.get(f"{seated.sheet}/template")
        rows = [row.values for row in parse_sheet(downloaded.content, COLUMNS).rows]
        assert {row["specialty"] for row in rows} == {BUNDLE, POISON}
        filled = write_sheet("成绩", COLUMNS, [{**row, "score": "90"} for row in rows])
        files = {"file": ("成绩.xlsx", filled, "application/octet-stream")}
        report = (await seated.office.post(f"{seated.sheet}/import", params={"mode": "all"}, files=files)).json()
        assert (report["ready"], report["applied"]) == (2, True)
        assert {score for _, score in (await rows_of(seated)).values()} == {90}


class TestVerdict:
    @pytest.mark.req("CERT-04", "CERT-05", "STAFF-08")
    async def test_a_passed_group_counts_for_every_specialty_in_it(
        self, open_app: OpenApp, client_for: ClientFor
    ) -> None:
        runtime, seated = await bundled(open_app, client_for, 2)
        marks = {("甲0", "eye"): 60, ("甲0", "poisoning"): 10, ("甲1", "eye"): 59, ("甲1", "poisoning"): 90}
        await publish(seated, marks)
        events = {event.person_name: event.specialties for event in await told(runtime, seated, ResultPublished)}
        assert events == {"甲0": ("职业性皮肤病", "职业性眼病"), "甲1": (POISON,)}
        page = (await seated.own.get(f"/api/training/results/{seated.row.id}")).json()
        shown = [(row["name"], row["specialty_label"], row["conclusion"]) for row in page["results"]]
        assert sorted(shown) == sorted(
            [
                ("甲0", BUNDLE, "合格"),
                ("甲0", POISON, "不合格"),
                ("甲1", BUNDLE, "不合格"),
                ("甲1", POISON, "合格"),
            ]
        )

    @pytest.mark.req("CERT-01", "PLAT-08")
    @pytest.mark.parametrize(("part", "found"), [("zdys", 1), ("诊断医师", 1), ("诊 断医", 1), ("zsyd", 0)])
    async def test_the_list_is_searched_by_part_or_initials(
        self, open_app: OpenApp, client_for: ClientFor, part: str, found: int
    ) -> None:
        runtime = await open_app(app)
        seated = await seat_people(runtime, client_for, 1)
        async with runtime.database.unit_of_work() as session:
            plan = await session.merge(seated.plan)
            # A plan of this name may be there from another test, to be closed on the same day.
            plan.name, plan.twin = "省职业病诊断医师（试）培训", randrange(1, 30_000)
        query = {"name": part, "start_to": str(seated.row.start_date)}
        assert len((await seated.own.get("/api/training/results", params=query)).json()["items"]) == found
