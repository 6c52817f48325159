"""Who can be picked for a plan, what is filled in beforehand, and what the list of registrants warns of (TRN-36…42, FAQ-M2)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.workflow import EmploymentStatus
from services.training.plans.workflow import PlanStatus
from shared.identifiers import new_id
from tests.services.training.enrolment.registrations.stage import Stage, button
from tests.services.training.records import add_registration, add_staff, today

S = RegistrationStatus
ADD = "/api/training/registrations"
GROUP = "/api/training/group-registrations"


@pytest.mark.req("TRN-37", "FAQ-M2")
class TestPicking:
    async def test_everybody_is_listed_and_the_others_say_why(self, stage: Stage) -> None:
        plan = await stage.plan()
        free = await stage.staff("甲甲")
        left = await stage.staff("乙乙", status=EmploymentStatus.LEFT)
        await stage.registered(plan, "丙丙")
        await stage.staff("戊戊", actor=stage.other)
        moved = await stage.staff("丁丁")
        async with stage.work() as session:
            there = await add_staff_of(stage, session, moved)
            await add_registration(session, stage.other, plan, there)
        page = (await stage.unit.get(f"{GROUP}/{plan.id}/candidates")).json()
        found = {row["name"]: row for row in page["items"]}
        assert {name: row["code"] for name, row in found.items()} == {
            "甲甲": None,
            "乙乙": "left_unit",
            "丙丙": "already_in_plan",
            "丁丁": "in_another_unit",
        }
        assert found["甲甲"]["selectable"]
        assert found["甲甲"]["staff_id"] == str(free.id)
        assert "【在职】" in found["乙乙"]["next_step"]
        assert not found["乙乙"]["selectable"]
        assert stage.other.organisation_name not in str(page)
        answer = await stage.unit.post(ADD, json={"plan_id": str(plan.id), "staff_ids": [str(left.id), str(moved.id)]})
        assert {each["name"]: each["code"] for each in answer.json()["results"]} == {
            "乙乙": "left_unit",
            "丁丁": "in_another_unit",
        }

    async def test_any_part_of_a_name_finds_a_person(self, stage: Stage) -> None:
        plan = await stage.plan()
        for name in ("欧阳明", "王小明", "李雷"):
            await stage.staff(name)

        async def names(query: str) -> list[str]:
            page = (await stage.unit.get(f"{GROUP}/{plan.id}/candidates", params={"name": query})).json()
            return [row["name"] for row in page["items"]]

        assert await names("明") == ["欧阳明", "王小明"]
        assert await names("wxm") == ["王小明"]
        assert await names("无") == []

    @pytest.mark.req("TRN-35")
    async def test_nobody_is_selectable_once_the_plan_is_closed(self, stage: Stage) -> None:
        plan = await stage.plan(registration_deadline=today() - timedelta(days=1))
        await stage.staff()
        row = (await stage.unit.get(f"{GROUP}/{plan.id}/candidates")).json()["items"][0]
        assert (row["selectable"], row["code"]) == (False, "registration_closed")


async def add_staff_of(stage: Stage, session: AsyncSession, person: StaffMember) -> StaffMember:
    """The other unit's file of the same person."""
    from_there = await add_staff(session, stage.other, person.name)
    from_there.person_id = person.person_id
    await session.flush()
    return from_there


