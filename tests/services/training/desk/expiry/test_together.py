"""Groups of the list with their counts, and several people added to one plan of 复训 together (BEY-06)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.plans.choices import TrainingKind
from services.training.plans.models import Plan
from shared.identifiers import new_id
from tests.services.training.desk.expiry.certificates import LIST, a_plan_type, certify, listed, numbers
from tests.services.training.enrolment.registrations.stage import Stage
from tests.services.training.records import add_registration, today

pytestmark = pytest.mark.req("BEY-06")


class TestGroups:
    async def test_each_row_is_in_one_group_and_the_counts_are_those_of_the_list(self, stage: Stage) -> None:
        staff = await stage.staff()
        for days in (-365, -1, 0, 30, 31, 90, 91):
            await certify(stage, staff, days, f"类别{days}")
        rows = await listed(stage.unit, days=365)
        found = [(row["days_left"], row["group"]) for row in rows]
        assert found == [
            (-365, "expired"),
            (-1, "expired"),
            (0, "within_30"),
            (30, "within_30"),
            (31, "within_90"),
            (90, "within_90"),
            (91, "later"),
        ]
        counted = (await stage.unit.get(f"{LIST}/groups", params={"days": 365, "group": "expired"})).json()
        assert [(each["group"], each["group_label"], each["count"]) for each in counted] == [
            ("expired", "已过期", 2),
            ("within_30", "30 天内到期", 2),
            ("within_90", "90 天内到期", 2),
            ("later", "90 天以后到期", 1),
        ]
        for each in counted:
            assert len(await numbers(stage.unit, days=365, group=each["group"])) == each["count"]
        assert len(await numbers(stage.unit, days=365, group=["expired", "later"])) == 3

    @pytest.mark.req("PLAT-06")
    async def test_a_unit_counts_its_own(self, stage: Stage) -> None:
        await certify(stage, await stage.staff("李四", actor=stage.other), 10)
        counted = (await stage.unit.get(f"{LIST}/groups")).json()
        assert {each["count"] for each in counted} == {0}


async def renew(stage: Stage, plan: Plan, ids: list[str]) -> dict[str, Any]:
    answer = await stage.unit.post(f"{LIST}/registrations", json={"plan_id": str(plan.id), "qualification_ids": ids})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


class TestTogether:
    async def test_people_are_added_as_refreshers_for_what_their_certificates_are_for(self, stage: Stage) -> None:
        kind = await a_plan_type(stage)
        plan = await stage.plan("skin", "poisoning", type_code=kind.code)
        labels = {each.specialty_code: each.specialty.label for each in plan.specialties}
        for name, code in (("张三", "skin"), ("李四", "poisoning")):
            await certify(stage, await stage.staff(name), 10, kind.label, scope=[labels[code]])
        rows = await listed(stage.unit)
        made = await renew(stage, plan, [row["id"] for row in rows])
        assert (made["added"], made["refused"], made["next_path"]) == (2, 0, f"/registrations/{plan.id}")
        assert {each["qualification_id"] for each in made["results"]} == {row["id"] for row in rows}
        async with stage.work() as session:
            found = await session.scalars(select(Registration).where(Registration.plan_id == plan.id))
            made_of = {
                each.staff.name: (each.training_kind, [one.specialty_code for one in each.specialties])
                for each in found
            }
        assert made_of == {"张三": (TrainingKind.REFRESHER, ["skin"]), "李四": (TrainingKind.REFRESHER, ["poisoning"])}
        assert {row["renewal"]["state"] for row in await listed(stage.unit)} == {"added"}

    async def test_each_is_told_why_not_and_stops_no_other(self, stage: Stage) -> None:
        kind, other_kind = await a_plan_type(stage), await a_plan_type(stage)
        plan = await stage.plan("skin", type_code=kind.code)
        sent_to = await stage.plan("skin", type_code=kind.code, registration_deadline=today() + timedelta(days=9))
        fits, registered, elsewhere, twice = [await stage.staff(each) for each in ("张三", "李四", "王五", "赵六")]
        for each in (fits, registered, twice):
            await certify(stage, each, 10, kind.label)
        await certify(stage, elsewhere, 10, other_kind.label)
        async with stage.work() as session:
            sent = RegistrationStatus.SUBMITTED
            await add_registration(session, stage.actor, sent_to, registered, "skin", status=sent)
            await add_registration(session, stage.actor, plan, twice, "skin", status=RegistrationStatus.DRAFT)
        strangers = str(new_id())
        made = await renew(stage, plan, [*(row["id"] for row in await listed(stage.unit)), strangers, strangers])
        told = {each["name"]: (each["added"], each["code"]) for each in made["results"]}
        assert told == {
            "张三": (True, None),
            "李四": (False, "already_registered"),
            "王五": (False, "plan_does_not_fit"),
            "赵六": (False, "already_in_plan"),
            "": (False, "not_found"),
        }
        assert (made["added"], made["refused"]) == (1, 4)
        assert all(each["reason"] and each["next_step"] for each in made["results"] if not each["added"])

    @pytest.mark.req("PLAT-06")
    async def test_anothers_certificate_adds_nobody(self, stage: Stage) -> None:
        kind = await a_plan_type(stage)
        plan = await stage.plan("skin", type_code=kind.code)
        await certify(stage, await stage.staff("李四", actor=stage.other), 10, kind.label)
        (theirs,) = await listed(stage.stranger)
        made = await renew(stage, plan, [theirs["id"]])
        assert [(each["code"], each["name"]) for each in made["results"]] == [("not_found", "")]

    async def test_a_plan_that_is_closed_takes_nobody_in_its_own_words(self, stage: Stage) -> None:
        kind = await a_plan_type(stage)
        plan = await stage.plan("skin", type_code=kind.code, registration_deadline=today() - timedelta(days=1))
        await certify(stage, await stage.staff(), 10, kind.label)
        (row,) = await listed(stage.unit)
        answer = await stage.unit.post(
            f"{LIST}/registrations", json={"plan_id": str(plan.id), "qualification_ids": [row["id"]]}
        )
        assert answer.status_code == 409
        assert "截止" in answer.json()["detail"]
