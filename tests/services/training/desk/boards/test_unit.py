"""A unit's board (STAFF-12): what it should do and by when, each figure as the list behind it, and nothing of anybody else's."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from ops.journey.play import all_items
from services.training.classes.waiting.models import WaitingEntry
from services.training.classes.waiting.workflow import WaitingStatus
from services.training.desk.transfers.models import Transfer
from services.training.enrolment.late_entries.models import LateEntry
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.models import Qualification, StaffMember
from services.training.results.scores.models import Result, ScoreSheet
from services.training.results.scores.workflow import ScoreSheetStatus
from tests.services.training.classes.selection.classes import add_class, add_schedule
from tests.services.training.enrolment.registrations.stage import Stage
from tests.services.training.records import add_institution, today

pytestmark = pytest.mark.req("STAFF-12")
S = RegistrationStatus
BOARD = "/api/training/boards/unit"
LISTS = {
    "closing": "/api/training/group-registrations",
    "selections": "/api/training/selections",
    "offers": "/api/training/waiting-entries",
    "late_entries": "/api/training/late-entries",
}


async def task(client: httpx.AsyncClient, key: str) -> dict[str, Any]:
    answer = await client.get(BOARD)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = next(each for each in answer.json()["tasks"] if each["key"] == key)
    return found


class TestPeople:
    async def test_unsent_and_returned_people_are_those_of_the_list(self, stage: Stage) -> None:
        plan, mixed = await stage.plan(), await stage.plan()
        closed = await stage.plan(registration_deadline=today() - timedelta(days=1))
        for into, status in ((plan, S.DRAFT), (mixed, S.DRAFT), (mixed, S.RETURNED), (mixed, S.SUBMITTED)):
            await stage.registered(into, status=status)
        await stage.registered(closed, status=S.DRAFT)
        await stage.registered(closed, status=S.RETURNED)
        await stage.registered(plan, status=S.DRAFT, actor=stage.other)
        for key, column, count in (("unsent", "unsent_count", 2), ("returned", "returned_count", 2)):
            found = await task(stage.unit, key)
            rows = await all_items(stage.unit, "/api/training/group-registrations", **found["filters"])
            assert found["count"] == count == sum(row[column] for row in rows), key
        items = (await task(stage.unit, "unsent"))["items"]
        assert {each["link"] for each in items} == {f"/registrations/{each.id}" for each in (plan, mixed)}
        board = (await stage.unit.get(BOARD)).json()
        assert {each["key"]: each["count"] for each in board["by_status"]} == {
            "draft": 3,
            "submitted": 1,
            "approved": 0,
            "returned": 2,
        }
        assert {each["key"]: each["total"] for each in board["by_plan"]} == {
            str(plan.id): 1,
            str(mixed.id): 3,
            str(closed.id): 2,
        }

    @pytest.mark.req("FAQ-M5", "FAQ-M8")
    async def test_requests_that_nobody_has_answered(self, stage: Stage) -> None:
        plan = await stage.plan()
        asked: dict[str, Any] = {"return_requested_at": datetime.now(UTC), "return_request": "选错了"}
        await stage.registered(plan, status=S.APPROVED, **asked)
        async with stage.work() as session:
            await add_institution(session, stage.other)
            for actor in (stage.actor, stage.other):
                session.add(
                    LateEntry(
                        plan_id=plan.id,
                        unit_id=actor.organisation_id,
                        unit_name=actor.organisation_name,
                        region_code=actor.region_code,
                        reason="出差",
                    )
                )
        assert (await task(stage.unit, "return_requests"))["count"] == 1
        found = await task(stage.unit, "late_entries")
        assert found["count"] == 1 == len(await all_items(stage.unit, LISTS["late_entries"], **found["filters"]))


class TestToDo:
    @pytest.mark.req("STAFF-12", "FAQ-M3")
    async def test_the_rows_of_all_tasks_stand_by_their_day_and_say_how_soon(self, stage: Stage) -> None:
        days = {2: "red", 3: "amber", 6: "amber", 7: "black"}
        for each in reversed(days):
            plan = await stage.plan(registration_deadline=today() + timedelta(days=each))
            await stage.registered(plan, status=S.DRAFT)
        board = (await stage.unit.get(BOARD)).json()
        rows = [each for each in board["to_do"] if each["task"] == "unsent"]
        assert [(each["days_left"], each["colour"]) for each in rows] == list(days.items())
        assert all(each["task_label"] == "未提交的报名人员" for each in rows)
        due = [each["due"] for each in board["to_do"]]
        assert due == sorted(due, key=lambda day: (day is None, day or ""))
        assert len(board["to_do"]) == sum(len(each["items"]) for each in board["tasks"])


class TestDays:
    async def test_plans_that_close_within_seven_days(self, stage: Stage) -> None:
        near, far = (
            await stage.plan(registration_deadline=today() + timedelta(days=7)),
            await stage.plan(registration_deadline=today() + timedelta(days=8)),
        )
        found = await task(stage.unit, "closing")
        rows = {row["plan_id"] for row in await all_items(stage.unit, LISTS["closing"], **found["filters"])}
        assert found["count"] == len(rows)
        assert str(near.id) in rows
        assert str(far.id) not in rows

    async def test_a_selection_to_submit_and_the_days_left(self, stage: Stage) -> None:
        plan, elsewhere = await stage.plan("skin"), await stage.plan("skin")
        await stage.registered(plan, "张三", "skin")
        await stage.registered(elsewhere, "李四", "skin", actor=stage.other)
        async with stage.work() as session:
            schedule = await add_schedule(session, plan)
            gone, next_one = today() - timedelta(days=1), today() + timedelta(days=3)
            await add_class(session, schedule, {"skin": 2}, selection_deadline=gone)
            await add_class(session, schedule, {"skin": 2}, session_no=2, selection_deadline=next_one)
            await add_class(session, await add_schedule(session, elsewhere), {"skin": 2})
        found = await task(stage.unit, "selections")
        assert found["count"] == 1 == len(await all_items(stage.unit, LISTS["selections"], **found["filters"]))
        [item] = found["items"]
        assert (item["label"], item["days_left"]) == (plan.name, 3)

    @pytest.mark.req("BEY-02")
    async def test_an_offer_to_confirm(self, stage: Stage) -> None:
        plan = await stage.plan("skin")
        await stage.registered(plan, "张三", "skin")
        async with stage.work() as session:
            row = await add_class(session, await add_schedule(session, plan), {"skin": 2})
            for actor, status in ((stage.actor, WaitingStatus.OFFERED), (stage.actor, WaitingStatus.WAITING)):
                session.add(
                    WaitingEntry(
                        unit_id=actor.organisation_id,
                        plan_id=plan.id,
                        class_session_id=row.id,
                        specialty_code="skin",
                        size=3,
                        status=status,
                        offered_until=datetime.now(UTC) + timedelta(days=1),
                    )
                )
        found = await task(stage.unit, "offers")
        assert found["count"] == 1 == len(await all_items(stage.unit, LISTS["offers"], **found["filters"]))
        assert [(each["count"], each["days_left"]) for each in found["items"]] == [(3, 1)]
        assert (await task(stage.stranger, "offers"))["count"] == 0

    @pytest.mark.req("BEY-06")
    async def test_qualifications_that_end_within_ninety_days_and_are_not_renewed(self, stage: Stage) -> None:
        staff, renewed = await stage.staff("张三"), await stage.staff("李四")
        ends = {"Q-90": 90, "Q-91": 91, "Q-0": 0, "Q-past": -1}
        async with stage.work() as session:
            for number, days in ends.items():
                session.add(_certificate(staff, number, number, days))
            session.add(_certificate(renewed, "诊断医师", "R-old", 30))
            session.add(_certificate(renewed, "诊断医师", "R-new", 400))
        found = await task(stage.unit, "expiring")
        assert [each["label"].rsplit(" ", 1)[1] for each in found["items"]] == ["Q-0", "Q-90"]
        assert [each["days_left"] for each in found["items"]] == [0, 90]
        assert found["count"] == 2

    @pytest.mark.req("BEY-14")
    async def test_transfers_that_this_unit_decides(self, stage: Stage) -> None:
        staff, own = await stage.staff("张三"), await stage.staff("李四")
        here, there = stage.actor.organisation_id, stage.other.organisation_id
        async with stage.work() as session:
            await add_institution(session, stage.other)
            for who, proposer in ((staff, there), (own, here)):
                session.add(
                    Transfer(
                        person_id=who.person_id,
                        person_name=who.name,
                        from_unit_id=here,
                        to_unit_id=there,
                        proposed_by=proposer,
                        note="",
                    )
                )
        found = await task(stage.unit, "transfers")
        assert (found["count"], [each["label"] for each in found["items"]]) == (1, ["张三"])
        assert [each["label"] for each in (await task(stage.stranger, "transfers"))["items"]] == ["李四"]

    @pytest.mark.req("CERT-04")
    async def test_results_that_came_out_lately(self, stage: Stage) -> None:
        plan = await stage.plan()
        made = await stage.registered(plan)
        async with stage.work() as session:
            schedule = await add_schedule(session, plan)
            for number, days in ((1, 29), (2, 31)):
                row = await add_class(session, schedule, session_no=number)
                out = datetime.now(UTC) - timedelta(days=days)
                published = ScoreSheetStatus.PUBLISHED
                session.add(ScoreSheet(id=row.id, class_session_id=row.id, status=published, published_at=out))
                await session.flush()
                session.add(
                    Result(
                        sheet_id=row.id,
                        registration_id=made.id,
                        unit_id=made.unit_id,
                        specialty_code="none",
                        specialties=["none"],
                        passed=True,
                    )
                )
        found = await task(stage.unit, "results")
        assert [each["label"] for each in found["items"]] == [f"{plan.name} 第1期"]
        assert (await task(stage.stranger, "results"))["count"] == 0


@pytest.mark.req("PLAT-06")
class TestCallers:
    async def test_the_province_has_its_own(self, stage: Stage) -> None:
        assert (await stage.province.get(BOARD)).status_code == 403


def _certificate(staff: StaffMember, category: str, number: str, days: int) -> Qualification:
    return Qualification(
        person_id=staff.person_id,
        known_to=[staff.unit_id],
        category=category,
        number=number,
        issued_on=today() - timedelta(days=1000),
        expires_on=today() + timedelta(days=days),
        scope=[],
    )
