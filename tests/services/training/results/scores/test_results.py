"""What a unit sees of its people's results (CERT-01…06)."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from services.training.main import app
from services.training.results.scores.certificates import forget_certificate, note_certificate
from services.training.results.scores.unit_repository import ResultFilter
from shared.events.certificates import CertificateIssued, CertificateRevoked
from shared.identifiers import new_id
from shared.roles import Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.training.records import today
from tests.services.training.results.scores.sheets import EARLY, Seated, grid, save, seat_people
from tests.services.training.results.scores.test_entry import enter_all

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
RESULTS = "/api/training/results"


def issued(seated: Seated, at: int, certificate_id: UUID, number: str) -> CertificateIssued:
    row = seated.people[at]
    return CertificateIssued(
        certificate_id=certificate_id,
        number=number,
        registration_id=row.id,
        class_session_id=seated.row.id,
        person_id=row.person_id,
        person_name=row.staff.name,
        unit_id=row.unit_id,
        plan_type=seated.plan.type_code,
        plan_name=seated.plan.name,
        specialties=("职业性皮肤病",),
        issued_on=today(),
        valid_until=None,
    )


class TestList:
    @pytest.mark.req("CERT-01")
    async def test_the_range_is_this_year_until_today_unless_given(
        self, open_app: OpenApp, client_for: ClientFor
    ) -> None:
        assert ResultFilter().days == (date(today().year, 1, 1), today())
        long_ago, later = date(2019, 5, 6), today() + timedelta(days=400)
        assert ResultFilter(start_to=long_ago).days == (date(2019, 1, 1), long_ago)
        assert ResultFilter(start_to=later).days == (date(today().year, 1, 1), later)
        assert ResultFilter(start_from=later).days == (later, date.max)
        assert ResultFilter(start_from=long_ago).days == (long_ago, today())
        seated = await seat_people(await open_app(app), client_for, 1)
        assert (await seated.own.get(RESULTS)).json()["items"] == []
        start = str(seated.row.start_date)
        for query, found in (({"start_to": start}, 1), ({"start_from": start, "start_to": start}, 1)):
            assert len((await seated.own.get(RESULTS, params=query)).json()["items"]) == found
        for extra, found in (({"name": seated.plan.name[2:]}, 1), ({"name": "没有"}, 0), ({"type_code": "x"}, 0)):
            items = (await seated.own.get(RESULTS, params={"start_to": start, **extra})).json()["items"]
            assert len(items) == found

    @pytest.mark.req("CERT-01", "STAFF-12")
    async def test_what_the_board_counts_as_new_is_there_whatever_the_usual_days(
        self, open_app: OpenApp, client_for: ClientFor
    ) -> None:
        seated = await seat_people(await open_app(app), client_for, 1)
        await enter_all(seated, 80)
        await seated.office.post(f"{seated.sheet}/publish", json=EARLY)
        tasks = (await seated.own.get("/api/training/boards/unit")).json()["tasks"]
        assert [each["count"] for each in tasks if each["key"] == "results"] == [1]
        assert len((await seated.own.get(RESULTS)).json()["items"]) == 1
        assert (await seated.own.get(RESULTS, params={"start_to": str(today())})).json()["items"] == []

    @pytest.mark.req("CERT-02", "CERT-03", "PLAT-06")
    async def test_a_row_can_be_viewed_once_scores_are_out(self, open_app: OpenApp, client_for: ClientFor) -> None:
        seated = await seat_people(await open_app(app), client_for, 1, "skin", "eye")
        query = {"start_to": str(seated.row.start_date)}
        before = (await seated.own.get(RESULTS, params=query)).json()["items"][0]
        assert (before["specialties"], before["viewable"]) == ("职业性皮肤病，职业性眼病", False)
        await enter_all(seated, 80)
        assert (await seated.own.get(f"{RESULTS}/{seated.row.id}")).json()["results"] == []
        await seated.office.post(f"{seated.sheet}/publish", json=EARLY)
        assert (await seated.own.get(RESULTS, params=query)).json()["items"][0]["viewable"] is True
        assert len((await seated.own.get(f"{RESULTS}/{seated.row.id}")).json()["results"]) == 2
        stranger = await client_for(app, make_actor(Permission.GROUP_REGISTRATION))
        assert (await stranger.get(RESULTS, params=query)).json()["items"] == []
        assert (await stranger.get(f"{RESULTS}/{seated.row.id}")).status_code == 404


class TestDetail:
    @pytest.mark.req("CERT-04", "CERT-05", "CERT-06", "X13")
    async def test_passed_categories_share_the_number_until_it_is_revoked(
        self, open_app: OpenApp, client_for: ClientFor
    ) -> None:
        runtime = await open_app(app)
        seated = await seat_people(runtime, client_for, 2, "skin", "eye")
        scores = {"skin": 90, "eye": 59.5}
        rows = (await grid(seated))["results"]
        entries = [{"result_id": row["result_id"], "score": scores[row["specialty_code"]]} for row in rows]
        await save(seated, entries)
        await seated.office.post(f"{seated.sheet}/publish", json=EARLY)
        certificate_id, number = new_id(), "苏ZD2026000001"
        async with runtime.database.unit_of_work() as session:
            for _ in range(2):
                await note_certificate(session, issued(seated, 0, certificate_id, number))

        async def shown() -> set[tuple[Any, ...]]:
            body = (await seated.own.get(f"{RESULTS}/{seated.row.id}")).json()
            keys = ("name", "score", "conclusion", "certificate_number", "certificate_id")
            return {tuple(row[key] for key in keys) for row in body["results"]}

        assert await shown() == {
            ("甲0", 90, "合格", number, str(certificate_id)),
            ("甲0", 59.5, "不合格", number, str(certificate_id)),
            ("甲1", 90, "合格", None, None),
            ("甲1", 59.5, "不合格", None, None),
        }
        row = seated.people[0]
        revoked = CertificateRevoked(
            certificate_id=certificate_id,
            number=number,
            registration_id=row.id,
            person_id=row.person_id,
            unit_id=row.unit_id,
            reason="更正",
        )
        async with runtime.database.unit_of_work() as session:
            await forget_certificate(session, revoked)
        assert {each[3] for each in await shown()} == {None}
