"""添加资质: what a unit writes into its own file, who sees it, and what nobody may touch."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from services.training.main import app
from services.training.people.personnel.models import Qualification
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.people.personnel.forms import PERSONNEL, form, fresh_id
from tests.services.training.records import add_plan, today

MakeActor = Callable[..., Actor]
OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
UNIT = Permission.INSTITUTION_FILING


def paper(**changes: Any) -> dict[str, Any]:
    values = {
        "category": "职业病诊断医师",
        "number": "苏职诊字2019第1号",
        "issued_on": "2019-05-01",
        "expires_on": str(today() + timedelta(days=400)),
        "scope": ["职业性眼病", "职业性皮肤病"],
    }
    return {**values, **changes}


async def new_file(client: AsyncClient, **changes: Any) -> Response:
    made = await client.post(PERSONNEL, json=form(**changes))
    assert made.status_code == 201, made.text
    return made


async def left_file(client: AsyncClient, **changes: Any) -> Response:
    """Of somebody who is 离职 by now."""
    made = await new_file(client, **changes)
    assert (await client.post(f"{made.headers['location']}/leave")).status_code == 200
    return made


async def add(client: AsyncClient, file: Response, **changes: Any) -> Response:
    return await client.post(f"{file.headers['location']}/qualifications", json=paper(**changes))


async def earn(runtime: Runtime, file: Response) -> str:
    """A certificate of this platform, earned while the file's unit had registered the person."""
    row = Qualification(
        id=new_id(),
        person_id=file.json()["person_id"],
        known_to=[UUID(file.json()["unit_id"])],
        category="职业病诊断医师",
        number="SJ-1",
        issued_on=today(),
        expires_on=None,
        scope=["职业性肿瘤"],
        certificate_id=new_id(),
    )
    async with runtime.database.unit_of_work() as session:
        session.add(row)
    return str(row.id)


def codes(answer: Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(each["field"], each["code"]) for each in answer.json()["errors"]]


def match(answer: Response) -> dict[str, str]:
    return {"If-Match": answer.headers["etag"]}


@pytest.fixture
async def client(client_for: ClientFor, make_actor: MakeActor) -> AsyncClient:
    return await client_for(app, make_actor(UNIT))


