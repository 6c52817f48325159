"""A sheet of more people than one request takes: a job that is watched, called off, continued after a death, and repeated."""

import io
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select, text

from services.training.main import app
from services.training.people.jobs.kinds import JOBS
from services.training.people.jobs.tasks import run_jobs
from services.training.people.personnel.importing import AT_ONCE, TOLD
from services.training.people.personnel.models import StaffMember
from shared.db.history import RecordType, changes_of
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from shared.tasks import job_rows
from shared.tasks.job_runner import JobRun
from tests.conftest import ClientFor
from tests.services.training.people.personnel.forms import IMPORT, PERSONNEL, XLSX, line, workbook

pytestmark = pytest.mark.req("BEY-07", "PLAT-09")
MANY = AT_ONCE + 20
JOBS_LIST = "/api/training/jobs"


@pytest.fixture
async def runtime(open_app: Callable[[FastAPI], Awaitable[Runtime]]) -> Runtime:
    return await open_app(app)


@pytest.fixture
def unit(make_actor: Callable[..., Actor]) -> Actor:
    return make_actor(Permission.INSTITUTION_FILING)


@pytest.fixture
async def client(client_for: ClientFor, unit: Actor) -> AsyncClient:
    return await client_for(app, unit)


async def send(client: AsyncClient, data: bytes, mode: str) -> Response:
    return await client.post(IMPORT, params={"mode": mode}, files={"file": ("人员.xlsx", data, XLSX)})


async def begun(client: AsyncClient, data: bytes, mode: str) -> str:
    """Sends the sheet and gives the address of its job."""
    answer = await send(client, data, mode)
    assert answer.status_code == 202, answer.text
    return answer.headers["Location"]


async def done(client: AsyncClient, runtime: Runtime, data: bytes, mode: str) -> dict[str, Any]:
    """The job after the worker has had its time."""
    address = await begun(client, data, mode)
    await run_jobs(runtime)
    job: dict[str, Any] = (await client.get(address)).json()
    return job


async def count(runtime: Runtime, unit: Actor) -> int:
    async with runtime.database.unit_of_work() as session:
        found = select(func.count()).where(StaffMember.unit_id == unit.organisation_id)
        return await session.scalar(found) or 0


async def first_batch(runtime: Runtime) -> JobRun[Any]:
    """A worker that has done one batch and then no more."""
    async with runtime.database.unit_of_work() as session:
        job = await job_rows.claim_job(session, JOBS)
    assert job is not None
    run = JobRun(runtime, JOBS, job)
    await run.open()
    await run.step()
    return run


