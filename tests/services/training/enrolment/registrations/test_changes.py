"""What a resubmission shows: each field before and after the return, in words (BEY-04), and the whole history (PLAT-04)."""

from itertools import pairwise
from typing import Any

import httpx
import pytest

from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.workflow import EMPLOYMENT
from tests.services.training.enrolment.registrations.stage import Stage

S = RegistrationStatus
ONE = "/api/training/registrations"
WHY = {"kind": "incomplete", "reason": "请补充职称", "fields": ["title_level", "recipient_phone", "lodging"]}


async def judge(stage: Stage, made: Registration, action: str, **body: Any) -> httpx.Response:
    answer = await stage.province.post(f"{ONE}/{made.id}/{action}", json=body)
    assert answer.status_code == 200, answer.text
    return answer


async def changes(stage: Stage, made: Registration) -> dict[str, tuple[str, str | None, str | None]]:
    answer = await stage.province.get(f"{ONE}/{made.id}")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["changed_fields"] == [each["field"] for each in found["changes"]]
    return {each["field"]: (each["label"], each["before"], each["after"]) for each in found["changes"]}


@pytest.mark.req("BEY-04")
class TestChangesSinceTheReturn:
    async def test_form_and_file_in_words_and_masked(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan("skin", "eye"), "张三", "skin", status=S.SUBMITTED)
        await judge(stage, made, "return", **WHY)
        assert await changes(stage, made) == {}
        await stage.change(made.id, lodging="single", needs_credit=False, recipient_phone="13900139000")
        await stage.change(made.id, lodging="double", specialties=["eye", "skin"], recipient_postcode=None)
        staff = f"/api/training/personnel/{made.staff_id}"
        file = await stage.unit.patch(
            staff, json={"title_level": "2", "mobile": "13700137000"}, headers={"If-Match": '"1"'}
        )
        assert file.status_code == 200, file.text
        await stage.unit.post(f"{ONE}/{made.id}/submit")
        found = await changes(stage, made)
        title = found.pop("title_level")
        assert (title[0], title[1]) == ("职称级别", "中级")
        assert title[2] not in {None, "2", "中级"}
        assert found == {
            "lodging": ("住宿类型", "不住宿", "双人包间"),
            "needs_credit": ("是否需要学分证", "是", "否"),
            "recipient_phone": ("收件人联系电话", "138****8000", "139****9000"),
            "recipient_postcode": ("收件人邮编", "210009", None),
            "specialties": ("培训专业类别", "职业性皮肤病", "职业性眼病、职业性皮肤病"),
            "mobile": ("手机号码", "138****8000", "137****7000"),
        }

    async def test_changed_and_changed_back_is_no_change(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.SUBMITTED)
        await judge(stage, made, "return", **WHY)
        await stage.change(made.id, lodging="single")
        await stage.change(made.id, lodging="none", recipient_phone="13899998000")
        assert set(await changes(stage, made)) == {"recipient_phone"}

    async def test_what_was_changed_before_the_return_does_not_count(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.DRAFT)
        await stage.change(made.id, lodging="single")
        await stage.unit.post(f"{ONE}/{made.id}/submit")
        await judge(stage, made, "return", **WHY)
        assert await changes(stage, made) == {}

    async def test_qualifications_uploads_and_departments_are_told_too(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.SUBMITTED)
        await judge(stage, made, "return", **WHY)
        body = {"category": "检查医生", "number": "苏职检2020-17", "issued_on": "2020-05-01"}
        added = await stage.unit.post(f"/api/training/personnel/{made.staff_id}/qualifications", json=body)
        assert added.status_code == 201, added.text
        files: list[list[str]] = [[], ["a"], ["b"]]
        async with stage.work() as session:
            steps = [("attach", {"职称证书": old}, {"职称证书": new}) for old, new in pairwise(files)]
            steps.append(("choose_departments", {"departments": []}, {"departments": ["内科", "外科"]}))
            for action, before, after in steps:
                EMPLOYMENT.note(session, made.staff_id, action, actor=stage.actor, before=before, after=after)
        assert await changes(stage, made) == {
            "departments": ("从事科室", None, "内科、外科"),
            "职称证书": ("职称证书", "0 份", "1 份"),
            "qualifications": ("添加资质", None, "检查医生，苏职检2020-17，2020-05-01"),
        }

    async def test_the_returned_fields_have_chinese_names(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.SUBMITTED)
        await judge(stage, made, "return", **WHY)
        form = await stage.found(made.id)
        assert form["return_fields"] == WHY["fields"]
        assert form["return_field_labels"] == ["职称级别", "收件人联系电话", "住宿类型"]
        page = (await stage.unit.get(f"/api/training/group-registrations/{made.plan_id}")).json()
        assert page["registrants"][0]["return_field_labels"] == form["return_field_labels"]


@pytest.mark.req("BEY-11")
class TestUndoing:
    async def test_a_decision_is_stamped_and_taken_back(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.SUBMITTED)
        await judge(stage, made, "approve")
        async with stage.work() as session:
            row = await session.get_one(Registration, made.id)
            assert row.reviewed_at is not None
            assert row.reviewed_by is not None
        await judge(stage, made, "undo_review")
        async with stage.work() as session:
            row = await session.get_one(Registration, made.id)
            assert (row.status, row.reviewed_at, row.reviewed_by) == (S.SUBMITTED, None, None)

    @pytest.mark.req("BEY-04")
    async def test_an_undone_return_leaves_no_reason_and_an_undone_approval_its_own(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.SUBMITTED)
        await judge(stage, made, "return", **WHY)
        undone = (await judge(stage, made, "undo_review")).json()
        assert (undone["status"], undone["return_kind"], undone["return_reason"], undone["return_fields"]) == (
            "submitted",
            None,
            None,
            [],
        )
        await judge(stage, made, "return", **WHY)
        await stage.change(made.id, lodging="single")
        await stage.unit.post(f"{ONE}/{made.id}/submit")
        assert (await judge(stage, made, "approve")).json()["return_reason"] is None
        again = (await judge(stage, made, "undo_review")).json()
        assert (again["return_kind"], again["return_reason"], again["return_fields"]) == (
            "incomplete",
            WHY["reason"],
            WHY["fields"],
        )
        assert again["changed_fields"] == ["lodging"]


@pytest.mark.req("PLAT-04")
class TestHistory:
    async def test_unit_and_reviewer_read_it_and_a_stranger_does_not(self, stage: Stage) -> None:
        made = await stage.registered(await stage.plan(), status=S.DRAFT)
        await stage.change(made.id, recipient_phone="13900139000")
        await stage.unit.post(f"{ONE}/{made.id}/submit")
        await judge(stage, made, "return", **WHY)
        where = f"{ONE}/{made.id}/history"
        rows = (await stage.unit.get(where)).json()
        shown = [(each["action_label"], each["reason"]) for each in rows if each["action"] != "view_full"]
        assert shown == [("修改", None), ("报名", None), ("退回", WHY["reason"])]
        assert "13900139000" not in str(rows)
        assert all(each["address"] is None for each in rows)
        assert len((await stage.province.get(where)).json()) == len(rows)
        assert (await stage.stranger.get(where)).status_code == 404