class TestWrite:
    @pytest.mark.req("TRN-25", "TRN-26", "TRN-27", "TRN-28", "PLAT-03", "PLAT-04")
    async def test_added_changed_and_removed_with_the_files_version(self, client: AsyncClient) -> None:
        file = await new_file(client)
        address = file.headers["location"]
        assert file.json()["qualifications"] == []
        added = await add(client, file)
        assert (added.status_code, added.json()["state_label"], added.json()["earned_here"]) == (201, "有效", False)
        assert added.json()["scope"] == ["职业性皮肤病", "职业性眼病"]
        read = await client.get(address)
        assert read.json()["qualifications"] == [added.json()]
        assert read.headers["etag"] == added.headers["etag"] != file.headers["etag"]
        assert read.json()["projects"] == "职业性皮肤病、职业性眼病"
        row = added.headers["location"]
        late = await client.patch(row, json={"number": "2"}, headers=match(file))
        assert late.status_code == 412
        changed = await client.patch(row, json={"number": "2", "scope": ["职业性肿瘤"]}, headers=match(added))
        assert (changed.json()["number"], changed.json()["scope"]) == ("2", ["职业性肿瘤"])
        gone = await client.delete(row)
        assert (gone.status_code, (await client.get(address)).json()["qualifications"]) == (204, [])
        assert (await client.get(address)).headers["etag"] == gone.headers["etag"] != changed.headers["etag"]
        shown = (await client.get(f"{address}/history")).json()
        history = [each for each in shown if each["action"] != "view_full"]
        assert [each["action_label"] for each in history] == ["新建", "添加资质", "修改资质", "删除资质"]
        assert history[2]["before"] == {"number": "苏职诊字2019第1号", "scope": ["职业性皮肤病", "职业性眼病"]}

    @pytest.mark.req("TRN-26", "X3")
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"category": "护士长", "scope": []}, [("category", "code_unknown")]),
            ({"number": "字" * 26}, [("number", "text_too_many_bytes")]),
            ({"number": " "}, [("number", "text_blank")]),
            ({"issued_on": "2099-01-01"}, [("issued_on", "issue_date_range")]),
            ({"expires_on": "2019-05-01"}, [("expires_on", "expires_before_issue")]),
            ({"expires_on": "2019-04-30"}, [("expires_on", "expires_before_issue")]),
        ],
    )
    async def test_what_is_wrong_is_named(
        self, client: AsyncClient, changes: dict[str, Any], expected: list[tuple[str, str]]
    ) -> None:
        assert codes(await add(client, await new_file(client), **changes)) == expected

    @pytest.mark.req("TRN-26")
    async def test_fifty_bytes_fit_and_no_end_is_needed(self, client: AsyncClient) -> None:
        file = await new_file(client)
        full = await add(client, file, number="字" * 25, expires_on="", issued_on=str(today()))
        assert (full.status_code, full.json()["expires_on"]) == (201, None)

    @pytest.mark.req("X3", "TRN-26")
    async def test_past_its_end_it_is_taken_shown_and_warned_of(self, client: AsyncClient) -> None:
        file = await new_file(client, practice_number="P1")
        gone = await add(client, file, expires_on=str(today() - timedelta(days=1)))
        last = await add(client, file, expires_on=str(today()), number="Z2")
        assert [gone.json()["state_label"], last.json()["state_label"]] == ["已过期", "有效"]
        warned = (await client.get(file.headers["location"])).json()["warnings"]
        assert [(each["field"], each["code"]) for each in warned] == [("qualifications", "qualification_expired")]

    @pytest.mark.req("TRN-27")
    @pytest.mark.parametrize(
        ("category", "scope", "code"),
        [
            ("职业病诊断医师", [], "scope_missing"),
            ("职业病鉴定专家", [], "scope_missing"),
            ("放射专业技术人员", ["职业性皮肤病"], "scope_unknown"),
            ("职业病诊断医师", ["放射卫生现场"], "scope_unknown"),
            ("检查医生", ["职业性皮肤病"], "scope_not_asked"),
            ("技术人员技能培训", ["职业性皮肤病"], "scope_not_asked"),
        ],
    )
    async def test_a_scope_is_of_three_categories_and_of_their_own_list(
        self, client: AsyncClient, category: str, scope: list[str], code: str
    ) -> None:
        file = await new_file(client)
        assert codes(await add(client, file, category=category, scope=scope)) == [("scope", code)]

    @pytest.mark.req("TRN-27", "X3")
    async def test_a_change_is_judged_by_the_whole_row(self, client: AsyncClient) -> None:
        added = await add(client, await new_file(client), category="检查医生", scope=[])
        row = added.headers["location"]
        no_scope = await client.patch(row, json={"category": "职业病诊断医师"}, headers=match(added))
        assert codes(no_scope) == [("scope", "scope_missing")]
        turned = await client.patch(
            row, json={"issued_on": str(today()), "expires_on": "2020-01-01"}, headers=match(added)
        )
        assert codes(turned) == [("expires_on", "expires_before_issue")]
        body = {"category": "职业病诊断医师", "scope": ["职业性肿瘤"]}
        scoped = await client.patch(row, json=body, headers=match(added))
        back = await client.patch(row, json={"category": "检查医生"}, headers=match(scoped))
        assert (scoped.json()["scope"], back.json()["scope"]) == (["职业性肿瘤"], [])


LUNG, RADIATION = "肺功能检查技术人员技能专项", "电离辐射检查技术人员技能专项"
SKILLS = "技术人员技能培训"


