"""One decision for many (STAFF-03): the same as the single one in every respect, however many there are, and each with its own answer."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select

from services.training.classes.class_sessions.models import ClassSession, Schedule
from services.training.classes.class_sessions.workflow import ScheduleStatus
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from shared.db.history import RecordType, history_of
from shared.events.log import EventRow
from shared.identifiers import new_id
from tests.services.training.classes.selection.classes import add_class, add_schedule, assert_counters
from tests.services.training.enrolment.registrations.stage import Stage, button

S = RegistrationStatus
ONE, BATCH = "/api/training/registrations", "/api/training/reviews/batch"
WHY = {"kind": "material_missing", "reason": "缺少职称证书", "fields": ["title_level", "lodging"]}
OWN = {"id", "staff_id", "person_id", "created_at", "updated_at", "version", "submitted_at", "recipient_name"}
CLOCK = {"reviewed_at"}


async def decide(stage: Stage, ids: list[UUID], action: str, **body: Any) -> list[dict[str, Any]]:
    wanted = {"registration_ids": [str(each) for each in ids], "action": action, **body}
    answer = await stage.province.post(BATCH, json=wanted)
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


async def left_behind(stage: Stage, registration_id: UUID) -> tuple[dict[str, Any], list[Any], list[Any]]:
    """The record without what is its own, its history and its events."""
    async with stage.work() as session:
        row = await session.get_one(Registration, registration_id)
        values = {c.key: getattr(row, c.key) for c in Registration.__table__.columns if c.key not in OWN}
        record = {name: value is not None if name in CLOCK else value for name, value in values.items()}
        rows = await history_of(session, RecordType("registration"), registration_id)
        history = [(each.action, each.before, each.after, each.reason, each.actor_id) for each in rows]
        mine = EventRow.payload["registration_id"].astext == str(registration_id)
        told = await session.execute(select(EventRow.type, EventRow.payload).where(mine).order_by(EventRow.seq))
        events = [
            (kind, {name: value for name, value in payload.items() if name not in {"registration_id", "person_id"}})
            for kind, payload in told
        ]
    return record, history, events


@pytest.mark.req("STAFF-03", "BEY-11")
class TestSameAsOne:
    @pytest.mark.parametrize(
        "steps",
        [
            [("approve", {})],
            [("return", WHY)],
            [("approve", {}), ("return", WHY)],
            [("approve", {}), ("undo_review", {})],
            [("return", WHY), ("undo_review", {})],
        ],
    )
    async def test_a_batch_leaves_what_the_single_decision_leaves(
        self, stage: Stage, steps: list[tuple[str, dict[str, Any]]]
    ) -> None:
        plan = await stage.plan()
        alone, together = [await stage.registered(plan, "同名", status=S.SUBMITTED) for _ in range(2)]
        for action, body in steps:
            assert (await stage.province.post(f"{ONE}/{alone.id}/{action}", json=body or None)).status_code == 200
            [result] = await decide(stage, [together.id], action, **body)
            assert result["done"], result
        one, other = await left_behind(stage, alone.id), await left_behind(stage, together.id)
        assert one == other
        assert len(one[2]) == len(steps)

    async def test_the_refusals_are_in_the_words_of_the_button(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.RETURNED)
        rows = await stage.province.get(
            "/api/training/reviews", params={"plan_id": str(made.plan_id), "status": "returned"}
        )
        [row] = rows.json()["items"]
        for action, body in (("approve", {}), ("return", WHY), ("undo_review", {})):
            [result] = await decide(stage, [made.id], action, **body)
            said = button(row, action)
            assert (result["done"], result["code"], result["reason"]) == (False, said["code"], said["reason"])
        assert said["code"] == "undo_too_late"


@pytest.mark.req("STAFF-03")
class TestMany:
    async def test_the_number_of_statements_does_not_grow(self, stage: Stage) -> None:
        plan = await stage.plan("skin", "pneumoconiosis")
        few = [(await stage.registered(plan, "甲", "skin", status=S.SUBMITTED)).id for _ in range(2)]
        many = [(await stage.registered(plan, "乙", "skin", status=S.SUBMITTED)).id for _ in range(12)]
        counted: list[int] = []
        engine = stage.runtime.database.engine.sync_engine

        def count(*_: Any) -> None:
            counted[-1] += 1

        event.listen(engine, "before_cursor_execute", count)
        try:
            for ids in (few, many):
                counted.append(0)
                assert all(each["done"] for each in await decide(stage, ids, "approve"))
        finally:
            event.remove(engine, "before_cursor_execute", count)
        assert counted[0] == counted[1]

    async def test_each_person_once_and_in_the_order_asked_for(self, stage: Stage) -> None:
        plan = await stage.plan()
        first, second = [await stage.registered(plan, name, status=S.SUBMITTED) for name in ("甲甲", "乙乙")]
        strange = new_id()
        results = await decide(stage, [second.id, strange, first.id, second.id], "approve")
        assert [(each["registration_id"], each["done"], each["code"]) for each in results] == [
            (str(second.id), True, None),
            (str(strange), False, "not_found"),
            (str(first.id), True, None),
        ]
        async with stage.work() as session:
            assert len(await history_of(session, RecordType("registration"), second.id)) == 1

    @pytest.mark.req("STAFF-04")
    async def test_a_batch_return_gives_every_seat_back(self, stage: Stage) -> None:
        plan = await stage.plan("skin")
        people = [await stage.registered(plan, name, "skin") for name in ("甲甲", "乙乙")]
        async with stage.work() as session:
            schedule: Schedule = await add_schedule(session, plan, ScheduleStatus.OPEN)
            row = await add_class(session, schedule, {"skin": 2})
        ids = [str(each.id) for each in people]
        wanted = {"class_session_id": str(row.id), "specialty_code": "skin", "registration_ids": ids}
        placed = await stage.unit.put(f"/api/training/selections/{plan.id}/placements", json=wanted)
        assert placed.status_code == 200, placed.text
        assert all(each["done"] for each in await decide(stage, [each.id for each in people], "return", **WHY))
        async with stage.work() as session:
            assert (await session.get_one(ClassSession, row.id)).taken == 0
            await assert_counters(session, plan)


@pytest.mark.req("STAFF-03", "PLAT-02")
class TestOffered:
    async def test_what_is_offered_for_many_is_in_the_words_of_the_single_decision(self, stage: Stage) -> None:
        answer = await stage.province.get(f"{BATCH}-actions")
        assert answer.status_code == 200, answer.text
        offered = {each["action"]: each for each in answer.json()["actions"]}
        assert list(offered) == ["approve", "return", "undo_review"]
        made = await stage.registered(await stage.plan(), status=S.APPROVED)
        alone = (await stage.province.get(f"/api/training/reviews/{made.id}")).json()["registration"]
        for action in ("return", "undo_review"):
            single = button(alone, action)
            assert {name: single[name] for name in ("label", "consequence", "needs_reason", "fields")} == {
                name: offered[action][name] for name in ("label", "consequence", "needs_reason", "fields")
            }

    async def test_the_whole_queue_is_offered_what_those_who_wait_can_have(self, stage: Stage) -> None:
        actions = (await stage.province.get(f"{BATCH}-actions")).json()["actions"]
        assert {each["action"] for each in actions if each["of_all"]} == {"approve", "return"}

    async def test_most_is_what_one_request_takes(self, stage: Stage) -> None:
        most = (await stage.province.get(f"{BATCH}-actions")).json()["most"]
        strangers = [new_id() for _ in range(most)]
        assert len(await decide(stage, strangers, "approve")) == most
        wanted = {"registration_ids": [str(each) for each in (*strangers, new_id())], "action": "approve"}
        assert (await stage.province.post(BATCH, json=wanted)).status_code == 422

    async def test_nobody_but_a_reviewer_is_offered_any(self, stage: Stage) -> None:
        assert (await stage.unit.get(f"{BATCH}-actions")).status_code == 403