class TestAdding:
    @pytest.mark.req("TRN-37", "TRN-44", "TRN-46", "X8")
    async def test_a_draft_is_filled_from_the_file(self, stage: Stage) -> None:
        plan, staff = await stage.plan("skin"), await stage.staff("欧阳明", mobile="13912345678", postcode="210000")
        answer = await stage.unit.post(ADD, json={"plan_id": str(plan.id), "staff_ids": [str(staff.id)] * 2})
        assert answer.status_code == 200, answer.text
        assert (answer.json()["added"], answer.json()["refused"]) == (1, 0)
        form = await stage.found(answer.json()["results"][0]["registration_id"])
        assert (form["status_label"], form["training_kind_label"]) == ("未报名", "初训")
        assert (form["needs_credit"], form["lodging"], form["specialties"]) == (None, None, [])
        assert (form["recipient_name"], form["recipient_phone"]) == ("欧阳明", "13912345678")
        assert (form["recipient_postcode"], form["recipient_address"]) == ("210000", staff.address)
        row = await stage.row(plan)
        assert row is not None
        assert row["status"] == "in_progress"

    async def test_a_plan_without_specialties_has_one_row_to_place(self, stage: Stage) -> None:
        plan, staff = await stage.plan(), await stage.staff()
        await stage.unit.post(ADD, json={"plan_id": str(plan.id), "staff_ids": [str(staff.id)]})
        async with stage.work() as session:
            row = (await session.scalars(select(Registration).where(Registration.plan_id == plan.id))).one()
            assert [each.specialty_code for each in row.specialties] == ["none"]

    @pytest.mark.req("TRN-37")
    async def test_one_who_cannot_be_added_stops_no_other(self, stage: Stage) -> None:
        plan, good = await stage.plan(), await stage.staff("甲甲")
        strange, unknown = await stage.staff("乙乙", actor=stage.other), new_id()
        inside = await stage.registered(plan, "丙丙")
        ids = [str(each) for each in (strange.id, unknown, inside.staff_id, good.id)]
        answer = (await stage.unit.post(ADD, json={"plan_id": str(plan.id), "staff_ids": ids})).json()
        assert [each["staff_id"] for each in answer["results"]] == ids
        assert [each["code"] for each in answer["results"]] == ["not_found", "not_found", "already_in_plan", None]
        assert (answer["added"], answer["refused"]) == (1, 3)
        assert all(each["reason"] and each["next_step"] for each in answer["results"][:3])
        assert answer["results"][0]["name"] == ""

    @pytest.mark.req("TRN-37", "FAQ-M2")
    async def test_two_units_at_once_add_a_person_once(self, stage: Stage) -> None:
        plan, here = await stage.plan(), [await stage.staff(f"甲{at}") for at in range(4)]
        await stage.staff("乙", actor=stage.other)
        async with stage.work() as session:
            there = [await add_staff_of(stage, session, person) for person in here]
        calls = [
            client.post(ADD, json={"plan_id": str(plan.id), "staff_ids": [str(each.id) for each in people]})
            for client, people in ((stage.unit, here), (stage.stranger, there[::-1]))
        ]
        answers = [answer.json() for answer in await asyncio.gather(*calls)]
        assert sorted(answer["added"] for answer in answers) == [0, 4]
        refused = next(answer for answer in answers if not answer["added"])
        assert {each["code"] for each in refused["results"]} == {"in_another_unit"}

    @pytest.mark.req("TRN-35", "X23")
    async def test_a_closed_plan_takes_nobody(self, stage: Stage) -> None:
        staff = await stage.staff()
        closed = await stage.plan(registration_deadline=today() - timedelta(days=1))
        ended, draft = await stage.plan(status=PlanStatus.CLOSED), await stage.plan(status=PlanStatus.DRAFT)
        body = {"staff_ids": [str(staff.id)]}
        late = await stage.unit.post(ADD, json={**body, "plan_id": str(closed.id)})
        assert (late.status_code, late.json()["code"]) == (409, "registration_closed")
        assert "截止" in late.json()["detail"]
        over = await stage.unit.post(ADD, json={**body, "plan_id": str(ended.id)})
        assert (over.status_code, over.json()["code"]) == (409, "plan_not_open")
        assert (await stage.unit.post(ADD, json={**body, "plan_id": str(draft.id)})).status_code == 404
        last = await stage.plan(registration_deadline=today())
        assert (await stage.unit.post(ADD, json={**body, "plan_id": str(last.id)})).json()["added"] == 1

    async def test_at_most_two_hundred_at_once(self, stage: Stage) -> None:
        body = {"plan_id": str(new_id()), "staff_ids": [str(new_id()) for _ in range(201)]}
        assert (await stage.unit.post(ADD, json=body)).status_code == 422


