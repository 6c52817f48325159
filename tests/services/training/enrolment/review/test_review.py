"""The province's review: queue, file, decisions one by one and many at once (STAFF-02…04, TRN-50, TRN-51, BEY-04)."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from services.training.classes.class_sessions.models import ClassSession, Schedule
from services.training.classes.class_sessions.workflow import ScheduleStatus
from services.training.classes.seats.models import Placement, Seat
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.models import Qualification
from shared.db.history import RecordType, history_of
from shared.events.log import EventRow
from shared.identifiers import new_id
from shared.roles import Level, Permission
from tests.conftest import ClientFor, make_actor
from tests.services.training.classes.selection.classes import add_class, add_schedule
from tests.services.training.enrolment.registrations.stage import Stage, button, field_codes
from tests.services.training.records import today

S = RegistrationStatus
ONE, REVIEWS = "/api/training/registrations", "/api/training/reviews"
WHY = {"kind": "material_missing", "reason": "缺少职称证书", "fields": ["title_level", "lodging"]}


async def judge(stage: Stage, registration_id: UUID, action: str, **body: Any) -> httpx.Response:
    return await stage.province.post(f"{ONE}/{registration_id}/{action}", json=body or None)


@pytest.mark.req("STAFF-02")
class TestQueue:
    async def test_it_shows_what_waits_and_filters(self, stage: Stage) -> None:
        plan = await stage.plan()
        first = await stage.registered(plan, "欧阳明", status=S.SUBMITTED, training_kind="refresher")
        second = await stage.registered(plan, "李雷", status=S.SUBMITTED, actor=stage.other)
        await stage.registered(plan, "韩梅", status=S.DRAFT)
        await stage.registered(plan, "林涛", status=S.APPROVED)

        async def names(**params: Any) -> list[str]:
            answer = await stage.province.get(REVIEWS, params={"plan_id": str(plan.id), **params})
            assert answer.status_code == 200, answer.text
            return [row["name"] for row in answer.json()["items"]]

        assert await names() == ["欧阳明", "李雷"]
        assert await names(status=["approved", "draft"]) == ["韩梅", "林涛"]
        assert await names(unit_name=stage.actor.organisation_name) == ["欧阳明"]
        assert await names(training_kind="initial") == ["李雷"]
        assert await names(name="oym") == ["欧阳明"]
        assert await names(region_code="3201") == ["欧阳明", "李雷"]
        assert await names(region_code="3205") == []
        assert await names(plan_id=str(new_id())) == []
        row = (await stage.province.get(REVIEWS, params={"plan_id": str(plan.id)})).json()["items"][0]
        assert (row["registration_id"], row["unit_name"]) == (str(first.id), stage.actor.organisation_name)
        assert button(row, "approve")["allowed"]
        assert second.staff.person.resident_id not in str(row)

    @pytest.mark.req("PLAT-05")
    async def test_numbers_are_masked(self, stage: Stage) -> None:
        plan = await stage.plan()
        made = await stage.registered(plan, status=S.SUBMITTED)
        row = (await stage.province.get(REVIEWS, params={"plan_id": str(plan.id)})).json()["items"][0]
        number = made.staff.person.resident_id
        assert (row["resident_id"], row["mobile"]) == (f"{number[:4]}********{number[-4:]}", "138****8000")

    @pytest.mark.req("PLAT-06")
    async def test_another_province_and_the_units_see_nothing(self, stage: Stage, client_for: ClientFor) -> None:
        plan = await stage.plan()
        made = await stage.registered(plan, status=S.SUBMITTED)
        app = stage.unit._transport.app  # type: ignore[attr-defined]
        away = await client_for(app, make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE, region="330000"))
        assert (await away.get(REVIEWS, params={"plan_id": str(plan.id)})).json()["items"] == []
        answers = [
            await away.get(f"{REVIEWS}/{made.id}"),
            await away.post(f"{ONE}/{made.id}/approve"),
            await away.post(f"{ONE}/{made.id}/return", json=WHY),
        ]
        assert [each.status_code for each in answers] == [404] * 3
        batch = await away.post(f"{REVIEWS}/batch", json={"registration_ids": [str(made.id)], "action": "approve"})
        assert batch.json()["results"][0]["code"] == "not_found"
        for where in (REVIEWS, f"{REVIEWS}/{made.id}"):
            assert (await stage.unit.get(where)).status_code == 403

    @pytest.mark.req("TRN-51", "STAFF-02", "PLAT-05")
    async def test_the_full_file_stands_beside_and_the_view_is_logged(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.SUBMITTED)
        async with stage.work() as session:
            session.add(
                Qualification(
                    person_id=made.person_id,
                    known_to=[made.unit_id],
                    category="检查医生",
                    number="Q-77",
                    issued_on=today(),
                    scope=["皮肤"],
                )
            )
        shown = (await stage.province.get(f"{REVIEWS}/{made.id}")).json()
        number = made.staff.person.resident_id
        assert shown["registration"]["resident_id"] == shown["staff"]["resident_id"] == number
        assert shown["registration"]["recipient_phone"] == shown["staff"]["mobile"] == "13800138000"
        assert [each["number"] for each in shown["staff"]["qualifications"]] == ["Q-77"]
        async with stage.work() as session:
            looks = [
                (await history_of(session, RecordType("registration"), made.id))[-1],
                (await history_of(session, RecordType("staff_member"), made.staff_id))[-1],
            ]
        assert [each.action for each in looks] == ["view_full"] * 2


class TestDeciding:
    @pytest.mark.req("STAFF-03", "TRN-41")
    async def test_a_return_keeps_kind_reason_and_fields(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.SUBMITTED)
        answer = await judge(stage, made.id, "return", **WHY)
        assert answer.status_code == 200, answer.text
        form = await stage.found(made.id)
        assert (form["status_label"], form["return_kind_label"], form["return_reason"], form["return_fields"]) == (
            "已退回",
            "材料不全",
            "缺少职称证书",
            ["title_level", "lodging"],
        )
        async with stage.work() as session:
            told = await session.scalars(
                select(EventRow.payload).where(EventRow.type == "training.registration.returned.v1")
            )
            event = next(each for each in told if each["registration_id"] == str(made.id))
        assert (event["reason"], event["fields"]) == ("缺少职称证书", ["title_level", "lodging"])

    @pytest.mark.req("STAFF-03")
    async def test_a_return_needs_a_reason(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.SUBMITTED)
        answer = await judge(stage, made.id, "return", kind="wrong", reason=" ")
        assert (answer.status_code, set(field_codes(answer))) == (422, {"reason"})
        assert (await stage.found(made.id))["status"] == "submitted"

    @pytest.mark.req("STAFF-03", "PLAT-01")
    async def test_only_what_a_unit_can_mend_is_ticked(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.SUBMITTED)
        refused = await judge(stage, made.id, "return", **{**WHY, "fields": ["title_level", "shoe_size"]})
        assert (refused.status_code, [each["code"] for each in refused.json()["errors"]]) == (422, ["unknown_field"])
        known = ["resident_id", "specialties", "diploma", "attachments"]
        assert (await judge(stage, made.id, "return", **{**WHY, "fields": known})).status_code == 200

    @pytest.mark.req("STAFF-03", "FAQ-M12")
    async def test_who_does_not_meet_the_conditions_is_not_told_to_mend(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.SUBMITTED)
        await judge(stage, made.id, "return", kind="not_eligible", reason="非医师")
        assert "无需重新报名" in (await stage.found(made.id))["progress"]["next_action"]
        async with stage.work() as session:
            told = await session.scalars(
                select(EventRow.payload).where(EventRow.type == "training.registration.returned.v1")
            )
            event = next(each for each in told if each["registration_id"] == str(made.id))
        assert event["mendable"] is False

    @pytest.mark.req("TRN-50", "BEY-04")
    async def test_the_reason_stays_until_approval_and_changes_are_shown(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.SUBMITTED)
        await judge(stage, made.id, "return", **WHY)
        form = await stage.found(made.id)
        assert form["changed_fields"] == []
        staff = f"/api/training/personnel/{made.staff_id}"
        version = (await stage.unit.get(f"{ONE}/{made.id}")).json()["version"]
        fixed = await stage.unit.patch(
            f"{ONE}/{made.id}", json={"lodging": "double"}, headers={"If-Match": f'"{version}"'}
        )
        assert fixed.status_code == 200, fixed.text
        file = await stage.unit.patch(staff, json={"title_level": "2"}, headers={"If-Match": '"1"'})
        assert file.status_code == 200, file.text
        sent = (await stage.unit.post(f"{ONE}/{made.id}/submit")).json()
        assert (sent["return_reason"], sent["changed_fields"]) == ("缺少职称证书", ["lodging", "title_level"])
        queue = await stage.province.get(REVIEWS, params={"plan_id": str(made.plan_id)})
        assert queue.json()["items"][0]["resubmitted"]
        passed = (await judge(stage, made.id, "approve")).json()
        assert (passed["status_label"], passed["return_kind"], passed["return_reason"], passed["return_fields"]) == (
            "审核通过",
            None,
            None,
            [],
        )

    @pytest.mark.req("STAFF-04")
    async def test_returning_an_approved_person_gives_the_seat_back(self, stage: Stage) -> None:
        plan = await stage.plan("skin")
        made = await stage.registered(plan, "张三", "skin")
        async with stage.work() as session:
            schedule: Schedule = await add_schedule(session, plan, ScheduleStatus.OPEN)
            row = await add_class(session, schedule, {"skin": 2})
        wanted = {"class_session_id": str(row.id), "specialty_code": "skin", "registration_ids": [str(made.id)]}
        placed = await stage.unit.put(f"/api/training/selections/{plan.id}/placements", json=wanted)
        assert placed.status_code == 200, placed.text
        async with stage.work() as session:
            assert (await session.get_one(ClassSession, row.id)).taken == 1
        assert (await judge(stage, made.id, "return", **WHY)).status_code == 200
        async with stage.work() as session:
            assert (await session.get_one(ClassSession, row.id)).taken == 0
            for table in (Seat, Placement):
                assert (await session.scalars(select(table).where(table.registration_id == made.id))).all() == []
        assert (await stage.unit.delete(f"{ONE}/{made.id}")).status_code == 204

    @pytest.mark.req("STAFF-04")
    async def test_not_after_the_results_are_out(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), results_published_at=datetime.now(UTC))
        answer = await judge(stage, made.id, "return", **WHY)
        assert (answer.status_code, answer.json()["code"]) == (409, "results_published")
        assert (await stage.found(made.id))["return_reason"] is None

    @pytest.mark.req("STAFF-03")
    async def test_what_was_not_sent_cannot_be_judged(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.DRAFT)
        assert (await judge(stage, made.id, "approve")).json()["code"] == "status_is_draft"


@pytest.mark.req("STAFF-03")
class TestBatch:
    async def test_one_bad_row_stops_no_other(self, stage: Stage) -> None:
        plan = await stage.plan()
        people = [
            await stage.registered(plan, name, status=status)
            for name, status in (("甲甲", S.SUBMITTED), ("乙乙", S.DRAFT), ("丙丙", S.SUBMITTED))
        ]
        ids = [str(each.id) for each in people] + [str(new_id())]
        body = {"registration_ids": ids, "action": "approve"}
        answer = await stage.province.post(f"{REVIEWS}/batch", json=body)
        assert answer.status_code == 200, answer.text
        assert [(each["name"], each["status_label"], each["code"]) for each in answer.json()["results"]] == [
            ("甲甲", "审核通过", None),
            ("乙乙", None, "status_is_draft"),
            ("丙丙", "审核通过", None),
            ("", None, "not_found"),
        ]
        back = {"registration_ids": ids[:3], "action": "return", **WHY}
        again = (await stage.province.post(f"{REVIEWS}/batch", json=back)).json()
        assert (again["done"], again["refused"]) == (2, 1)
        form = await stage.found(people[0].id)
        assert (form["status"], form["return_fields"]) == ("returned", WHY["fields"])

    async def test_a_batch_return_needs_its_reason(self, stage: Stage) -> None:
        body = {"registration_ids": [str(new_id())], "action": "return", "reason": " "}
        answer = await stage.province.post(f"{REVIEWS}/batch", json=body)
        assert (answer.status_code, set(field_codes(answer))) == (422, {"reason"})

    @pytest.mark.parametrize(("count", "action"), [(501, "approve"), (0, "approve"), (1, "submit")])
    async def test_only_decisions_and_at_most_five_hundred(self, stage: Stage, count: int, action: str) -> None:
        body = {"registration_ids": [str(new_id()) for _ in range(count)], "action": action}
        assert (await stage.province.post(f"{REVIEWS}/batch", json=body)).status_code == 422

    async def test_units_do_not_judge(self, stage: Stage) -> None:
        body = {"registration_ids": [str(new_id())], "action": "approve"}
        assert (await stage.unit.post(f"{REVIEWS}/batch", json=body)).status_code == 403
