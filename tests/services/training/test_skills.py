"""The skills of 技术人员技能培训 are apart (FAQ-M3, M7Q3): needs, ends and renewal of one say nothing of another."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.training.people.personnel.models import Qualification
from tests.conftest import ClientFor, make_actor
from tests.services.training.enrolment.registrations.stage import Stage, set_stage
from tests.services.training.records import today

pytestmark = pytest.mark.req("FAQ-M1", "BEY-06", "TRN-45")
TYPE = "skills_training"
LUNG, RADIATION = "skill_lung", "skill_radiation"


@pytest.fixture
async def stage(open_app: Any, client_for: ClientFor) -> Stage:
    return await set_stage(open_app, client_for, make_actor)


async def certified(stage: Stage, name: str, *earned: tuple[str | None, int]) -> None:
    """A person with certificates of these skills that end in so many days."""
    staff = await stage.staff(name)
    labels = {each["code"]: each["label"] for each in (await stage.province.get("/api/training/specialties")).json()}
    category = (await stage.plan(type_code=TYPE)).type.label
    async with stage.work() as session:
        for skill, days in earned:
            scope = [labels[skill]] if skill else []
            values = {"number": f"{name}{skill}{days}", "issued_on": date(2020, 1, 1), "known_to": [staff.unit_id]}
            ends = today() + timedelta(days=days)
            row = Qualification(person_id=staff.person_id, category=category, scope=scope, expires_on=ends, **values)
            session.add(row)


async def test_a_certificate_of_one_skill_is_none_of_another(stage: Stage) -> None:
    for name, *earned in (
        ("肺功能", (LUNG, 900)),
        ("两样", (LUNG, 900), (RADIATION, 900)),
        ("将到期", (RADIATION, 30), (LUNG, 900)),
        ("没注明", (None, 900)),
    ):
        await certified(stage, name, *earned)
    plan = await stage.plan(RADIATION, type_code=TYPE)
    rows = (await stage.unit.get(f"/api/training/plans/{plan.id}/needs")).json()
    told = {row["name"]: row["kind_label"] for row in rows}
    assert told == {"肺功能": "初训", "两样": "暂不需要", "将到期": "复训", "没注明": "初训"}
    reasons = {row["name"]: row["reason"] for row in rows}
    assert "电离辐射检查技术人员技能专项" in reasons["肺功能"]


async def test_another_skill_takes_none_off_the_list_of_those_that_end(stage: Stage) -> None:
    await certified(stage, "甲", (LUNG, -10), (RADIATION, 900))
    await certified(stage, "乙", (LUNG, -10), (LUNG, 900))
    rows = (await stage.unit.get("/api/training/expiring-qualifications")).json()["items"]
    assert {row["name"] for row in rows} == {"甲"}


async def test_renewal_is_by_the_same_skill(stage: Stage) -> None:
    await certified(stage, "甲", (LUNG, 20))
    await stage.plan(RADIATION, type_code=TYPE, name="电离辐射班")
    (row,) = (await stage.unit.get("/api/training/expiring-qualifications")).json()["items"]
    assert row["renewal"]["plan_name"] != "电离辐射班"
    right = await stage.plan(LUNG, type_code=TYPE, registration_deadline=today())
    (row,) = (await stage.unit.get("/api/training/expiring-qualifications")).json()["items"]
    assert row["renewal"]["plan_name"] == right.name


@pytest.mark.req("TRN-44")
async def test_where_there_is_one_to_choose_nobody_is_asked(stage: Stage) -> None:
    for codes, chosen in (((RADIATION,), [RADIATION]), (("skin", "eye"), []), ((), [])):
        plan = await stage.plan(*codes, **({"type_code": TYPE} if codes == (RADIATION,) else {}))
        staff = await stage.staff(f"张{len(codes)}")
        body = {"plan_id": str(plan.id), "staff_ids": [str(staff.id)]}
        added = (await stage.unit.post("/api/training/registrations", json=body)).json()
        form = await stage.found(added["results"][0]["registration_id"])
        assert [each["code"] for each in form["specialties"]] == chosen


@pytest.mark.req("FAQ-M6")
class TestANewName:
    async def test_who_has_approved_the_old_one_hears_of_it(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan("skin"), "张三", "skin")
        path = f"/api/training/personnel/{made.staff_id}"
        for body in ({"postcode": "210008"}, {"name": "张叁"}):
            version = (await stage.unit.get(path)).headers["etag"]
            assert (await stage.unit.patch(path, json=body, headers={"If-Match": version})).status_code == 200
        (told,) = await stage.told("details_changed", made.id)
        assert (told["person_name"], told["changed"]) == ("张叁", "姓名（原为“张三”）")

    async def test_nobody_hears_of_one_that_is_still_to_be_reviewed(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan("skin"), "张三", "skin", status="submitted")
        path = f"/api/training/personnel/{made.staff_id}"
        version = (await stage.unit.get(path)).headers["etag"]
        await stage.unit.patch(path, json={"name": "张叁"}, headers={"If-Match": version})
        assert await stage.told("details_changed", made.id) == []
