"""A review taken back within ten minutes (BEY-11): the person waits in the queue again, as if nothing had been decided."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select, update

from services.training.classes.class_sessions.models import ClassSession
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from shared.events.log import EventRow
from tests.services.training.classes.selection.classes import add_class, add_schedule
from tests.services.training.enrolment.registrations.stage import Stage, button

pytestmark = pytest.mark.req("BEY-11")
S = RegistrationStatus
ONE, REVIEWS = "/api/training/registrations", "/api/training/reviews"
WHY = {"kind": "wrong", "reason": "职称不符", "fields": ["title"]}


async def act(stage: Stage, registration_id: UUID, action: str, **body: Any) -> httpx.Response:
    return await stage.province.post(f"{ONE}/{registration_id}/{action}", json=body or None)


async def undo(stage: Stage, *ids: UUID) -> list[dict[str, Any]]:
    body = {"registration_ids": [str(each) for each in ids], "action": "undo_review"}
    answer = await stage.province.post(f"{REVIEWS}/batch", json=body)
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


async def decided_earlier(stage: Stage, registration_id: UUID, ago: timedelta) -> None:
    async with stage.work() as session:
        of_it = update(Registration).where(Registration.id == registration_id)
        await session.execute(of_it.values(reviewed_at=func.now() - ago))


async def row_of(stage: Stage, plan_id: UUID, **params: Any) -> dict[str, Any] | None:
    answer = await stage.province.get(REVIEWS, params={"plan_id": str(plan_id), **params})
    rows: list[dict[str, Any]] = answer.json()["items"]
    return rows[0] if rows else None


class TestUndo:
    async def test_both_decisions_go_back_into_the_queue(self, stage: Stage) -> None:
        plan = await stage.plan()
        people = [await stage.registered(plan, name, status=S.SUBMITTED) for name in ("甲甲", "乙乙")]
        await act(stage, people[0].id, "approve")
        await act(stage, people[1].id, "return", **WHY)
        assert await row_of(stage, plan.id) is None
        results = await undo(stage, *(each.id for each in people))
        assert [(each["done"], each["status_label"]) for each in results] == [(True, "已报名")] * 2
        rows = (await stage.province.get(REVIEWS, params={"plan_id": str(plan.id)})).json()["items"]
        told = [(row["name"], row["return_reason"], row["resubmitted"], row["undo_until"]) for row in rows]
        assert told == [("甲甲", None, False, None), ("乙乙", None, False, None)]
        async with stage.work() as session:
            undone = EventRow.type.like("%undone%") & EventRow.payload["plan_id"].astext.in_([str(plan.id)])
            assert await session.scalar(select(func.count()).where(undone)) == 2

    async def test_the_row_says_until_when(self, stage: Stage) -> None:
        plan = await stage.plan()
        made = await stage.registered(plan, status=S.SUBMITTED)
        await act(stage, made.id, "approve")
        row = await row_of(stage, plan.id, status="approved")
        assert row
        assert row["undo_until"]
        assert button(row, "undo_review")["allowed"]
        read = (await stage.province.get(f"{REVIEWS}/{made.id}")).json()
        assert read["undo_until"] == row["undo_until"]
        await decided_earlier(stage, made.id, timedelta(minutes=10, seconds=1))
        row = await row_of(stage, plan.id, status="approved")
        assert row
        assert row["undo_until"] is None

    async def test_after_ten_minutes_it_is_too_late_and_one_stops_no_other(self, stage: Stage) -> None:
        plan = await stage.plan()
        old, fresh = [await stage.registered(plan, name, status=S.SUBMITTED) for name in ("旧旧", "新新")]
        for each in (old, fresh):
            await act(stage, each.id, "approve")
        await decided_earlier(stage, old.id, timedelta(minutes=10, seconds=1))
        results = await undo(stage, old.id, fresh.id)
        assert [(each["done"], each["code"]) for each in results] == [(False, "undo_too_late"), (True, None)]
        assert "改为退回" in results[0]["reason"]
        assert (await stage.found(old.id))["status"] == "approved"

    async def test_not_once_the_unit_has_sent_it_again(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.SUBMITTED)
        await act(stage, made.id, "return", **WHY)
        assert (await stage.unit.post(f"{ONE}/{made.id}/submit")).status_code == 200
        [result] = await undo(stage, made.id)
        assert (result["done"], result["code"]) == (False, "status_is_submitted")

    async def test_not_once_the_unit_has_begun_to_correct_it(self, stage: Stage) -> None:
        """What it has changed by then would wait for review, half done."""
        made = await stage.registered(await stage.plan(), status=S.SUBMITTED)
        await act(stage, made.id, "return", **WHY)
        form = await stage.unit.get(f"{ONE}/{made.id}")
        version = {"If-Match": form.headers["ETag"]}
        changed = await stage.unit.patch(f"{ONE}/{made.id}", json={"recipient_name": "王会计"}, headers=version)
        assert changed.status_code == 200, changed.text
        [result] = await undo(stage, made.id)
        assert (result["done"], result["code"]) == (False, "already_edited")
        assert (await stage.found(made.id))["status"] == "returned"

    async def test_a_place_that_was_taken_meanwhile_is_free_again(self, stage: Stage) -> None:
        plan = await stage.plan("skin")
        made = await stage.registered(plan, "张三", "skin", status=S.SUBMITTED)
        async with stage.work() as session:
            row = await add_class(session, await add_schedule(session, plan), {"skin": 2})
        await act(stage, made.id, "approve")
        wanted = {"class_session_id": str(row.id), "specialty_code": "skin", "registration_ids": [str(made.id)]}
        placed = await stage.unit.put(f"/api/training/selections/{plan.id}/placements", json=wanted)
        assert placed.status_code == 200, placed.text
        assert (await undo(stage, made.id))[0]["done"]
        async with stage.work() as session:
            assert (await session.get_one(ClassSession, row.id)).taken == 0

    @pytest.mark.req("BEY-04")
    async def test_the_return_before_the_undone_decision_stands_again(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.SUBMITTED)
        await act(stage, made.id, "return", **WHY)
        assert (await stage.unit.post(f"{ONE}/{made.id}/submit")).status_code == 200
        await act(stage, made.id, "approve")
        assert (await stage.found(made.id))["return_reason"] is None
        assert (await undo(stage, made.id))[0]["done"]
        form = await stage.found(made.id)
        assert (form["status"], form["return_kind"], form["return_reason"]) == ("submitted", "wrong", "职称不符")
        row = await row_of(stage, made.plan_id)
        assert row
        assert row["resubmitted"]

    async def test_units_undo_nothing(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.SUBMITTED)
        await act(stage, made.id, "approve")
        body = {"registration_ids": [str(made.id)], "action": "undo_review"}
        assert (await stage.unit.post(f"{REVIEWS}/batch", json=body)).status_code == 403
