"""The registration form while it is filled in: its definition by plan, its check, and one filling for several people (TRN-43…46)."""

from typing import Any

import httpx
import pytest
from sqlalchemy import inspect

from services.training.enrolment.registrations.form import FIELDS
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from tests.services.training.enrolment.registrations.stage import Stage
from tests.services.training.records import today

S = RegistrationStatus
ONE, GROUP = "/api/training/registrations", "/api/training/group-registrations"
RIGHT = {
    "needs_credit": "true",
    "training_kind": "refresher",
    "recipient_name": "王敏",
    "recipient_phone": "025-83759999",
    "recipient_address": "中山路1号",
}


def fields(definition: httpx.Response) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for section in definition.json()["sections"] for each in section["fields"]}


class TestDefinition:
    @pytest.mark.req("TRN-44", "TRN-45", "TRN-46", "FAQ-M6", "PLAT-13")
    async def test_the_plan_says_which_specialties_and_what_helps(self, stage: Stage) -> None:
        plan = await stage.plan("skin", "eye", credit_help="学分证用于继续教育学分")
        form = fields(await stage.unit.get(f"{GROUP}/{plan.id}/form-definition"))
        assert list(form) == [each.name for each in FIELDS]
        assert [each["label"] for each in form["specialties"]["choices"]] == ["职业性皮肤病", "职业性眼病"]
        assert form["needs_credit"]["help"] == "学分证用于继续教育学分"
        assert [name for name, each in form.items() if not each["required"]] == ["recipient_postcode"]
        plain = await stage.plan()
        assert "specialties" not in fields(await stage.unit.get(f"{GROUP}/{plain.id}/form-definition"))

    def test_every_field_has_its_column(self) -> None:
        assert {each.name for each in FIELDS} <= {each.key for each in inspect(Registration).attrs}


class TestCheck:
    @pytest.mark.req("TRN-46", "BEY-08")
    async def test_what_is_there_is_judged_and_what_was_there_is_not_emptied(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan("skin"))
        check = f"{ONE}/{made.id}/check"
        assert (await stage.unit.post(check, json=RIGHT)).json()["errors"] == []
        wrong = {**RIGHT, "recipient_phone": "12", "recipient_address": " "}
        checked = (await stage.unit.post(check, json=wrong)).json()
        assert {each["field"] for each in checked["errors"]} == {"recipient_phone", "recipient_address"}
        assert "specialties" in checked["required_now"]
        assert (await stage.stranger.post(check, json=RIGHT)).status_code == 404

    @pytest.mark.req("TRN-50", "BEY-04")
    async def test_a_returned_form_says_where(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.RETURNED, return_fields=["lodging", "title"])
        checked = (await stage.unit.post(f"{ONE}/{made.id}/check", json=RIGHT)).json()
        assert [(each["field"], each["code"]) for each in checked["hints"]] == [("lodging", "returned")]


@pytest.mark.req("TRN-44", "TRN-46", "FAQ-M6")
class TestCopies:
    async def test_they_are_told_before_and_done_for_those_who_are_unsent(self, stage: Stage) -> None:
        plan = await stage.plan()
        source = await stage.registered(plan, "张三", status=S.DRAFT, lodging="double", recipient_name="王敏")
        other = await stage.registered(plan, "李四", status=S.DRAFT, lodging="none")
        sent = await stage.registered(plan, "王五", status=S.SUBMITTED)
        ids = [str(each.id) for each in (other, sent, source)]
        place = f"{ONE}/{source.id}/copies"
        before = (await stage.unit.post(place, json={"registration_ids": ids, "preview": True})).json()
        assert (before["changed"], before["refused"]) == (1, 1)
        changes = {each["label"]: (each["before"], each["after"]) for each in before["results"][0]["changes"]}
        assert changes["住宿类型"] == ("不住宿", "双人包间")
        assert (await stage.found(other.id))["lodging"] == "none"
        assert before["results"][1]["reason"] == "已报名，不套用"
        done = (await stage.unit.post(place, json={"registration_ids": ids})).json()
        assert done["results"] == before["results"]
        now = await stage.found(other.id)
        assert (now["lodging"], now["recipient_name"], now["name"]) == ("double", "王敏", "李四")
        assert (await stage.stranger.post(place, json={"registration_ids": ids})).status_code == 404


@pytest.mark.req("TRN-37", "FAQ-M1", "FAQ-M2")
async def test_candidates_say_who_needs_the_plan_and_where_to_mend(stage: Stage) -> None:
    plan = await stage.plan()
    await stage.staff("张三")
    gone = await stage.staff("李四", status="left")
    rows = {each["name"]: each for each in (await stage.unit.get(f"{GROUP}/{plan.id}/candidates")).json()["items"]}
    assert rows["张三"]["needed"]
    assert rows["张三"]["need"].startswith("初训：没有")
    assert (rows["李四"]["needed"], rows["李四"]["next_step_path"]) == (False, f"/institution/people/{gone.id}")


@pytest.mark.req("TRN-43")
async def test_the_form_shows_what_stands_in_the_file(stage: Stage) -> None:
    made = await stage.registered(await stage.plan())
    facts = {each["label"]: each["value"] for each in (await stage.found(made.id))["facts"]}
    assert list(facts)[:5] == ["姓名", "性别", "身份证号", "年龄", "职称"]
    assert (facts["是否为质控负责人"], facts["人员属性"]) == ("否", "检查医生")


@pytest.mark.req("FAQ-M8", "PLAT-02")
async def test_a_late_entry_is_asked_for_and_taken_back_where_it_says(stage: Stage) -> None:
    plan = await stage.plan(registration_deadline=today().replace(year=today().year - 1))

    async def actions() -> dict[str, dict[str, Any]]:
        read = (await stage.unit.get(f"{GROUP}/{plan.id}")).json()
        return {each["action"]: each for each in read["actions"]}

    ask = (await actions())["request_late_entry"]
    body = {each["name"]: str(plan.id) for each in ask["fields"]}
    assert ask["consequence"].endswith("。")
    assert (await stage.unit.post(ask["href"], json={**body, "reason": "漏报一人"})).status_code == 201
    back = (await actions())["withdraw"]
    assert (await stage.unit.post(back["href"], json={"reason": None})).status_code == 200
    assert "withdraw" not in await actions()
