"""Ordering a bundle: who may, of what, and how a selection is refused (STAFF-10)."""

from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from services.certificates.bundles import service
from services.certificates.bundles.schemas import MAX_CHOSEN
from services.certificates.jobs.tasks import run_jobs
from services.certificates.main import app
from shared.db.history import history_of
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.tasks.jobs import RECORD
from tests.conftest import ClientFor
from tests.services.certificates.bundles.papers import BUNDLES, job_row, ordered, paper, papers
from tests.services.certificates.records import RESIDENT_ID

pytestmark = pytest.mark.req("STAFF-10", "PLAT-09")


class TestOrdering:
    async def test_it_is_a_job(self, client: AsyncClient, runtime: Runtime, unit: Actor) -> None:
        await papers(runtime, unit, 2)
        answer = await client.post(BUNDLES, json={"filters": {}})
        job = answer.json()
        assert (answer.status_code, answer.headers["Location"]) == (202, f"/api/certificates/jobs/{job['id']}")
        assert (job["kind_label"], job["state"], job["total"], job["files"]) == ("打包证书", "waiting", 2, [])

    @pytest.mark.parametrize(
        ("filters", "found"),
        [
            ({"holder_name": "zsf"}, 1),
            ({"holder_name": "李"}, 1),
            ({"plan_name": "诊断医师", "status": ["valid"]}, 2),
            ({"number": "苏职卫培"}, 2),
        ],
    )
    async def test_filters_are_those_of_the_list(
        self, client: AsyncClient, runtime: Runtime, unit: Actor, filters: dict[str, Any], found: int
    ) -> None:
        await paper(runtime, unit)
        await paper(runtime, unit, person_name="李四")
        answer = await client.post(BUNDLES, json={"filters": filters})
        assert answer.json()["total"] == found

    @pytest.mark.req("PLAT-03")
    async def test_the_same_request_again_begins_no_second_job(
        self, client: AsyncClient, runtime: Runtime, unit: Actor
    ) -> None:
        await paper(runtime, unit)
        headers = {"Idempotency-Key": "bundle-once"}
        answers = [await client.post(BUNDLES, json={"filters": {}}, headers=headers) for _ in "12"]
        assert [answer.status_code for answer in answers] == [202, 202]
        assert answers[0].headers["Location"] == answers[1].headers["Location"]
        assert len((await client.get("/api/certificates/jobs")).json()["items"]) == 1

    @pytest.mark.req("PLAT-05")
    async def test_the_order_holds_no_resident_id(self, client: AsyncClient, runtime: Runtime, unit: Actor) -> None:
        made = await paper(runtime, unit)
        row = await job_row(runtime, await ordered(client, certificate_ids=[str(made.id)]))
        assert RESIDENT_ID not in str(row.arguments)


