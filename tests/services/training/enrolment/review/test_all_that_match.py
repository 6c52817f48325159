"""One decision for all that the filters match, as a job: the people who matched, each with a result, whoever dies on the way."""

from typing import Any

import pytest
from sqlalchemy import update

from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.enrolment.review import batch_job, deciding
from services.training.people.jobs.models import Job
from services.training.people.jobs.tasks import run_jobs
from services.training.plans.models import Plan
from shared.runtime import Runtime
from tests.services.training.enrolment.registrations.stage import Stage

pytestmark = pytest.mark.req("STAFF-03", "PLAT-09", "BEY-11")
S = RegistrationStatus
ALL = "/api/training/reviews/batch-of-all"


async def order(stage: Stage, plan: Plan, expected: int, **body: Any) -> Any:
    wanted = {"action": "approve", "matching": {"plan_id": str(plan.id)}, "expected": expected, **body}
    return await stage.province.post(ALL, json=wanted)


async def status_of(stage: Stage, row: Registration) -> RegistrationStatus:
    async with stage.work() as session:
        return (await session.get_one(Registration, row.id)).status


async def work_off(runtime: Runtime, stage: Stage, address: str) -> dict[str, Any]:
    await run_jobs(runtime)
    read: dict[str, Any] = (await stage.province.get(address)).json()
    return read


async def test_all_that_match_are_decided_and_nobody_else(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_job, "AT_ONCE", 2)
    plan = await stage.plan()
    rows = [await stage.registered(plan, status=S.SUBMITTED) for _ in range(5)]
    elsewhere = await stage.registered(await stage.plan(), status=S.SUBMITTED)
    answer = await order(stage, plan, 5)
    assert answer.status_code == 202, answer.text
    late = await stage.registered(plan, status=S.SUBMITTED)
    await stage.province.post(
        f"/api/training/registrations/{rows[3].id}/return", json={"reason": "看不清", "kind": "other"}
    )
    job = await work_off(stage.runtime, stage, answer.headers["Location"])
    assert (job["state"], job["done"], job["failed"], job["total"]) == ("done", 4, 1, 5)
    assert job["result"]["refused"][0]["reason"]
    assert [each["name"] for each in job["files"]] == ["未处理人员.xlsx"]
    assert [await status_of(stage, each) for each in rows] == [S.APPROVED] * 3 + [S.RETURNED, S.APPROVED]
    assert [await status_of(stage, each) for each in (late, elsewhere)] == [S.SUBMITTED] * 2


async def test_another_number_than_was_shown_is_told_and_decides_nothing(stage: Stage) -> None:
    plan = await stage.plan()
    row = await stage.registered(plan, status=S.SUBMITTED)
    answer = await order(stage, plan, 2)
    assert (answer.status_code, answer.json()["code"]) == (409, "matching_changed")
    assert "1 人" in answer.json()["detail"]
    assert await status_of(stage, row) is S.SUBMITTED


async def test_a_return_needs_its_reason_and_a_unit_has_no_say(stage: Stage) -> None:
    plan = await stage.plan()
    await stage.registered(plan, status=S.SUBMITTED)
    assert (await order(stage, plan, 1, action="return")).status_code == 422
    body = {"action": "approve", "matching": {}, "expected": 1}
    assert (await stage.unit.post(ALL, json=body)).status_code == 403


async def test_a_return_goes_to_all_with_its_words(stage: Stage) -> None:
    plan = await stage.plan()
    row = await stage.registered(plan, status=S.SUBMITTED)
    answer = await order(stage, plan, 1, action="return", reason="请上传职称证书", kind="material_missing")
    await work_off(stage.runtime, stage, answer.headers["Location"])
    assert (await stage.found(row.id))["return_reason"] == "请上传职称证书"


async def test_who_dies_on_the_way_is_followed_by_one_who_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_job, "AT_ONCE", 1)
    plan = await stage.plan()
    rows = [await stage.registered(plan, status=S.SUBMITTED) for _ in range(3)]
    answer = await order(stage, plan, 3)
    real, calls = deciding.decide_many, list[int]()

    async def dying(*args: Any, **named: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return await real(*args, **named)

    monkeypatch.setattr(deciding, "decide_many", dying)
    await run_jobs(stage.runtime)
    assert [await status_of(stage, each) for each in rows].count(S.APPROVED) == 1
    async with stage.work() as session:
        await session.execute(update(Job).where(Job.done_at.is_(None)).values(due_at=Job.created_at))
    job = await work_off(stage.runtime, stage, answer.headers["Location"])
    assert (job["state"], job["done"], job["failed"]) == ("done", 3, 0)