class TestLargeSheet:
    async def test_it_is_a_job_with_a_report_and_repeating_it_changes_nothing(
        self, client: AsyncClient, runtime: Runtime, unit: Actor
    ) -> None:
        lines = [line(name=f"张{at}") for at in range(MANY)]
        data = workbook(lines)
        answer = await send(client, data, "all")
        waiting = answer.json()
        assert answer.headers["Location"] == f"{JOBS_LIST}/{waiting['id']}"
        assert (waiting["state"], waiting["state_label"], waiting["total"]) == ("waiting", "等待中", MANY)
        assert (waiting["kind_label"], waiting["result"]) == ("导入人员", None)
        await run_jobs(runtime)
        job = (await client.get(answer.headers["Location"])).json()
        assert (job["state_label"], job["done"], job["failed"], job["seconds_left"]) == ("已完成", MANY, 0, None)
        report = job["result"]
        assert (report["total"], report["created"], report["applied"]) == (MANY, MANY, True)
        assert await count(runtime, unit) == MANY
        again = await done(client, runtime, data, "all")
        assert (again["result"]["created"], again["result"]["unchanged"]) == (0, MANY)
        assert await count(runtime, unit) == MANY

    @pytest.mark.req("PLAT-04", "PLAT-05", "PLAT-08")
    async def test_each_person_is_as_if_typed_in(self, client: AsyncClient, runtime: Runtime, unit: Actor) -> None:
        wanted = line(name="欧阳震华", email="o@b.cn")
        await done(client, runtime, workbook([wanted, *(line() for _ in range(MANY))]), "all")
        (row,) = (await client.get(PERSONNEL, params={"name": "yzh"})).json()["items"]
        shown = (await client.get(f"{PERSONNEL}/{row['id']}")).json()
        assert (shown["resident_id"], shown["mobile"], shown["version"]) == (wanted["resident_id"], wanted["mobile"], 1)
        async with runtime.database.unit_of_work() as session:
            (made,) = await changes_of(session, RecordType("staff_member"), row["id"])
        assert (made.action, made.actor_id) == ("create", unit.account_id)
        assert wanted["resident_id"] not in str(made.after)
        assert wanted["mobile"] not in str(made.after)

    @pytest.mark.req("TRN-03", "PLAT-04")
    async def test_a_second_sheet_changes_what_differs(
        self, client: AsyncClient, runtime: Runtime, unit: Actor
    ) -> None:
        lines = [line() for _ in range(MANY)]
        await done(client, runtime, workbook(lines), "all")
        for each in lines[:3]:
            each["status"] = "离职"
        lines[2]["email"] = "a@b.cn"
        job = await done(client, runtime, workbook(lines), "all")
        assert (job["result"]["updated"], job["result"]["unchanged"]) == (3, MANY - 3)
        left = (await client.get(PERSONNEL, params={"status": "left"})).json()["items"]
        assert len(left) == 3
        async with runtime.database.unit_of_work() as session:
            changes = [
                [change.action for change in await changes_of(session, RecordType("staff_member"), row["id"])]
                for row in left
            ]
        assert sorted(changes) == [["create", "leave"], ["create", "leave"], ["create", "update", "leave"]]

    async def test_a_preview_changes_nothing(self, client: AsyncClient, runtime: Runtime, unit: Actor) -> None:
        job = await done(client, runtime, workbook([line() for _ in range(MANY)]), "preview")
        assert (job["result"]["created"], job["result"]["applied"]) == (MANY, False)
        assert await count(runtime, unit) == 0

    async def test_all_takes_nothing_with_one_bad_row_and_the_good_rows_go_without_it(
        self, client: AsyncClient, runtime: Runtime, unit: Actor
    ) -> None:
        data = workbook([*(line() for _ in range(MANY - 1)), line(mobile="123")])
        job = await done(client, runtime, data, "all")
        assert (job["state"], job["done"], job["failed"]) == ("done", MANY - 1, 1)
        assert (job["result"]["ready"], job["result"]["applied"], await count(runtime, unit)) == (MANY - 1, False, 0)
        job = await done(client, runtime, data, "good_rows")
        assert (job["result"]["created"], job["result"]["applied"]) == (MANY - 1, True)
        assert await count(runtime, unit) == MANY - 1


class TestErrors:
    @pytest.mark.req("PLAT-05")
    async def test_the_report_names_some_and_the_file_all(self, client: AsyncClient, runtime: Runtime) -> None:
        lines = [line(mobile="123", postcode="12") for _ in range(MANY)]
        lines[0]["resident_id"] = "320102196001010000"
        job = await done(client, runtime, workbook(lines), "good_rows")
        report = job["result"]
        assert (report["error_count"], len(report["errors"])) == (MANY * 2 + 1, TOLD)
        assert (report["errors"][0]["row"], report["errors"][0]["value"]) == (2, "3201********0000")
        answer = await client.get(f"{JOBS_LIST}/{job['id']}/file")
        assert "filename*=UTF-8''" in answer.headers["content-disposition"]
        rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        assert rows[0] == ["行", "列", "填写内容", "原因"]
        assert len(rows) == MANY * 2 + 2
        assert "320102196001010000" not in str(rows)

    async def test_a_job_without_a_file_says_so(self, client: AsyncClient, runtime: Runtime) -> None:
        job = await done(client, runtime, workbook([line() for _ in range(MANY)]), "preview")
        answer = await client.get(f"{JOBS_LIST}/{job['id']}/file")
        assert (job["files"], answer.status_code, answer.json()["code"]) == ([], 404, "job_file_missing")

    @pytest.mark.req("ORG-05")
    async def test_a_filing_that_is_submitted_meanwhile_ends_it_with_the_reason(
        self, client: AsyncClient, runtime: Runtime, unit: Actor
    ) -> None:
        address = await begun(client, workbook([line() for _ in range(MANY)]), "all")
        async with runtime.database.unit_of_work() as session:
            told = "UPDATE filings SET status = 'submitted' WHERE institution_id = :unit"
            await session.execute(text(told), {"unit": unit.organisation_id})
        await run_jobs(runtime)
        job = (await client.get(address)).json()
        assert (job["state_label"], await count(runtime, unit)) == ("失败", 0)
        assert "已提交，请先点击“撤销”再修改" in job["failure"]
        refused = await send(client, workbook([line() for _ in range(MANY)]), "all")
        assert (refused.status_code, refused.json()["code"]) == (409, "filing_submitted")