class TestPlanPage:
    @pytest.mark.req("TRN-36", "TRN-38", "TRN-39", "TRN-40")
    async def test_warnings_stand_beside_the_people_and_block_nothing(self, stage: Stage) -> None:
        plan = await stage.plan("skin", age_limit=40)
        day = plan.registration_deadline
        born = day.replace(year=day.year - 41)
        people: dict[str, dict[str, Any]] = {
            "甲": {"birth_date": born, "title_level": "4"},
            "乙": {"birth_date": born + timedelta(days=1), "title_level": "3"},
            "丙": {"birth_date": born + timedelta(days=1), "title_level": None},
        }
        ids = [str((await stage.staff(name, **values)).id) for name, values in people.items()]
        assert (await stage.unit.post(ADD, json={"plan_id": str(plan.id), "staff_ids": ids})).json()["added"] == 3
        page = (await stage.unit.get(f"{GROUP}/{plan.id}")).json()
        assert (page["plan"]["name"], page["plan"]["notice"]) == (plan.name, "请携带身份证")
        found = {row["name"]: row for row in page["registrants"]}
        assert {n: (row["age"], row["age_over_limit"]) for n, row in found.items()} == {
            "甲": (41, True),
            "乙": (40, False),
            "丙": (40, False),
        }
        assert {n: row["title_level_below"] for n, row in found.items()} == {"甲": True, "乙": False, "丙": True}
        assert (found["甲"]["title_level_label"], found["丙"]["title_level_label"]) == ("初级", "")
        assert found["甲"]["training_kind_label"] == "初训"

    @pytest.mark.req("TRN-52", "X28", "PLAT-02")
    async def test_a_finished_plan_keeps_its_buttons_until_the_deadline(self, stage: Stage) -> None:
        plan = await stage.plan()
        await stage.registered(plan, status=S.SUBMITTED)
        page = (await stage.unit.get(f"{GROUP}/{plan.id}")).json()
        assert button(page, "add", "actions")["allowed"]
        assert button(page["registrants"][0], "cancel")["allowed"]
        async with stage.work() as session:
            stored = await session.get_one(type(plan), plan.id)
            stored.registration_deadline = today() - timedelta(days=1)
        page = (await stage.unit.get(f"{GROUP}/{plan.id}")).json()
        for each in (button(page, "add", "actions"), button(page["registrants"][0], "cancel")):
            assert (each["allowed"], each["code"]) == (False, "registration_closed")
            assert "截止" in each["reason"]

    @pytest.mark.req("TRN-41")
    async def test_a_returned_person_shows_the_reason(self, stage: Stage) -> None:
        plan = await stage.plan()
        await stage.registered(
            plan, status=S.RETURNED, return_kind="wrong", return_reason="电话有误", return_fields=["recipient_phone"]
        )
        row = (await stage.unit.get(f"{GROUP}/{plan.id}")).json()["registrants"][0]
        assert (row["status_label"], row["return_kind_label"], row["return_reason"], row["return_fields"]) == (
            "已退回",
            "信息错误",
            "电话有误",
            ["recipient_phone"],
        )

    @pytest.mark.req("PLAT-05")
    async def test_lists_carry_no_number(self, stage: Stage) -> None:
        plan = await stage.plan()
        made = await stage.registered(plan, status=S.SUBMITTED)
        number = made.staff.person.resident_id
        for where in (f"{GROUP}/{plan.id}", f"{GROUP}/{plan.id}/candidates"):
            text = (await stage.unit.get(where)).text
            assert number not in text
            assert made.staff.mobile not in text
