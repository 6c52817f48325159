"""Scores are entered by page and by sheet, and published once (STAFF-08)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from services.training.classes.class_sessions.models import ClassSession
from services.training.enrolment.registrations.bodies import ReturnBody
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import REGISTRATION, RegistrationAction
from services.training.main import app
from services.training.results.scores.sheet import COLUMNS
from shared.db.types import field_cipher
from shared.events.training import ResultPublished
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.sheets import parse_sheet, write_sheet
from shared.workflow.apply import ActionRefused, apply
from tests.conftest import ClientFor, make_actor
from tests.services.training.records import today
from tests.services.training.results.scores.sheets import EARLY, Seated, grid, save, seat_people, told

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]


async def enter_all(seated: Seated, score: float) -> None:
    rows = [{"result_id": row["result_id"], "score": score} for row in (await grid(seated))["results"]]
    assert (await save(seated, rows)).status_code == 200


@pytest.mark.req("STAFF-08")
class TestEntry:
    async def test_the_pass_mark_decides(self, open_app: OpenApp, client_for: ClientFor) -> None:
        seated = await seat_people(await open_app(app), client_for, 2, "skin", "eye")
        rows = (await grid(seated))["results"]
        assert len(rows) == 4
        entries = [
            {"result_id": rows[0]["result_id"], "score": 60},
            {"result_id": rows[1]["result_id"], "score": "59.9"},
            {"result_id": rows[2]["result_id"], "passed": True},
        ]
        await save(seated, entries)
        shown = {row["result_id"]: (row["score"], row["conclusion"]) for row in (await grid(seated))["results"]}
        assert [shown[row["result_id"]] for row in rows] == [(60, "合格"), (59.9, "不合格"), (None, "合格"), (None, "")]

    @pytest.mark.parametrize(
        ("entry", "field"),
        [
            ({"score": 100.1}, "0.score"),
            ({"score": -1}, "0.score"),
            ({"score": 80.55}, "0.score"),
            ({"score": 59, "passed": True}, "0.passed"),
            ({"result_id": "019a0000-0000-7000-8000-000000000000", "score": 60}, "0.result_id"),
        ],
    )
    async def test_a_bad_entry_is_named_and_nothing_is_taken(
        self, open_app: OpenApp, client_for: ClientFor, entry: dict[str, Any], field: str
    ) -> None:
        seated = await seat_people(await open_app(app), client_for, 2)
        rows = (await grid(seated))["results"]
        entries = [{"result_id": rows[0]["result_id"], **entry}, {"result_id": rows[1]["result_id"], "score": 90}]
        answer = await save(seated, entries)
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
        assert [row["score"] for row in (await grid(seated))["results"]] == [None, None]

    async def test_who_is_returned_leaves_the_sheet(self, open_app: OpenApp, client_for: ClientFor) -> None:
        runtime = await open_app(app)
        seated = await seat_people(runtime, client_for, 2)
        await enter_all(seated, 80)
        async with runtime.database.unit_of_work() as session:
            row = await session.get_one(Registration, seated.people[0].id)
            cdc = make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE)
            await apply(session, REGISTRATION, row, RegistrationAction.RETURN, actor=cdc, body=ReturnBody(reason="x"))
        assert [row["registration_id"] for row in (await grid(seated))["results"]] == [str(seated.people[1].id)]


@pytest.mark.req("STAFF-08")
class TestSheet:
    async def fill(self, seated: Seated, changes: dict[int, dict[str, str]]) -> bytes:
        """The downloaded sheet with 80 for everybody, and changes by its row number."""
        downloaded = await seated.office.get(f"{seated.sheet}/template")
        rows = [row.values | {"score": "80"} for row in parse_sheet(downloaded.content, COLUMNS).rows]
        for number, change in changes.items():
            rows[number - 2] |= change
        return write_sheet("成绩", COLUMNS, rows)

    async def send(self, seated: Seated, data: bytes, mode: str) -> dict[str, Any]:
        files = {"file": ("成绩.xlsx", data, "application/octet-stream")}
        answer = await seated.office.post(f"{seated.sheet}/import", params={"mode": mode}, files=files)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def test_bad_rows_are_named_and_the_modes_differ(self, open_app: OpenApp, client_for: ClientFor) -> None:
        seated = await seat_people(await open_app(app), client_for, 6)
        bad = {
            2: {"score": "101"},
            3: {"score": "八十"},
            4: {"name": "别人"},
            5: {"number": "R0000000000"},
            6: {"conclusion": "不合格"},
        }
        data = await self.fill(seated, bad)
        for mode, applied, entered in (("preview", False, 0), ("all", False, 0), ("good_rows", True, 1)):
            report = await self.send(seated, data, mode)
            named = [(error["row"], error["column"], error["code"]) for error in report["errors"]]
            assert named == [
                (2, "E 成绩", "score_out_of_range"),
                (3, "E 成绩", "score_not_a_number"),
                (4, "B 姓名", "name_differs"),
                (5, "A 报名编号", "row_unknown"),
                (6, "F 结论", "conclusion_contradicts"),
            ]
            assert (report["total"], report["ready"], report["applied"]) == (6, 1, applied)
            assert sum(row["passed"] is True for row in (await grid(seated))["results"]) == entered
        assert (await self.send(seated, await self.fill(seated, {}), "all"))["applied"] is True
        assert all(row["score"] == 80 for row in (await grid(seated))["results"])

    async def test_a_blank_row_changes_nothing_and_a_doubled_one_is_refused(
        self, open_app: OpenApp, client_for: ClientFor
    ) -> None:
        seated = await seat_people(await open_app(app), client_for, 2)
        await enter_all(seated, 70)
        report = await self.send(seated, await self.fill(seated, {2: {"score": "", "conclusion": ""}}), "all")
        assert (report["blank"], report["ready"], report["applied"]) == (1, 1, True)
        assert sorted(row["score"] for row in (await grid(seated))["results"]) == [70, 80]
        first = (await grid(seated))["results"][0]
        twin = {"number": first["registration_no"], "name": first["name"]}
        report = await self.send(seated, await self.fill(seated, {2: twin, 3: twin}), "all")
        assert [error["code"] for error in report["errors"]] == ["row_doubled"]


class TestPublication:
    @pytest.mark.req("STAFF-08", "CERT-05", "CERT-06")
    async def test_each_person_is_told_once_with_what_was_passed(
        self, open_app: OpenApp, client_for: ClientFor
    ) -> None:
        runtime = await open_app(app)
        seated = await seat_people(runtime, client_for, 2, "skin", "eye")
        refused = await seated.office.post(f"{seated.sheet}/publish", json=EARLY)
        assert (refused.status_code, refused.json()["code"]) == (409, "results_missing")
        marks = {("甲0", "skin"): 90, ("甲0", "eye"): 10, ("甲1", "skin"): 0, ("甲1", "eye"): 59}
        rows = (await grid(seated))["results"]
        entries = [{"result_id": r["result_id"], "score": marks[r["name"], r["specialty_code"]]} for r in rows]
        await save(seated, entries)
        assert (await seated.office.post(f"{seated.sheet}/publish", json=EARLY)).status_code == 200
        events = {event.person_name: event for event in await told(runtime, seated, ResultPublished)}
        assert {name: (e.passed, e.specialties) for name, e in events.items()} == {
            "甲0": (True, ("职业性皮肤病",)),
            "甲1": (False, ()),
        }
        number = seated.people[0].staff.person.resident_id
        assert events["甲0"].resident_id.open(field_cipher()) == number
        assert number not in events["甲0"].model_dump_json()

    @pytest.mark.req("STAFF-08")
    @pytest.mark.parametrize(("ends_in", "needs_reason"), [(1, True), (0, False), (-1, False)])
    async def test_before_the_last_day_it_needs_a_reason(
        self, open_app: OpenApp, client_for: ClientFor, ends_in: int, needs_reason: bool
    ) -> None:
        runtime = await open_app(app)
        seated = await seat_people(runtime, client_for, 1)
        last = today() + timedelta(days=ends_in)
        async with runtime.database.unit_of_work() as session:
            days = {"start_date": last, "end_date": last, "selection_deadline": last}
            await session.execute(update(ClassSession).where(ClassSession.id == seated.row.id).values(days))
        await enter_all(seated, 80)
        actions = {each["action"]: each["needs_reason"] for each in (await grid(seated))["allowed_actions"]}
        assert actions["publish"] is needs_reason
        if needs_reason:
            for body in ({}, {"reason": " "}):
                refused = await seated.office.post(f"{seated.sheet}/publish", json=body)
                assert (refused.status_code, refused.json()["code"]) == (409, "class_session_not_over")
            assert await told(runtime, seated, ResultPublished) == []
        reason = EARLY if needs_reason else {}
        assert (await seated.office.post(f"{seated.sheet}/publish", json=reason)).status_code == 200

    @pytest.mark.req("STAFF-08", "STAFF-04")
    async def test_nothing_changes_after_publication(self, open_app: OpenApp, client_for: ClientFor) -> None:
        runtime = await open_app(app)
        seated = await seat_people(runtime, client_for, 2)
        await enter_all(seated, 80)
        assert (await seated.office.post(f"{seated.sheet}/publish", json=EARLY)).status_code == 200
        row = (await grid(seated))["results"][0]
        entry = [{"result_id": row["result_id"], "score": 10}]
        assert (await save(seated, entry)).json()["code"] == "results_published"
        assert (await seated.office.post(f"{seated.sheet}/publish", json=EARLY)).status_code == 409
        taken_back = {"class_session_id": str(seated.row.id), "specialty_code": "none", "registration_ids": []}
        answer = await seated.own.put(f"/api/training/selections/{seated.plan.id}/placements", json=taken_back)
        assert (answer.status_code, answer.json()["code"]) == (409, "results_published")
        async with runtime.database.unit_of_work() as session:
            registration = await session.get_one(Registration, seated.people[0].id)
            cdc = make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE)
            with pytest.raises(ActionRefused):
                body = ReturnBody(reason="x")
                await apply(session, REGISTRATION, registration, RegistrationAction.RETURN, actor=cdc, body=body)
        assert len(await told(runtime, seated, ResultPublished)) == 2