class TestRefusals:
    @pytest.mark.parametrize("body", [{}, {"filters": {}, "certificate_ids": [str(new_id())]}])
    async def test_a_selection_is_one_of_both(self, client: AsyncClient, body: dict[str, Any]) -> None:
        answer = await client.post(BUNDLES, json=body)
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["field"], error["code"]) == (422, "certificate_ids", "selection_unclear")

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"certificate_ids": []}, "certificate_ids"),
            ({"certificate_ids": [str(new_id()) for _ in range(MAX_CHOSEN + 1)]}, "certificate_ids"),
            ({"certificate_ids": ["x"]}, "certificate_ids"),
            ({"filters": {}, "form": "rar"}, "form"),
            ({"filters": {}, "order": "age"}, "order"),
            ({"filters": {"unit": "x"}}, "filters"),
            ({"filters": {"holder_name": "字" * 101}}, "filters"),
        ],
    )
    async def test_what_cannot_be_is_named(self, client: AsyncClient, body: dict[str, Any], field: str) -> None:
        answer = await client.post(BUNDLES, json=body)
        assert answer.status_code == 422
        assert {error["field"].partition(".")[0] for error in answer.json()["errors"]} == {field}

    async def test_a_filter_that_is_null_is_none(self, client: AsyncClient) -> None:
        answer = await client.post(BUNDLES, json={"filters": {"plan_name": None, "number": "没有这个号"}})
        assert (answer.status_code, answer.json()["code"]) == (422, "nothing_selected")

    async def test_nothing_selected_says_so(self, client: AsyncClient) -> None:
        answer = await client.post(BUNDLES, json={"filters": {}})
        assert (answer.status_code, answer.json()["code"]) == (422, "nothing_selected")

    async def test_too_many_are_refused_with_the_limit(
        self, client: AsyncClient, runtime: Runtime, unit: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await papers(runtime, unit, 3)
        monkeypatch.setattr(service, "MAX_CERTIFICATES", 2)
        answer = await client.post(BUNDLES, json={"filters": {}})
        assert (answer.status_code, answer.json()["code"]) == (422, "too_many_selected")
        assert "50000" in answer.json()["detail"]

    async def test_what_is_gone_by_the_time_of_the_work_is_said(
        self, client: AsyncClient, runtime: Runtime, unit: Actor
    ) -> None:
        made = await paper(runtime, unit)
        address = await ordered(client, filters={"status": ["valid"]})
        async with runtime.database.unit_of_work() as session:
            moved = "UPDATE certificates SET status = 'preparing' WHERE id = :id"
            await session.execute(text(moved), {"id": made.id})
        await run_jobs(runtime)
        job = (await client.get(address)).json()
        assert (job["state"], job["failure"]) == ("failed", service.NothingSelected.detail)


@pytest.mark.req("PLAT-06")
class TestWho:
    async def test_ids_of_somebody_else_are_not_found(
        self, client: AsyncClient, runtime: Runtime, unit: Actor, make_actor: Any
    ) -> None:
        own, other = await paper(runtime, unit), await paper(runtime, make_actor())
        for chosen in ([other.id], [own.id, other.id], [new_id()]):
            answer = await client.post(BUNDLES, json={"certificate_ids": [str(each) for each in chosen]})
            assert (answer.status_code, answer.json()["code"]) == (404, "certificate_not_found")

    async def test_filters_find_only_ones_own(
        self, client: AsyncClient, runtime: Runtime, unit: Actor, make_actor: Any
    ) -> None:
        session_id = new_id()
        for owner in (unit, make_actor()):
            await paper(runtime, owner, class_session_id=session_id)
        answer = await client.post(BUNDLES, json={"filters": {"class_session_id": str(session_id)}})
        assert answer.json()["total"] == 1

    async def test_the_province_bundles_those_of_every_unit(
        self, client_for: ClientFor, runtime: Runtime, staff: Actor, make_actor: Any
    ) -> None:
        session_id = new_id()
        for _ in "12":
            await paper(runtime, make_actor(), class_session_id=session_id)
        official = await client_for(app, staff)
        answer = await official.post(BUNDLES, json={"filters": {"class_session_id": str(session_id)}})
        assert answer.json()["total"] == 2

    @pytest.mark.req("PLAT-05")
    async def test_who_may_not_read_resident_ids_may_not_bundle(self, client_for: ClientFor, make_actor: Any) -> None:
        overseer = make_actor(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region="320100")
        assert (await (await client_for(app, overseer)).post(BUNDLES, json={"filters": {}})).status_code == 403
        assert (await (await client_for(app, None)).post(BUNDLES, json={"filters": {}})).status_code == 401

    async def test_job_and_file_are_found_by_the_own_unit_and_by_nobody_else(
        self, client: AsyncClient, client_for: ClientFor, runtime: Runtime, unit: Actor, make_actor: Any
    ) -> None:
        await paper(runtime, unit)
        address = await ordered(client, filters={})
        await run_jobs(runtime)
        assert (await client.get(f"{address}/file")).status_code == 200
        async with runtime.database.unit_of_work() as session:
            rows = await history_of(session, RECORD, UUID(address.rpartition("/")[2]))
        assert [(row.action, row.after) for row in rows][-1] == ("view_file", {"part": 1})
        assert (await client.get(f"{address}/file", params={"part": 2})).json()["code"] == "job_file_missing"
        stranger = await client_for(app, make_actor(Permission.GROUP_REGISTRATION))
        colleague = await client_for(
            app, make_actor(Permission.HAZARD_DECLARATION, organisation_id=unit.organisation_id)
        )
        assert [(await each.get(f"{address}/file")).status_code for each in (stranger, colleague)] == [404, 404]
