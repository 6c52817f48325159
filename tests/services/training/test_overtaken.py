"""Who saves what somebody else has changed meanwhile is told which fields, from what to what, in words (PLAT-03)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app
from shared.identity import Actor
from shared.roles import Level, Permission
from tests.conftest import ClientFor
from tests.services.training.classes.selection.classes import add_class, add_schedule
from tests.services.training.enrolment.registrations.stage import Stage, set_stage

pytestmark = pytest.mark.req("PLAT-03")
Told = dict[str, tuple[str | None, str | None]]


@pytest.fixture
async def stage(open_app: Any, client_for: ClientFor, make_actor: Callable[..., Actor]) -> Stage:
    return await set_stage(open_app, client_for, make_actor)


async def second_of_two(client: httpx.AsyncClient, path: str, first: dict[str, Any], second: dict[str, Any]) -> Told:
    """What the second of two is told, who have both read the record before."""
    read = await client.get(path)
    tag = {"If-Match": read.headers.get("etag") or f'"{read.json()["version"]}"'}
    done = await client.patch(path, json=first, headers=tag)
    assert done.status_code == 200, done.text
    late = await client.patch(path, json=second, headers=tag)
    assert (late.status_code, late.json()["code"]) == (412, "version_mismatch"), late.text
    told = late.json()["changes"]
    assert all(each["actor_name"] and each["at"] for each in told)
    assert all(each["label"] in late.json()["detail"] for each in told[:3])
    return {each["label"]: (each["before"], each["after"]) for each in told}


class TestEveryRecord:
    async def test_a_person(self, stage: Stage) -> None:
        made = await stage.staff(mobile="13800138000", title_level="3")
        path = f"/api/training/personnel/{made.id}"
        first = {"mobile": "13900139000", "title_level": "1", "departments": None}
        told = await second_of_two(stage.unit, path, {k: v for k, v in first.items() if v}, {"postcode": "210008"})
        assert told["手机号码"] == ("138****8000", "139****9000")
        assert all(word and not word.isdigit() for word in told["职称级别"])

    async def test_a_person_to_whom_a_qualification_was_added(self, stage: Stage) -> None:
        path = f"/api/training/personnel/{(await stage.staff()).id}"
        row = {"category": "检查医生", "number": "Z9", "issued_on": "2020-01-01"}
        assert (await stage.unit.post(f"{path}/qualifications", json=row)).status_code == 201
        late = await stage.unit.patch(path, json={"postcode": "210008"}, headers={"If-Match": '"1"'})
        assert ("证书", None, "Z9") in [
            (each["label"], each["before"], each["after"]) for each in late.json()["changes"]
        ]

    async def test_a_registration(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan("skin", "eye"), "张三", "skin", status=RegistrationStatus.DRAFT)
        path = f"/api/training/registrations/{made.id}"
        first = {"specialties": ["eye"], "lodging": "double", "recipient_phone": "13900139000"}
        told = await second_of_two(stage.unit, path, first, {"recipient_name": "李四"})
        assert told["培训专业类别"] == ("职业性皮肤病", "职业性眼病")
        assert told["住宿类型"] == ("不住宿", "双人包间")
        assert told["收件人联系电话"] == ("138****8000", "139****9000")

    async def test_a_plan(self, stage: Stage) -> None:
        plan = await stage.plan("skin")
        path = f"/api/training/plans/{plan.id}"
        until = plan.registration_deadline + timedelta(days=3)
        told = await second_of_two(
            stage.province, path, {"registration_deadline": str(until), "credit_help": "凭学分证"}, {"notice": "无"}
        )
        assert told == {
            "报名截止日期": (str(plan.registration_deadline), str(until)),
            "学分证说明": (None, "凭学分证"),
        }

    async def test_a_class_session(self, stage: Stage, client_for: ClientFor, make_actor: Callable[..., Actor]) -> None:
        plan = await stage.plan("skin")
        async with stage.work() as session:
            row = await add_class(session, await add_schedule(session, plan), {"skin": None}, capacity=9)
        office = await client_for(app, make_actor(Permission.CLASS_SCHEDULING, level=Level.PROVINCE))
        first = {"capacity": 8, "specialties": [{"specialty_code": "skin", "places": 7}]}
        path = f"/api/training/class-sessions/{row.id}"
        told = await second_of_two(office, path, first, {"location": "苏州市"})
        assert told == {"分班人数": ("9", "8"), "专业类别与限制人数": ("职业性皮肤病", "职业性皮肤病：7")}

    @pytest.mark.parametrize("path", ["plan-types/arbitration_expert", "specialties/skin"])
    async def test_a_dictionary(
        self, stage: Stage, client_for: ClientFor, make_actor: Callable[..., Actor], path: str
    ) -> None:
        there = f"/api/training/{path}"
        keeper = await client_for(app, make_actor(Permission.ADMINISTRATION, level=Level.PROVINCE))
        position = (await keeper.get(there)).json()["position"]
        told = await second_of_two(keeper, there, {"position": position + 1}, {"position": position})
        assert told == {"排列顺序": (str(position), str(position + 1))}
        now = (await keeper.get(there)).json()["version"]  # others of the house stand in this order
        back = await keeper.patch(there, json={"position": position}, headers={"If-Match": f'"{now}"'})
        assert back.status_code == 200


@pytest.mark.req("PLAT-04")
async def test_a_history_says_names_and_words_and_no_ids(stage: Stage) -> None:
    plan, staff = await stage.plan("skin"), await stage.staff("李四")
    body = {"plan_id": str(plan.id), "staff_ids": [str(staff.id)]}
    added = (await stage.unit.post("/api/training/registrations", json=body)).json()["results"][0]
    form: dict[str, Any] = {"lodging": "single", "needs_credit": True, "training_kind": "refresher"}
    assert (await stage.change(added["registration_id"], **form)).status_code == 200
    rows = (await stage.unit.get(f"/api/training/registrations/{added['registration_id']}/history")).json()
    told = [
        {each["label"]: (each["before"], each["after"]) for each in row["changes"]} for row in rows if row["changes"]
    ]
    assert told[0] == {"培训计划": (None, plan.name), "人员": (None, "李四")}
    assert told[1] == {"住宿类型": (None, "单人包间"), "是否需要学分证": (None, "是"), "培训类型": ("初训", "复训")}