class TestWatching:
    async def test_a_death_between_batches_doubles_nobody(
        self, client: AsyncClient, runtime: Runtime, unit: Actor
    ) -> None:
        address = await begun(client, workbook([line() for _ in range(MANY)]), "all")
        await first_batch(runtime)
        half = (await client.get(address)).json()
        assert (half["state_label"], half["done"], half["total"]) == ("进行中", AT_ONCE, MANY)
        assert half["seconds_left"] is not None
        assert await count(runtime, unit) == AT_ONCE
        async with runtime.database.unit_of_work() as session:
            lapsed = text("UPDATE jobs SET leased_until = now() - interval '1 second' WHERE id = :id")
            await session.execute(lapsed, {"id": address.rpartition("/")[2]})
        await run_jobs(runtime)
        job = (await client.get(address)).json()
        assert (job["state"], job["result"]["created"], job["result"]["unchanged"]) == ("done", MANY, 0)
        assert await count(runtime, unit) == MANY

    @pytest.mark.req("PLAT-02")
    async def test_called_off_it_stops_before_the_next_batch(
        self, client: AsyncClient, runtime: Runtime, unit: Actor
    ) -> None:
        address = await begun(client, workbook([line() for _ in range(MANY)]), "all")
        run = await first_batch(runtime)
        stopping = (await client.post(f"{address}/cancel", json={"reason": "传错了文件"})).json()
        assert (stopping["state"], stopping["allowed_actions"][0]["code"]) == ("running", "job_stopping")
        assert await run.step() is False
        job = (await client.get(address)).json()
        assert (job["state_label"], job["done"], job["result"]["created"]) == ("已取消", AT_ONCE, AT_ONCE)
        assert await count(runtime, unit) == AT_ONCE
        async with runtime.database.unit_of_work() as session:
            changes = await changes_of(session, RecordType("job"), job["id"])
        assert [(each.action, each.reason) for each in changes] == [("create", None), ("cancel", "传错了文件")]

    @pytest.mark.req("PLAT-02")
    async def test_what_has_ended_cannot_be_called_off_and_says_why(
        self, client: AsyncClient, runtime: Runtime
    ) -> None:
        address = await begun(client, workbook([line() for _ in range(MANY)]), "preview")
        assert (await client.get(address)).json()["allowed_actions"][0]["allowed"] is True
        assert (await client.post(f"{address}/cancel")).json()["state_label"] == "已取消"
        (action,) = (await client.get(address)).json()["allowed_actions"]
        refused = await client.post(f"{address}/cancel")
        assert refused.status_code == 409
        assert (refused.json()["code"], refused.json()["detail"]) == (action["code"], action["reason"])

    @pytest.mark.req("PLAT-06")
    async def test_a_job_is_found_again_by_its_unit_and_by_nobody_else(
        self,
        client: AsyncClient,
        client_for: ClientFor,
        unit: Actor,
        runtime: Runtime,
        make_actor: Callable[..., Actor],
    ) -> None:
        older, newer = [await begun(client, workbook([line() for _ in range(MANY)]), "preview") for _ in range(2)]
        mine = [f"{JOBS_LIST}/{job['id']}" for job in (await client.get(JOBS_LIST)).json()["items"]]
        assert mine == [newer, older]
        colleague = await client_for(
            app, make_actor(Permission.INSTITUTION_FILING, organisation_id=unit.organisation_id)
        )
        assert (await colleague.get(older)).status_code == 200
        stranger = await client_for(app, make_actor(Permission.INSTITUTION_FILING))
        assert (await stranger.get(JOBS_LIST)).json()["items"] == []
        answers = [
            await stranger.get(older),
            await stranger.get(f"{older}/file"),
            await stranger.post(f"{older}/cancel"),
        ]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
        await run_jobs(runtime)
        assert (await client.get(older)).json()["state"] == "done"

    @pytest.mark.req("PLAT-03")
    async def test_the_same_request_again_begins_no_second_job(self, client: AsyncClient) -> None:
        sent = {"file": ("人员.xlsx", workbook([line()] * MANY), XLSX)}
        request = client.build_request("POST", IMPORT, files=sent)
        content, kind = await request.aread(), request.headers["Content-Type"]
        headers = {"Idempotency-Key": "import-once", "Content-Type": kind}
        answers = [
            await client.post(IMPORT, params={"mode": "preview"}, content=content, headers=headers) for _ in "12"
        ]
        assert [answer.status_code for answer in answers] == [202, 202]
        assert answers[0].headers["Location"] == answers[1].headers["Location"]
        assert len((await client.get(JOBS_LIST)).json()["items"]) == 1
