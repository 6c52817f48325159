"""The sheet of a long list is a job of whoever asked for it, with the filter and the rights of that moment (BEY-07, PLAT-09)."""

import io
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from python_calamine import CalamineWorkbook
from sqlalchemy import select, text

from services.training.main import app
from services.training.people.jobs.kinds import JOBS
from services.training.people.jobs.models import Job
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.scopes import Scope
from shared.tasks import job_rows
from shared.tasks.job_runner import JobRun, run_jobs, tidy_jobs
from shared.web import export_sheets, exports
from tests.conftest import ClientFor
from tests.services.training.enrolment.registrations.stage import Stage, set_stage
from tests.services.training.records import add_institution, add_staff

pytestmark = pytest.mark.req("BEY-07", "PLAT-09")
MakeActor = Callable[..., Actor]
OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
ASKED = "/api/training/exports/personnel.xlsx"
BOUND, PAGE, PEOPLE = 3, 5, 12


@pytest.fixture
async def stage(
    open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor, monkeypatch: pytest.MonkeyPatch
) -> Stage:
    """A unit with more people than a request makes a sheet of, three pages of them, and no other's job."""
    monkeypatch.setattr(exports, "_bound", lambda export, actor: None if actor.scopes else BOUND)
    monkeypatch.setattr(export_sheets, "MAX_LIMIT", PAGE)
    monkeypatch.setattr(export_sheets, "EXPORTED_LIMIT", PAGE)
    stage = await set_stage(open_app, client_for, make_actor)
    async with stage.work() as session:
        await session.execute(text("UPDATE jobs SET done_at = now() WHERE done_at IS NULL"))
        await add_institution(session, stage.actor)
        for at in range(PEOPLE):
            await add_staff(session, stage.actor, f"张{at:04}")
    return stage


async def asked(client: AsyncClient, **params: Any) -> dict[str, Any]:
    answer = await client.get(ASKED, params=params)
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/api/training/jobs/{job['id']}"
    return job


