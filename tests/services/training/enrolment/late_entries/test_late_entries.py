"""Registering after the deadline: asked for by a unit, granted until a day or refused (FAQ-M8)."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from services.training.enrolment.late_entries.models import LateEntry
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app
from services.training.plans.models import Plan
from services.training.plans.workflow import PlanStatus
from shared.db.history import RecordType, history_of
from shared.events.log import EventRow
from shared.roles import Level, Permission
from tests.conftest import ClientFor, make_actor
from tests.services.training.enrolment.registrations.stage import Stage, button, field_codes
from tests.services.training.records import today

pytestmark = pytest.mark.req("FAQ-M8")
S = RegistrationStatus
LATE = "/api/training/late-entries"
GROUP = "/api/training/group-registrations"
ADD = "/api/training/registrations"
WEEK = timedelta(days=7)


async def closed_plan(stage: Stage, **changes: Any) -> Plan:
    return await stage.plan(**{"registration_deadline": today() - timedelta(days=3), **changes})


async def ask(stage: Stage, plan: Plan, client: httpx.AsyncClient | None = None) -> httpx.Response:
    return await (client or stage.unit).post(LATE, json={"plan_id": str(plan.id), "reason": "新入职两名医师"})


async def asked(stage: Stage, plan: Plan) -> str:
    answer = await ask(stage, plan)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def decide(stage: Stage, entry_id: str, action: str, **body: Any) -> httpx.Response:
    return await stage.province.post(f"{LATE}/{entry_id}/{action}", json=body)


async def grant(stage: Stage, plan: Plan) -> str:
    """A granted request, for a week."""
    entry_id = await asked(stage, plan)
    answer = await decide(stage, entry_id, "grant", until=(today() + WEEK).isoformat())
    assert answer.status_code == 200, answer.text
    return entry_id


async def told(stage: Stage, event: str, entry_id: str) -> list[dict[str, Any]]:
    async with stage.work() as session:
        rows = await session.scalars(
            select(EventRow.payload).where(EventRow.type == f"training.late_entry.{event}.v1").order_by(EventRow.seq)
        )
        return [each for each in rows if each["late_entry_id"] == entry_id]


class TestAsking:
    async def test_after_the_deadline_the_province_hears_of_it(self, stage: Stage) -> None:
        plan = await closed_plan(stage)
        made = await ask(stage, plan)
        assert made.status_code == 201, made.text
        entry = (await stage.unit.get(made.headers["Location"])).json()
        assert (entry["status_label"], entry["reason"], entry["plan_name"]) == ("待处理", "新入职两名医师", plan.name)
        (event,) = await told(stage, "requested", entry["id"])
        assert (event["unit_id"], event["reason"]) == (str(stage.actor.organisation_id), "新入职两名医师")
        page = (await stage.unit.get(f"{GROUP}/{plan.id}")).json()
        assert (page["late_entry"]["id"], page["late_entry"]["status"]) == (entry["id"], "requested")
        assert button(page, "request_late_entry", "actions")["code"] == "late_entry_pending"
        async with stage.work() as session:
            assert [each.action for each in await history_of(session, RecordType("late_entry"), made.json()["id"])] == [
                "create"
            ]

    @pytest.mark.req("TRN-35", "PLAT-02")
    async def test_the_disabled_button_names_this_way(self, stage: Stage) -> None:
        plan = await closed_plan(stage)
        await stage.staff()
        row = await stage.row(plan, closed=True)
        assert row is not None
        assert "【申请补报】" in row["operations"][1]["reason"]
        assert button(row, "request_late_entry", "actions")["allowed"]
        assert row["late_entry"] is None
        candidates = (await stage.unit.get(f"{GROUP}/{plan.id}/candidates")).json()["items"]
        assert "【申请补报】" in candidates[0]["next_step"]

    @pytest.mark.req("PLAT-02")
    @pytest.mark.parametrize(
        ("changes", "code", "words"),
        [
            ({"registration_deadline": today()}, "plan_still_open", "报名尚未截止，可直接报名"),
            ({"status": PlanStatus.CLOSED}, "plan_not_open", "已结束"),
        ],
    )
    async def test_refused_with_the_same_words_as_the_button(
        self, stage: Stage, changes: dict[str, Any], code: str, words: str
    ) -> None:
        plan = await closed_plan(stage, **changes)
        answer = await ask(stage, plan)
        assert (answer.status_code, answer.json()["code"]) == (409, code)
        assert words in answer.json()["detail"]
        page = (await stage.unit.get(f"{GROUP}/{plan.id}")).json()
        assert button(page, "request_late_entry", "actions")["reason"] == answer.json()["detail"]

    async def test_a_draft_does_not_exist_and_a_reason_is_needed(self, stage: Stage) -> None:
        draft = await closed_plan(stage, status=PlanStatus.DRAFT)
        assert (await ask(stage, draft)).status_code == 404
        plan = await closed_plan(stage)
        blank = await stage.unit.post(LATE, json={"plan_id": str(plan.id), "reason": " "})
        assert (blank.status_code, set(field_codes(blank))) == (422, {"reason"})

    async def test_two_at_once_are_one(self, stage: Stage) -> None:
        plan = await closed_plan(stage)
        answers = await asyncio.gather(*(ask(stage, plan) for _ in range(4)))
        assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]
        assert {each.json().get("code") for each in answers} == {None, "late_entry_pending"}
        assert (await ask(stage, plan, stage.stranger)).status_code == 201

    async def test_taken_back_or_refused_it_may_be_asked_again(self, stage: Stage) -> None:
        plan = await closed_plan(stage)
        first = await asked(stage, plan)
        assert (await stage.unit.post(f"{LATE}/{first}/withdraw")).json()["status_label"] == "已撤回"
        second = await asked(stage, plan)
        await decide(stage, second, "refuse", reason="名额已满")
        assert (await ask(stage, plan)).status_code == 201


class TestDeciding:
    async def test_a_grant_opens_the_unsent_and_lets_others_be_added(self, stage: Stage) -> None:
        plan = await closed_plan(stage)
        draft = await stage.registered(plan, "甲甲", status=S.DRAFT)
        returned = await stage.registered(plan, "乙乙", status=S.RETURNED)
        sent = await stage.registered(plan, "丙丙", status=S.SUBMITTED)
        foreign = await stage.registered(plan, "丁丁", actor=stage.other, status=S.DRAFT)
        staff = await stage.staff("戊戊")
        until = (today() + WEEK).isoformat()
        entry_id = await asked(stage, plan)
        answer = await decide(stage, entry_id, "grant", until=until, reason="请尽快")
        assert (answer.json()["status"], answer.json()["granted_until"]) == ("granted", until)
        assert answer.json()["answer"] == "请尽快"
        async with stage.work() as session:
            days = {
                each.id: each.open_until
                for each in [await session.get_one(Registration, row.id) for row in (draft, returned, sent, foreign)]
            }
            assert [str(days[each.id]) for each in (draft, returned)] == [until, until]
            assert [days[each.id] for each in (sent, foreign)] == [None, None]
        row = await stage.row(plan, closed=True)
        assert row is not None
        assert [(each["action"], each["allowed"]) for each in row["operations"]] == [("register", True)]
        page = (await stage.unit.get(f"{GROUP}/{plan.id}")).json()
        assert button(page, "add", "actions")["allowed"]
        assert button(page, "request_late_entry", "actions")["code"] == "late_entry_granted"
        candidates = (await stage.unit.get(f"{GROUP}/{plan.id}/candidates")).json()["items"]
        assert [each["name"] for each in candidates if each["selectable"]] == ["戊戊"]
        body = {"plan_id": str(plan.id), "staff_ids": [str(staff.id)]}
        added = (await stage.unit.post(ADD, json=body)).json()["results"][0]["registration_id"]
        assert (await stage.found(added))["open_until"] == until
        for each in (draft.id, returned.id):
            assert (await stage.unit.post(f"{ADD}/{each}/submit")).status_code == 200
        assert (await stage.unit.post(f"{ADD}/{sent.id}/cancel")).status_code == 409
        (event,) = await told(stage, "decided", entry_id)
        assert (event["granted"], until in event["answer"]) == (True, True)

    async def test_it_opens_no_other_unit_and_ends_with_its_day(self, stage: Stage) -> None:
        plan = await closed_plan(stage)
        entry_id = await grant(stage, plan)
        there = await stage.staff("乙乙", actor=stage.other)
        body = {"plan_id": str(plan.id), "staff_ids": [str(there.id)]}
        assert (await stage.stranger.post(ADD, json=body)).json()["code"] == "registration_closed"
        async with stage.work() as session:
            (await session.get_one(LateEntry, entry_id)).granted_until = today() - timedelta(days=1)
        staff = await stage.staff()
        late = await stage.unit.post(ADD, json={"plan_id": str(plan.id), "staff_ids": [str(staff.id)]})
        assert (late.status_code, late.json()["code"]) == (409, "registration_closed")

    @pytest.mark.req("PLAT-02")
    async def test_after_its_day_the_unit_asks_again(self, stage: Stage) -> None:
        plan = await closed_plan(stage)
        old = await grant(stage, plan)
        page = f"{GROUP}/{plan.id}"
        assert button((await stage.unit.get(page)).json(), "request_late_entry", "actions")["allowed"] is False
        async with stage.work() as session:
            (await session.get_one(LateEntry, old)).granted_until = today() - timedelta(days=1)
        assert button((await stage.unit.get(page)).json(), "request_late_entry", "actions")["allowed"]
        answers = await asyncio.gather(*(ask(stage, plan) for _ in range(3)))
        assert sorted(each.status_code for each in answers) == [201, 409, 409]
        lapsed = (await stage.unit.get(f"{LATE}/{old}")).json()
        assert (lapsed["status_label"], lapsed["granted_until"]) == ("补报到期", str(today() - timedelta(days=1)))
        async with stage.work() as session:
            assert [each.action for each in await history_of(session, RecordType("late_entry"), UUID(old))] == [
                "create",
                "grant",
                "lapse",
            ]
        newer = (await stage.unit.get(page)).json()["late_entry"]
        assert (newer["id"] == old, newer["status"]) == (False, "requested")
        until = (today() + WEEK).isoformat()
        assert (await decide(stage, newer["id"], "grant", until=until)).status_code == 200
        staff = await stage.staff("补报的人")
        late = await stage.unit.post(ADD, json={"plan_id": str(plan.id), "staff_ids": [str(staff.id)]})
        assert late.json()["added"] == 1

    async def test_nobody_ends_a_window_before_its_day(self, stage: Stage) -> None:
        entry_id = await grant(stage, await closed_plan(stage))
        assert (await stage.province.post(f"{LATE}/{entry_id}/lapse")).status_code in {403, 404, 405}
        assert (await stage.unit.get(f"{LATE}/{entry_id}")).json()["status"] == "granted"

    async def test_a_longer_window_of_one_person_stays(self, stage: Stage) -> None:
        plan = await closed_plan(stage)
        longer = today() + WEEK * 3
        made = await stage.registered(plan, status=S.RETURNED, open_until=longer)
        await grant(stage, plan)
        assert (await stage.found(made.id))["open_until"] == longer.isoformat()

    @pytest.mark.parametrize(("days", "code"), [(-1, "date_past"), (61, "date_too_far"), (60, None)])
    async def test_the_day_is_ahead_and_not_far(self, stage: Stage, days: int, code: str | None) -> None:
        entry_id = await asked(stage, await closed_plan(stage))
        answer = await decide(stage, entry_id, "grant", until=(today() + timedelta(days=days)).isoformat())
        if code:
            assert (answer.status_code, field_codes(answer)) == (422, {"until": code})
        else:
            assert answer.status_code == 200

    async def test_a_refusal_needs_a_reason_which_the_unit_reads(self, stage: Stage) -> None:
        plan = await closed_plan(stage)
        entry_id = await asked(stage, plan)
        assert set(field_codes(await decide(stage, entry_id, "refuse", reason=" "))) == {"reason"}
        assert (await decide(stage, entry_id, "refuse", reason="名额已满")).json()["answer"] == "名额已满"
        (event,) = await told(stage, "decided", entry_id)
        assert (event["granted"], "名额已满" in event["answer"]) == (False, True)
        page = (await stage.unit.get(f"{GROUP}/{plan.id}")).json()
        assert (page["late_entry"]["answer"], page["late_entry"]["status_label"]) == ("名额已满", "未同意")
        assert button(page, "request_late_entry", "actions")["allowed"]

    @pytest.mark.req("PLAT-02")
    async def test_an_old_refusal_is_not_turned_round_beside_a_new_request(self, stage: Stage) -> None:
        plan = await closed_plan(stage)
        old = await asked(stage, plan)
        await decide(stage, old, "refuse", reason="名额已满")
        until = (today() + WEEK).isoformat()
        newer = await asked(stage, plan)
        answer = await decide(stage, old, "grant", until=until)
        assert (answer.status_code, answer.json()["code"]) == (409, "late_entry_superseded")
        listed = (await stage.province.get(LATE, params={"plan_id": str(plan.id)})).json()["items"]
        shown = next(each for each in listed if each["id"] == old)
        assert button(shown, "grant")["reason"] == answer.json()["detail"]
        await stage.unit.post(f"{LATE}/{newer}/withdraw")
        assert (await decide(stage, old, "grant", until=until)).status_code == 200
        page = (await stage.unit.get(f"{GROUP}/{plan.id}")).json()
        assert page["late_entry"]["id"] == old

    async def test_a_unit_grants_itself_nothing(self, stage: Stage) -> None:
        entry_id = await asked(stage, await closed_plan(stage))
        body = {"until": today().isoformat()}
        assert (await stage.unit.post(f"{LATE}/{entry_id}/grant", json=body)).status_code == 403
        assert (await decide(stage, entry_id, "withdraw")).status_code == 403


@pytest.mark.req("PLAT-06")
class TestSeeing:
    async def test_a_unit_its_own_and_the_reviewer_the_region(self, stage: Stage, client_for: ClientFor) -> None:
        plan = await closed_plan(stage)
        mine = await asked(stage, plan)
        await ask(stage, plan, stage.stranger)
        far = await client_for(app, make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE, region="330000"))

        async def listed(client: httpx.AsyncClient, **params: str) -> int:
            page = (await client.get(LATE, params={"plan_id": str(plan.id), **params})).json()
            return len(page["items"])

        assert [await listed(each) for each in (stage.unit, stage.province, far)] == [1, 2, 0]
        assert await listed(stage.province, status="granted") == 0
        assert await listed(stage.province, status="requested") == 2
        where = f"{LATE}/{mine}"
        answers = [
            await stage.stranger.get(where),
            await stage.stranger.post(f"{where}/withdraw"),
            await far.get(where),
        ]
        assert [each.status_code for each in answers] == [404, 404, 404]
