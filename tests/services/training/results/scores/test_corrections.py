"""A published result is corrected with a reason, and the certificate follows (STAFF-09); attendance can withhold one (BEY-15)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from services.training.consumers import HANDLERS
from services.training.invariants import passed_without_certificate
from services.training.main import app
from services.training.results.attendance.models import Attendance
from services.training.results.attendance.workflow import Means
from services.training.results.scores.models import ScoreSheet
from shared.clock import now_utc
from shared.db.history import RecordType, history_of
from shared.events.certificates import CertificateReissued, CertificateRevoked
from shared.events.training import ResultCorrected, ResultPublished
from shared.identifiers import new_id
from shared.roles import Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.training.results.scores.sheets import Seated, grid, group, publish, seat_people, seen, told
from tests.services.training.results.scores.test_results import issued

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
SKIN, EYE, POISON = "职业性皮肤病", "职业性眼病", "职业性化学中毒"


async def out(open_app: OpenApp, client_for: ClientFor) -> tuple[Runtime, Seated]:
    """甲0 has passed skin and eye, which are examined together, and failed poisoning."""
    runtime = await open_app(app)
    seated = await seat_people(runtime, client_for, 1, "skin", "eye", "poisoning")
    await group(runtime, seated, "skin", "eye")
    await publish(seated, {("甲0", "eye"): 80, ("甲0", "poisoning"): 40})
    return runtime, seated


async def correct(seated: Seated, code: str, client: httpx.AsyncClient | None = None, **body: Any) -> httpx.Response:
    shown = await grid(seated)
    row = next(row for row in shown["results"] if row["specialty_code"] == code)
    path, body = f"{seated.sheet}/results/{row['result_id']}/correct", {"reason": "阅卷有误", **body}
    return await (client or seated.office).post(path, json=body, headers=seen(shown["version"]))


@pytest.mark.req("STAFF-09")
class TestPreview:
    async def test_what_a_correction_would_do_is_said_and_nothing_is_written(
        self, open_app: OpenApp, client_for: ClientFor
    ) -> None:
        runtime, seated = await out(open_app, client_for)
        shown = await grid(seated)
        ids = {row["specialty_code"]: row["result_id"] for row in shown["results"]}

        async def effect(code: str, **body: Any) -> Any:
            answer = await seated.office.post(f"{seated.sheet}/results/{ids[code]}/correction", json=body)
            return answer.json()["effect"] if answer.status_code == 200 else answer.json()["code"]

        examined = next(code for code in ids if code != "poisoning")
        assert await effect("poisoning", score=70) == "issue"
        certificate = issued(seated, 0, new_id(), f"苏ZD{new_id().hex[-8:]}")
        async with runtime.database.unit_of_work() as session:
            await HANDLERS[type(certificate)](session, certificate)
        assert await effect("poisoning", score=70) == "reissue"
        assert await effect("poisoning", score=41) == "none"
        assert await effect(examined, conclusion="不合格") == "revoke"
        assert await effect(examined, score=80) == "nothing_corrected"
        assert (await grid(seated))["version"] == shown["version"]
        assert await told(runtime, seated, ResultCorrected) == []


@pytest.mark.req("STAFF-09")
class TestCorrect:
    async def test_the_row_changes_and_the_whole_person_is_told(self, open_app: OpenApp, client_for: ClientFor) -> None:
        runtime, seated = await out(open_app, client_for)
        answer = await correct(seated, "poisoning", score=60)
        assert answer.status_code == 200, answer.text
        row = next(row for row in answer.json()["results"] if row["specialty_code"] == "poisoning")
        assert (row["score"], row["conclusion"]) == (60, "合格")
        assert row["corrected_at"] is not None
        (event,) = await told(runtime, seated, ResultCorrected)
        assert (event.passed, event.specialties, event.reason) == (True, (SKIN, EYE, POISON), "阅卷有误")
        (first,) = await told(runtime, seated, ResultPublished)
        assert event.published_at > first.published_at
        assert (await correct(seated, "eye", score=0)).status_code == 200
        assert (await correct(seated, "poisoning", score=0)).status_code == 200
        told_last = (await told(runtime, seated, ResultCorrected))[1:]
        assert [(each.passed, each.specialties) for each in told_last] == [(True, (POISON,)), (False, ())]
        page = (await seated.own.get(f"/api/training/results/{seated.row.id}")).json()["results"]
        assert {row["conclusion"] for row in page} == {"不合格"}
        assert all(row["corrected_at"] for row in page)

    @pytest.mark.req("PLAT-04")
    async def test_its_history_says_who_what_and_why(self, open_app: OpenApp, client_for: ClientFor) -> None:
        runtime, seated = await out(open_app, client_for)
        await correct(seated, "poisoning", passed=True)
        async with runtime.database.unit_of_work() as session:
            step = (await history_of(session, RecordType("score_sheet"), seated.row.id))[-1]
        assert (step.action, step.reason) == ("correct", "阅卷有误")
        assert list((step.before or {}).values()) == [["40.0", False]]
        assert [mark for key, mark in (step.after or {}).items() if key != "version"] == [[None, True]]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"score": 59.9, "passed": True}, "passed"),
            ({"score": 100.1}, "score"),
            ({"score": 80.55}, "score"),
            ({}, "score"),
            ({"score": 70, "reason": " "}, "reason"),
            ({"score": 70, "reason": "长" * 401}, "reason"),
        ],
    )
    async def test_the_rules_are_those_of_entering_and_a_reason_is_needed(
        self, open_app: OpenApp, client_for: ClientFor, body: dict[str, Any], field: str
    ) -> None:
        runtime, seated = await out(open_app, client_for)
        answer = await correct(seated, "poisoning", **body)
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
        assert await told(runtime, seated, ResultCorrected) == []

    async def test_what_changes_nothing_is_refused(self, open_app: OpenApp, client_for: ClientFor) -> None:
        runtime, seated = await out(open_app, client_for)
        bodies: tuple[dict[str, Any], ...] = ({"score": 80}, {"score": 80, "passed": True})
        for body in bodies:
            answer = await correct(seated, "eye", **body)
            assert (answer.status_code, answer.json()["code"]) == (409, "nothing_corrected")
        assert await told(runtime, seated, ResultCorrected) == []

    @pytest.mark.req("PLAT-02", "PLAT-06")
    async def test_only_on_a_published_sheet_and_only_by_who_enters_scores(
        self, open_app: OpenApp, client_for: ClientFor
    ) -> None:
        runtime = await open_app(app)
        seated = await seat_people(runtime, client_for, 1)
        early = await correct(seated, "none", score=70)
        (button,) = (await grid(seated))["row_actions"]
        assert (early.status_code, early.json()["code"]) == (409, "not_published")
        assert (button["action"], button["reason"]) == ("correct", early.json()["detail"])
        assert all("allowed_actions" not in row for row in (await grid(seated))["results"])
        await publish(seated, {("甲0", "none"): 50})
        assert [each["allowed"] for each in (await grid(seated))["row_actions"]] == [True]
        assert (await correct(seated, "none", seated.own, score=70)).status_code == 403
        missing = await seated.office.post(
            f"{seated.sheet}/results/{new_id()}/correct", json={"passed": True, "reason": "x"}, headers=seen(1)
        )
        assert missing.status_code == 404
        assert (await correct(seated, "none", score=70)).status_code == 200


def revoked(seated: Seated, certificate_id: Any, number: str, *, by_correction: bool) -> CertificateRevoked:
    row = seated.people[0]
    return CertificateRevoked(
        certificate_id=certificate_id,
        number=number,
        registration_id=row.id,
        person_id=row.person_id,
        unit_id=row.unit_id,
        reason="冒名顶替",
        by_correction=by_correction,
    )


@pytest.mark.req("STAFF-09", "TRN-05")
class TestTheCertificateFollows:
    async def happens(self, runtime: Runtime, *events: Any) -> None:
        for event in events:
            async with runtime.database.unit_of_work() as session:
                await HANDLERS[type(event)](session, event)

    async def file_of(self, client_for: ClientFor, seated: Seated) -> dict[str, Any]:
        unit = make_actor(Permission.INSTITUTION_FILING, organisation_id=seated.unit.organisation_id)
        answer = await (await client_for(app, unit)).get(f"/api/training/personnel/{seated.people[0].staff_id}")
        body: dict[str, Any] = answer.json()
        return body

    @pytest.mark.req("CERT-06")
    async def test_a_reissue_changes_the_row_in_the_file_and_keeps_the_number(
        self, open_app: OpenApp, client_for: ClientFor
    ) -> None:
        runtime, seated = await out(open_app, client_for)
        first = issued(seated, 0, new_id(), f"苏ZD{new_id().hex[-8:]}")
        later = first.issued_on + timedelta(days=365)
        facts = {**first.model_dump(), "specialties": (SKIN, EYE), "valid_until": later}
        await self.happens(runtime, first, CertificateReissued(**facts), CertificateReissued(**facts))
        (row,) = (await self.file_of(client_for, seated))["qualifications"]
        assert (row["number"], row["scope"], row["expires_on"]) == (first.number, [SKIN, EYE], str(later))
        assert {row["certificate_number"] for row in (await grid(seated))["results"]} == {first.number}

    async def test_one_that_comes_back_counts_again(self, open_app: OpenApp, client_for: ClientFor) -> None:
        runtime, seated = await out(open_app, client_for)
        first = issued(seated, 0, new_id(), f"苏ZD{new_id().hex[-8:]}")
        gone = revoked(seated, first.certificate_id, first.number, by_correction=True)
        await self.happens(runtime, first, gone)
        rows = (await grid(seated))["results"]
        assert {(row["certificate_number"], row["certificate_withheld"]) for row in rows} == {(None, None)}
        await self.happens(runtime, CertificateReissued(**first.model_dump()))
        assert [row["state"] for row in (await self.file_of(client_for, seated))["qualifications"]] == ["valid"]
        page = (await seated.own.get(f"/api/training/results/{seated.row.id}")).json()["results"]
        assert {row["certificate_number"] for row in page} == {first.number}

    @pytest.mark.req("STAFF-10", "PLAT-02")
    async def test_one_that_a_person_revoked_stays_away_and_the_correction_says_so(
        self, open_app: OpenApp, client_for: ClientFor
    ) -> None:
        runtime, seated = await out(open_app, client_for)
        first = issued(seated, 0, new_id(), f"苏ZD{new_id().hex[-8:]}")
        await self.happens(runtime, first, revoked(seated, first.certificate_id, first.number, by_correction=False))
        rows = (await correct(seated, "poisoning", score=90)).json()["results"]
        expected = f"证书 {first.number} 已由发证单位撤销（冒名顶替），该编号不再恢复；成绩更正为合格或省疾控重新发证时另编新号"
        assert {row["certificate_withheld"] for row in rows} == {expected}
        page = (await seated.own.get(f"/api/training/results/{seated.row.id}")).json()["results"]
        assert {(row["certificate_withheld"], row["certificate_number"]) for row in page} == {(expected, None)}


@pytest.mark.req("BEY-15")
class TestAttendance:
    async def asked(self, open_app: OpenApp, client_for: ClientFor, percent: int | None) -> tuple[Runtime, Seated]:
        """甲0 came on every day, 甲1 on one of three."""
        runtime = await open_app(app)
        seated = await seat_people(runtime, client_for, 2, "skin")
        async with runtime.database.unit_of_work() as session:
            plan = await session.merge(seated.plan)
            plan.minimum_attendance = percent
            for at, days in enumerate((3, 1)):
                for day in range(days):
                    session.add(
                        Attendance(
                            class_session_id=seated.row.id,
                            registration_id=seated.people[at].id,
                            day=seated.row.start_date + timedelta(days=day),
                            means=Means.LIST,
                            recorded_at=now_utc(),
                        )
                    )
        return runtime, seated

    async def test_who_lacks_it_keeps_the_marks_and_gets_no_certificate(
        self, open_app: OpenApp, client_for: ClientFor
    ) -> None:
        runtime, seated = await self.asked(open_app, client_for, 60)
        await publish(seated, {("甲0", "skin"): 90, ("甲1", "skin"): 90})
        events = {event.person_name: event.passed for event in await told(runtime, seated, ResultPublished)}
        assert events == {"甲0": True, "甲1": False}
        page = (await seated.own.get(f"/api/training/results/{seated.row.id}")).json()["results"]
        for rows in ((await grid(seated))["results"], page):
            shown = {row["name"]: (row["score"], row["conclusion"], row["certificate_withheld"]) for row in rows}
            assert shown["甲0"] == (90, "合格", None)
            assert shown["甲1"][:2] == (90, "合格")
            assert "签到 1 天" in (shown["甲1"][2] or "")

    @pytest.mark.req("STAFF-09")
    async def test_a_correction_does_not_get_round_it(self, open_app: OpenApp, client_for: ClientFor) -> None:
        runtime, seated = await self.asked(open_app, client_for, 60)
        await publish(seated, {("甲0", "skin"): 10, ("甲1", "skin"): 10})
        rows = (await grid(seated))["results"]
        assert {row["certificate_withheld"] for row in rows} == {None}
        for row in rows:
            body = {"score": 90, "reason": "漏加一题"}
            path = f"{seated.sheet}/results/{row['result_id']}/correct"
            assert (await seated.office.post(path, json=body, headers=seen(999))).status_code == 200
        events = {event.person_name: event.passed for event in await told(runtime, seated, ResultCorrected)}
        assert events == {"甲0": True, "甲1": False}

    async def test_a_plan_that_asks_for_none_withholds_nothing(self, open_app: OpenApp, client_for: ClientFor) -> None:
        runtime, seated = await self.asked(open_app, client_for, None)
        body = await publish(seated, {("甲0", "skin"): 90, ("甲1", "skin"): 90})
        assert {row["certificate_withheld"] for row in body["results"]} == {None}
        assert [event.passed for event in await told(runtime, seated, ResultPublished)] == [True, True]

    @pytest.mark.req("PLAT-11")
    async def test_nobody_waits_for_a_certificate_that_is_withheld(
        self, open_app: OpenApp, client_for: ClientFor
    ) -> None:
        runtime, seated = await self.asked(open_app, client_for, 60)
        await publish(seated, {("甲0", "skin"): 90, ("甲1", "skin"): 90})
        async with runtime.database.unit_of_work() as session:
            sheet = await session.get_one(ScoreSheet, seated.row.id)
            sheet.published_at = now_utc() - timedelta(minutes=11)
            await session.execute(update(Attendance).values(recorded_at=sheet.published_at))
            await session.flush()
            found = {finding.subject for finding in await passed_without_certificate(session)}
        assert {str(each.id) for each in seated.people} & found == {str(seated.people[0].id)}