async def now(client: AsyncClient, job: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = (await client.get(f"/api/training/jobs/{job['id']}")).json()
    return answer


def rows_of(answer: Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    head, *rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


async def fetched(client: AsyncClient, job: dict[str, Any]) -> list[dict[str, Any]]:
    return rows_of(await client.get(f"/api/training/jobs/{job['id']}/file"))


async def stored(stage: Stage) -> list[Job]:
    async with stage.work() as session:
        return list(await session.scalars(select(Job).where(Job.account_id == stage.actor.account_id)))


class TestMaking:
    async def test_a_long_list_becomes_a_job_with_the_whole_sheet(self, stage: Stage) -> None:
        job = await asked(stage.unit, sort="-name")
        assert (job["kind_label"], job["state"], job["files"]) == ("导出：人员信息", "waiting", [])
        await run_jobs(stage.runtime, JOBS)
        done = await now(stage.unit, job)
        assert (done["state"], done["done"], done["total"], done["result"]) == (
            "done",
            PEOPLE,
            PEOPLE,
            {"rows": PEOPLE},
        )
        (file,) = done["files"]
        assert file["name"].startswith("人员信息_")
        rows = await fetched(stage.unit, job)
        assert [row["姓名"] for row in rows] == [f"张{at:04}" for at in reversed(range(PEOPLE))]
        assert all("*" in row["身份证号"] for row in rows)

    async def test_a_short_one_is_answered_at_once(self, stage: Stage) -> None:
        assert len(rows_of(await stage.unit.get(ASKED, params={"name": "张0007"}))) == 1
        assert await stored(stage) == []

    async def test_progress_is_told_while_it_is_made(self, stage: Stage) -> None:
        job = await asked(stage.unit)
        run = await claimed(stage)
        await run.open()
        await run.step()
        half = await now(stage.unit, job)
        assert (half["state"], half["done"], half["total"]) == ("running", PAGE, PEOPLE)
        await run.close()

    @pytest.mark.req("PLAT-11")
    async def test_a_killed_worker_is_followed_by_one_that_begins_anew(self, stage: Stage) -> None:
        job = await asked(stage.unit)
        run = await claimed(stage)
        await run.open()
        await run.step()
        async with stage.work() as session:
            await session.execute(text("UPDATE jobs SET leased_until = now() - interval '1 second'"))
        await run_jobs(stage.runtime, JOBS)
        with pytest.raises(job_rows.LeaseLost):
            await run.step()
        await run.close()
        assert len(await fetched(stage.unit, job)) == PEOPLE

    async def test_one_that_is_too_long_says_so(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(export_sheets, "MAX_ROWS", 10)
        job = await asked(stage.unit)
        await run_jobs(stage.runtime, JOBS)
        ended = await now(stage.unit, job)
        assert (ended["state"], ended["files"]) == ("failed", [])
        assert "筛选条件" in ended["failure"]

    async def test_it_expires(self, stage: Stage) -> None:
        job = await asked(stage.unit)
        await run_jobs(stage.runtime, JOBS)
        async with stage.work() as session:
            await session.execute(text("UPDATE jobs SET done_at = now() - interval '25 hours'"))
        await tidy_jobs(stage.runtime, JOBS)
        gone = await stage.unit.get(f"/api/training/jobs/{job['id']}/file")
        assert (gone.status_code, gone.json()["code"]) == (404, "job_file_missing")


async def claimed(stage: Stage) -> JobRun[Job]:
    async with stage.work() as session:
        job = await job_rows.claim_job(session, JOBS)
    assert job is not None
    return JobRun(stage.runtime, JOBS, job)


class TestAsking:
    async def test_what_is_asked_twice_is_made_once_and_three_are_enough(self, stage: Stage) -> None:
        first = await asked(stage.unit)
        assert (await asked(stage.unit))["id"] == first["id"]
        others = [await asked(stage.unit, sort=sort) for sort in ("name", "-name")]
        refused = await stage.unit.get(ASKED, params={"name": "张"})
        assert (refused.status_code, refused.json()["code"]) == (409, "too_many_exports")
        assert "后台任务" in refused.json()["detail"]
        assert len(await stored(stage)) == 3
        await stage.unit.post(f"/api/training/jobs/{others[0]['id']}/cancel")
        await asked(stage.unit, name="张")

    async def test_a_refusal_is_the_list_s_and_begins_nothing(self, stage: Stage) -> None:
        answer = await stage.unit.get(ASKED, params={"sort": "salary"})
        assert answer.status_code == 422
        assert await stored(stage) == []

    @pytest.mark.req("PLAT-05")
    async def test_a_filter_is_kept_sealed_until_the_end(self, stage: Stage) -> None:
        job = await asked(stage.unit, name="张")
        (row,) = await stored(stage)
        assert "张" not in json.dumps(row.arguments, ensure_ascii=False)
        assert row.input_key is not None
        assert "张".encode() not in await stage.runtime.storage.get(row.input_key)
        await run_jobs(stage.runtime, JOBS)
        assert len(await fetched(stage.unit, job)) == PEOPLE
        (row,) = await stored(stage)
        assert row.input_key is None

    @pytest.mark.req("PLAT-06")
    async def test_it_is_nobody_else_s_not_even_a_colleague_s(
        self, stage: Stage, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        job = await asked(stage.unit)
        await run_jobs(stage.runtime, JOBS)
        other = make_actor(*Permission, level=Level.PROVINCE)
        colleague = await client_for(app, replace(other, organisation_id=stage.actor.organisation_id))
        for client in (stage.stranger, colleague):
            for end in ("", "/file"):
                assert (await client.get(f"/api/training/jobs/{job['id']}{end}")).status_code == 404
            assert (await client.get("/api/training/jobs")).json()["items"] == []

    @pytest.mark.req("PLAT-06")
    async def test_it_shows_what_whoever_asked_might_see_then(self, stage: Stage) -> None:
        """The same list asked for by somebody else holds nobody of it, though both wait for one worker."""
        async with stage.work() as session:
            for at in range(BOUND + 1):
                await add_staff(session, stage.other, f"别{at}")
        mine, theirs = await asked(stage.unit), await asked(stage.stranger)
        await run_jobs(stage.runtime, JOBS)
        assert {row["姓名"][0] for row in await fetched(stage.unit, mine)} == {"张"}
        assert {row["姓名"][0] for row in await fetched(stage.stranger, theirs)} == {"别"}

    @pytest.mark.req("PLAT-15")
    async def test_a_program_waits_for_the_whole(self, stage: Stage, client_for: ClientFor) -> None:
        program = await client_for(app, replace(stage.actor, scopes=frozenset(Scope)))
        assert len(rows_of(await program.get(ASKED))) == PEOPLE
        assert await stored(stage) == []
