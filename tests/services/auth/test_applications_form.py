"""The form itself: its definition for the portal, its printed states, the empty one for download (AUTH-01, AUTH-06, AUTH-07)."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from services.auth.desks.applications import tasks
from services.auth.desks.applications.form import PERMISSION_GROUPS, REQUIRED
from services.auth.desks.applications.form_schemas import ApplicationDraft, ApplicationForm
from services.auth.desks.applications.models import BlankForm
from shared.crypto import Sealed
from shared.db.types import field_cipher
from shared.events.log import EventRow
from shared.roles import Grant, Level, Portal
from shared.runtime import Runtime
from tests.services.auth.applicants import BASE, Applicant, whole_form
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import add_account

PDF = b"%PDF-1.7 of the certificates service"
BLANK = UUID(int=0)


class Certificates:
    """The certificates service as auth sees it: what it was asked for, and how it answers."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Callable[[], httpx.Response] = lambda: httpx.Response(200, content=PDF)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"].startswith("Bearer ")
        self.asked.append(request.url.path)
        return self.answer()


@pytest.fixture
def certificates(runtime: Runtime) -> Iterator[Certificates]:
    service = Certificates()
    own = runtime.http._transport
    mounts, runtime.http._mounts = runtime.http._mounts, {}
    runtime.http._transport = httpx.MockTransport(service)
    yield service
    runtime.http._transport, runtime.http._mounts = own, mounts


async def prepared(runtime: Runtime, source_id: UUID) -> list[tuple[int, dict[str, Any]]]:
    """(revision, content) of each printed state, oldest first."""
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(
            select(EventRow.payload)
            .where(EventRow.type == "auth.form.prepared.v1", EventRow.payload["source_id"].astext == str(source_id))
            .order_by(EventRow.seq)
        )
        return [
            (row["revision"], json.loads(Sealed(row["content"]).open(field_cipher())))
            for row in rows
            if row["kind"] == "account_application"
        ]


def row_of(content: dict[str, Any], label: str) -> dict[str, Any]:
    rows = [row for section in content["sections"] for row in section["rows"] if row["label"] == label]
    assert len(rows) == 1, label
    return dict(rows[0])


class TestDefinition:
    @pytest.mark.req("AUTH-02", "AUTH-03", "AUTH-04")
    async def test_the_portal_gets_every_field_of_the_form(self, visitor: NewVisitor) -> None:
        shown = (await visitor().client.get(f"{BASE}/form-definition")).json()
        fields = [field["name"] for section in shown["sections"] for field in section["fields"]]
        assert {*fields, "pledge_accepted", "remarks"} == set(ApplicationDraft.model_fields)
        labels = {field["name"]: field["label"] for section in shown["sections"] for field in section["fields"]}
        assert (labels["district_code"], labels["unit_kinds"]) == ("行政区划所属区县", "单位属性")
        choices = [
            c["label"]
            for s in shown["sections"]
            for f in s["fields"]
            if f["name"] == "permissions"
            for c in f["choices"]
        ]
        assert choices == [
            "职业健康检查",
            "职业病诊断",
            "职业病鉴定",
            "职业卫生技术服务机构",
            "尘肺病随访",
            "集体报名",
            "疾控中心",
            "卫生行政部门",
            "单位及用户管理",
        ]

    @pytest.mark.req("AUTH-05")
    async def test_what_is_marked_is_what_is_asked_for(self) -> None:
        needed = {name for name, field in ApplicationForm.model_fields.items() if field.is_required()}
        assert needed == set(REQUIRED)

    @pytest.mark.req("X25")
    async def test_groups_say_which_purpose_they_go_with(self, visitor: NewVisitor) -> None:
        groups = (await visitor().client.get(f"{BASE}/form-definition")).json()["permission_groups"]
        assert [(group["label"], group["purpose"]) for group in groups] == [
            ("数据直报员", "reporter"),
            ("数据质控员", "manager"),
            ("系统管理员", "manager"),
        ]
        named = [grant for group in PERMISSION_GROUPS for grant, _ in group.grants]
        # The last is given to an account that there is, by the first one of the province.
        assert set(named) == set(Grant) - {Grant.HAZARD_DECLARATION, Grant.PLATFORM_ADMINISTRATION}

    @pytest.mark.req("AUTH-06")
    async def test_the_pledge_is_there_word_for_word(self, visitor: NewVisitor) -> None:
        shown = (await visitor().client.get(f"{BASE}/form-definition")).json()
        assert shown["pledge_text"] == (
            "本人承诺对系统中的个人隐私信息进行严格管理，不利用平台制作、复制、发布、传播有害信息，在保障业务有效运行前提下，"
            "按要求严格执行相关规范。"
        )