@pytest.mark.req("TRN-27", "FAQ-M1")
class TestSkills:
    async def test_which_skill_a_certificate_is_of_may_be_said(self, client: AsyncClient) -> None:
        offered = (await client.get("/api/training/personnel-dictionaries/qualification_skills")).json()
        own = [each["code"] for each in offered if each["parent"] == SKILLS]
        assert {LUNG, RADIATION} <= set(own)
        file = await new_file(client)
        unsaid = await add(client, file, category=SKILLS, scope=[], number="J1")
        assert (unsaid.status_code, unsaid.json()["scope"]) == (201, [])
        said = await client.patch(unsaid.headers["location"], json={"scope": [LUNG]}, headers=match(unsaid))
        assert said.json()["scope"] == [LUNG]
        number = await client.patch(unsaid.headers["location"], json={"number": "J2"}, headers=match(said))
        assert (number.json()["number"], number.json()["scope"]) == ("J2", [LUNG])
        other = await client.patch(unsaid.headers["location"], json={"category": "检查医生"}, headers=match(number))
        assert other.json()["scope"] == []
        assert codes(await add(client, file, category="检查医生", scope=[LUNG])) == [("scope", "scope_not_asked")]
        history = (await client.get(f"{file.headers['location']}/history")).json()
        assert any(LUNG in str(each["changes"]) for each in history)

    async def test_the_needs_of_a_plan_know_the_skill(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime = await open_app(app)
        unit = await client_for(app, make_actor(UNIT, Permission.GROUP_REGISTRATION))
        async with runtime.database.unit_of_work() as session:
            lung = await add_plan(session, "skill_lung", type_code="skills_training")
            radiation = await add_plan(session, "skill_radiation", type_code="skills_training")
        file = await new_file(unit)
        await add(unit, file, category=SKILLS, scope=[LUNG], expires_on=str(today() + timedelta(days=900)))
        told = {}
        for plan in (lung, radiation):
            needs = (await unit.get(f"/api/training/plans/{plan.id}/needs")).json()
            (told[plan.id],) = [each["kind_label"] for each in needs if each["staff_id"] == file.json()["id"]]
        assert told == {lung.id: "暂不需要", radiation.id: "初训"}


@pytest.mark.req("TRN-05", "TRN-25", "PLAT-02")
class TestEarnedHere:
    async def test_it_cannot_be_changed_or_deleted_and_the_row_says_why(
        self, client: AsyncClient, open_app: OpenApp
    ) -> None:
        file = await new_file(client)
        address = file.headers["location"]
        earned = await earn(await open_app(app), file)
        (shown,) = (await client.get(address)).json()["qualifications"]
        assert (shown["id"], shown["earned_here"]) == (earned, True)
        answers = [
            await client.patch(f"{address}/qualifications/{earned}", json={"number": "2"}, headers=match(file)),
            await client.delete(f"{address}/qualifications/{earned}"),
        ]
        assert [(each.status_code, each.json()["code"]) for each in answers] == [(409, "qualification_earned_here")] * 2
        assert {(each["allowed"], each["reason"]) for each in shown["allowed_actions"]} == {
            (False, answers[0].json()["detail"])
        }
        assert (await client.get(address)).json()["qualifications"] == [shown]

    @pytest.mark.req("PLAT-06", "BEY-14")
    async def test_a_unit_that_adds_the_person_later_does_not_see_it(
        self, client: AsyncClient, client_for: ClientFor, make_actor: MakeActor, open_app: OpenApp
    ) -> None:
        file = await left_file(client)
        await earn(await open_app(app), file)
        other = await client_for(app, make_actor(UNIT))
        twin = await new_file(other, resident_id=file.json()["resident_id"])
        seen = (await other.get(twin.headers["location"])).json()
        assert (seen["qualifications"], seen["certificate_numbers"], seen["projects"]) == ([], [], "")
        assert (await client.get(file.headers["location"])).json()["projects"] == "职业性肿瘤"


@pytest.mark.req("PLAT-06", "TRN-25")
class TestWhoSees:
    async def test_what_one_unit_wrote_another_that_has_the_person_does_not_see(
        self, client: AsyncClient, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        file = await new_file(client)
        added = await add(client, file)
        await client.post(f"{file.headers['location']}/leave")
        other = await client_for(app, make_actor(UNIT))
        twin = await new_file(other, resident_id=file.json()["resident_id"])
        seen = (await other.get(twin.headers["location"])).json()
        assert (seen["qualifications"], seen["certificate_numbers"], seen["projects"]) == ([], [], "")
        row = f"{twin.headers['location']}/qualifications/{added.json()['id']}"
        answers = [
            await other.patch(row, json={"number": "2"}, headers=match(twin)),
            await other.delete(row),
            await other.patch(added.headers["location"], json={"number": "2"}, headers=match(added)),
            await other.delete(added.headers["location"]),
            await add(other, file),
        ]
        assert [each.status_code for each in answers] == [404] * 5

    async def test_an_office_reads_and_does_not_write(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        client = await client_for(app, make_actor(UNIT, region="320102"))
        file = await new_file(client)
        added = await add(client, file)
        office = await client_for(app, make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE, region="320000"))
        (shown,) = (await office.get(file.headers["location"])).json()["qualifications"]
        assert (shown["number"], shown["allowed_actions"]) == (added.json()["number"], [])
        assert (await office.delete(added.headers["location"])).status_code == 403

    @pytest.mark.req("TRN-08")
    async def test_it_stays_with_the_file_when_a_wrong_number_is_put_right(self, client: AsyncClient) -> None:
        file = await new_file(client)
        added = await add(client, file)
        right = await client.patch(file.headers["location"], json={"resident_id": fresh_id()}, headers=match(added))
        assert right.json()["person_id"] != file.json()["person_id"]
        assert [each["id"] for each in right.json()["qualifications"]] == [added.json()["id"]]