@pytest.mark.req("AUTH-01", "AUTH-06")
class TestPrinted:
    async def test_the_filled_form_is_printed_as_it_is_now(
        self, runtime: Runtime, visitor: NewVisitor, certificates: Certificates
    ) -> None:
        person = Applicant(runtime, visitor())
        form = whole_form(unit_kinds=["other"], other_kind="门诊部", valid_from="2026-12-01", valid_until="2028-11-30")
        await person.create(**form)
        early = await person.call("GET", "/form.pdf")
        assert (early.status_code, early.json()["code"]) == (409, "form_not_prepared")
        made = await person.call("POST", "/form-pdf")
        assert (made.status_code, made.json()["revision"]) == (202, 1)
        answer = await person.call("GET", "/form.pdf")
        assert (answer.status_code, answer.content) == (200, PDF)
        source_id = UUID(certificates.asked[0].split("/")[-2])
        assert certificates.asked == [f"/internal/certificates/forms/account_application/{source_id}/1"]
        ((revision, content),) = await prepared(runtime, source_id)
        assert (revision, content["number"], content["blank"]) == (1, person.number, False)
        assert row_of(content, "行政区划所属区县")["value"] == "江苏省南京市玄武区"
        assert row_of(content, "手机号码")["value"] == form["phone"]
        assert row_of(content, "申请账号有效期")["value"] == "2026 年 12 月 1 日 至 2028 年 11 月 30 日"
        kinds = row_of(content, "单位属性")["choices"]
        assert [each["label"] for each in kinds if each["ticked"]] == ["其他：门诊部"]
        boxes = row_of(content, "申请权限：数据直报员")["choices"]
        assert [each["label"] for each in boxes if each["ticked"]] == ["职业健康检查", "集体报名"]
        assert not any(each["ticked"] for each in row_of(content, "申请权限：系统管理员")["choices"])
        assert [each["label"] for each in content["signatures"]] == ["申请人签字", "单位主管领导签字（单位公章）"]

    async def test_each_submission_prints_a_new_state(
        self, runtime: Runtime, visitor: NewVisitor, certificates: Certificates
    ) -> None:
        person = Applicant(runtime, visitor())
        await person.create(**whole_form())
        await person.call("POST", "/form-pdf")
        assert (await person.submit()).json()["form_revision"] == 2

    async def test_a_form_in_the_making_says_when_to_come_again(
        self, runtime: Runtime, visitor: NewVisitor, certificates: Certificates
    ) -> None:
        person = Applicant(runtime, visitor())
        await person.create()
        await person.call("POST", "/form-pdf")
        certificates.answer = lambda: httpx.Response(404)
        waiting = await person.call("GET", "/form.pdf")
        assert (waiting.status_code, waiting.headers["Retry-After"]) == (503, "2")
        assert (waiting.json()["code"], "正在生成" in waiting.json()["detail"]) == ("form_in_the_making", True)

    async def test_what_cannot_be_printed_is_named(
        self, runtime: Runtime, visitor: NewVisitor, certificates: Certificates
    ) -> None:
        person = Applicant(runtime, visitor())
        await person.create()
        await person.call("POST", "/form-pdf")
        why = "打印字库中没有以下字符：“😀”"
        failed = {"code": "form_failed", "detail": why}
        certificates.answer = lambda: httpx.Response(
            404, json=failed, headers={"content-type": "application/problem+json"}
        )
        answer = await person.call("GET", "/form.pdf")
        assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (409, "form_not_printable", why)

    @pytest.mark.parametrize("how", ["down", "broken"])
    async def test_a_service_that_is_away_is_a_clear_refusal(
        self, runtime: Runtime, visitor: NewVisitor, certificates: Certificates, how: str
    ) -> None:
        def down() -> httpx.Response:
            raise httpx.ConnectError("refused")

        person = Applicant(runtime, visitor())
        await person.create()
        await person.call("POST", "/form-pdf")
        certificates.answer = down if how == "down" else lambda: httpx.Response(500)
        answer = await person.call("GET", "/form.pdf")
        assert (answer.status_code, answer.json()["code"]) == (503, "form_service_away")


@pytest.mark.req("AUTH-01", "AUTH-07")
class TestBlank:
    async def test_anybody_downloads_the_empty_form(
        self, runtime: Runtime, visitor: NewVisitor, certificates: Certificates
    ) -> None:
        answer = await visitor().client.get(f"{BASE}/blank-form.pdf")
        assert (answer.status_code, answer.content) == (200, PDF)
        assert answer.headers["content-type"] == "application/pdf"
        revision, content = (await prepared(runtime, BLANK))[-1]
        assert certificates.asked == [f"/internal/certificates/forms/account_application/{BLANK}/{revision}"]
        assert (content["blank"], content["number"]) == (True, "")
        assert row_of(content, "单位名称") == {
            "label": "单位名称",
            "value": "",
            "required": True,
            "choices": None,
            "wide": True,
        }

    async def test_it_is_printed_anew_when_a_contact_changes_and_only_then(self, runtime: Runtime) -> None:
        await tasks.prepare_blank_form(runtime)
        before = await prepared(runtime, BLANK)
        await tasks.prepare_blank_form(runtime)
        assert await prepared(runtime, BLANK) == before
        body = await add_account(
            runtime,
            Grant.ACCOUNT_MANAGEMENT,
            level=Level.CITY,
            region="320600",
            portal=Portal.OFFICIALS,
            office_phone="0513-85100000",
        )
        await tasks.prepare_blank_form(runtime)
        after = await prepared(runtime, BLANK)
        assert len(after) == len(before) + 1
        contact = {"city": "江苏省南通市", "name": body.organisation.name, "phone": "0513-85100000"}
        assert contact in after[-1][1]["contacts"]
        async with runtime.database.unit_of_work() as session:
            assert await session.scalar(select(BlankForm.revision)) == after[-1][0]
