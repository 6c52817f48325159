"""科室选择 and uploads by kind: parts of a file that are written apart from its form."""

import io
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from PIL import Image

from services.training.main import app
from shared.attachments import Attachment
from shared.clock import now_utc
from shared.housekeeping import tidy_up
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.people.personnel.forms import PERSONNEL, form

MakeActor = Callable[..., Actor]
UNIT = Permission.INSTITUTION_FILING
FILINGS = "/api/training/filings"


def match(answer: Response) -> dict[str, str]:
    return {"If-Match": answer.headers["etag"]}


async def upload(client: AsyncClient, name: str = "证书.png") -> str:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(out, "PNG")
    answer = await client.post("/api/training/attachments", files={"file": (name, out.getvalue(), "image/png")})
    return str(answer.json()["id"])


async def submit_filing(client: AsyncClient) -> None:
    """提交, so that nothing of the unit's people can be changed (ORG-05)."""
    filing = next(row for row in (await client.get(FILINGS)).json() if row["id"])
    body = {
        "name": "测试单位",
        "address": "南京市玄武区珠江路1号",
        "legal_representative": "赵一",
        "legal_representative_title": "院长",
        "contact_name": "周晓慧",
        "contact_mobile": "13851420617",
        "unfiled": False,
        "number": "苏职检备2020第1号",
        "filed_on": "2020-01-01",
    }
    saved = await client.patch(f"{FILINGS}/{filing['id']}", json=body, headers={"If-Match": '"1"'})
    done = await client.post(f"{FILINGS}/{filing['id']}/submit")
    assert done.status_code == 200, (saved.text, done.text)


@pytest.fixture
async def client(client_for: ClientFor, make_actor: MakeActor) -> AsyncClient:
    return await client_for(app, make_actor(UNIT))


@pytest.mark.req("TRN-28")
class TestDepartments:
    async def test_several_are_chosen_and_shown_in_list_and_record(self, client: AsyncClient) -> None:
        made = await client.post(PERSONNEL, json=form())
        address = made.headers["location"]
        body = {"departments": ["内科", "自拟的科室", "内科"]}
        done = await client.put(f"{address}/departments", json=body, headers=match(made))
        assert done.status_code == 200, done.text
        assert done.headers["etag"] != made.headers["etag"]
        assert (await client.get(address)).json()["departments"] == ["内科", "自拟的科室"]
        assert (await client.get(PERSONNEL)).json()["items"][0]["departments"] == ["内科", "自拟的科室"]
        late = await client.put(f"{address}/departments", json=body, headers=match(made))
        assert late.status_code == 412
        (change,) = [
            row for row in (await client.get(f"{address}/history")).json() if row["action"] == "choose_departments"
        ]
        assert (change["action_label"], change["after"]) == ("科室选择", {"departments": ["内科", "自拟的科室"]})

    @pytest.mark.parametrize(
        ("departments", "code"),
        [
            ([], "too_short"),
            (["字" * 51], "text_too_long"),
            ([" "], "text_blank"),
            (["临床科室"], "department_is_group"),
        ],
    )
    async def test_none_or_no_department_is_refused(
        self, client: AsyncClient, departments: list[str], code: str
    ) -> None:
        made = await client.post(PERSONNEL, json=form())
        address = f"{made.headers['location']}/departments"
        answer = await client.put(address, json={"departments": departments}, headers=match(made))
        assert [each["code"] for each in answer.json()["errors"]] == [code]


@pytest.mark.req("TRN-16")
class TestAttachments:
    async def test_by_kind_and_deleted_then_uploaded_again(self, client: AsyncClient) -> None:
        made = await client.post(PERSONNEL, json=form())
        address = made.headers["location"]
        assert [each["label"] for each in made.json()["attachments"]] == [
            "证件照",
            "身份证复印件",
            "职称证书",
            "毕业证书",
            "医师资格证书",
            "医师执业证书",
            "中级以上任职资格证书",
            "任职聘任书",
            "劳动关系证明",
            "放射培训合格证书",
            "放射卫生检测与评价技术考核合格证书",
        ]
        first, diploma, second = [await upload(client, f"{n}.png") for n in ("一", "毕业", "二")]
        one = await client.put(f"{address}/attachments/title", json={"attachment_ids": [first]}, headers=match(made))
        both = await client.put(
            f"{address}/attachments/diploma", json={"attachment_ids": [diploma]}, headers=match(one)
        )
        assert kept(both) == {"title": [first], "diploma": [diploma]}
        gone = await client.put(f"{address}/attachments/title", json={"attachment_ids": []}, headers=match(both))
        assert kept(gone) == {"diploma": [diploma]}
        again = await client.put(f"{address}/attachments/title", json={"attachment_ids": [second]}, headers=match(gone))
        assert kept(again) == kept(await client.get(address)) == {"title": [second], "diploma": [diploma]}
        assert again.json()["version"] == made.json()["version"] + 4
        history = (await client.get(f"{address}/history")).json()
        changes = [row["action"] for row in history if row["action"] != "view_full"]
        assert changes == ["create", *["attach"] * 4]

    async def test_one_file_is_of_one_kind_and_ones_own(
        self, client: AsyncClient, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        made = await client.post(PERSONNEL, json=form())
        address, mine = made.headers["location"], await upload(client)
        foreign = await upload(await client_for(app, make_actor(UNIT)))
        refused = await client.put(
            f"{address}/attachments/title", json={"attachment_ids": [foreign]}, headers=match(made)
        )
        assert refused.json()["errors"][0]["code"] == "attachment_unknown"
        one = await client.put(f"{address}/attachments/title", json={"attachment_ids": [mine]}, headers=match(made))
        twice = await client.put(f"{address}/attachments/diploma", json={"attachment_ids": [mine]}, headers=match(one))
        assert twice.json()["errors"][0]["code"] == "attachment_of_other_kind"
        assert kept(await client.get(address)) == {"title": [mine]}
        nothing = await client.put(f"{address}/attachments/selfie", json={"attachment_ids": []}, headers=match(one))
        assert nothing.status_code == 404

    @pytest.mark.req("PLAT-06", "PLAT-07")
    async def test_the_reviewer_sees_them_and_a_stranger_does_not(
        self, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        client = await client_for(app, make_actor(UNIT, region="320102"))
        made = await client.post(PERSONNEL, json=form())
        address, file_id = made.headers["location"], await upload(client)
        await client.put(f"{address}/attachments/id_card", json={"attachment_ids": [file_id]}, headers=match(made))
        province = make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE, region="320000")
        reviewer, stranger = [await client_for(app, actor) for actor in (province, make_actor(UNIT))]
        assert kept(await reviewer.get(address)) == {"id_card": [file_id]}
        seen = [(await each.get(f"/api/training/attachments/{file_id}")).status_code for each in (reviewer, stranger)]
        assert seen == [200, 404]

    async def test_they_are_swept_when_the_file_is_removed(
        self, client: AsyncClient, open_app: Callable[[FastAPI], Awaitable[Runtime]]
    ) -> None:
        made = await client.post(PERSONNEL, json=form())
        address, file_id = made.headers["location"], await upload(client)
        await client.put(f"{address}/attachments/id_card", json={"attachment_ids": [file_id]}, headers=match(made))
        assert (await client.delete(address)).status_code == 204
        runtime = await open_app(app)
        async with runtime.database.unit_of_work() as session:
            row = await session.get_one(Attachment, UUID(file_id))
            row.created_at = now_utc() - timedelta(days=1, minutes=1)
            key = row.storage_key
        await tidy_up(runtime)
        assert not await runtime.storage.exists(key)


def kept(answer: Response) -> dict[str, list[str]]:
    assert answer.status_code == 200, answer.text
    return {
        each["kind"]: [file["id"] for file in each["files"]] for each in answer.json()["attachments"] if each["files"]
    }


class TestClosed:
    @pytest.mark.req("ORG-05", "PLAT-02", "FAQ-M2")
    async def test_while_the_filing_is_submitted_nothing_changes_and_the_buttons_say_so(
        self, client: AsyncClient
    ) -> None:
        made = await client.post(PERSONNEL, json=form())
        address, tag = made.headers["location"], match(made)
        written = {"category": "检查医生", "number": "1", "issued_on": "2020-01-01"}
        row = await client.post(f"{address}/qualifications", json=written)
        await submit_filing(client)
        answers = [
            await client.patch(address, json={"post": "体检"}, headers=tag),
            await client.put(f"{address}/departments", json={"departments": ["内科"]}, headers=tag),
            await client.put(f"{address}/attachments/title", json={"attachment_ids": []}, headers=tag),
            await client.post(f"{address}/qualifications", json=written),
            await client.patch(row.headers["location"], json={"number": "2"}, headers=tag),
            await client.delete(row.headers["location"]),
        ]
        assert [(each.status_code, each.json()["code"]) for each in answers] == [(409, "filing_submitted")] * 6
        shown = (await client.get(address)).json()
        (listed,) = (await client.get(PERSONNEL)).json()["items"]
        buttons = [
            *shown["allowed_actions"],
            *listed["allowed_actions"],
            *shown["qualifications"][0]["allowed_actions"],
        ]
        assert len(buttons) == 10
        assert {(each["allowed"], each["reason"]) for each in buttons} == {(False, answers[0].json()["detail"])}


class TestHistory:
    @pytest.mark.req("PLAT-04", "PLAT-05")
    async def test_every_change_is_there_without_numbers_in_clear(
        self, client: AsyncClient, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        body = form(landline="025-83759999")
        made = await client.post(PERSONNEL, json=body)
        address = made.headers["location"]
        await client.patch(address, json={"mobile": "13912345678", "landline": "025-83751111"}, headers=match(made))
        await client.post(f"{address}/leave")
        answer = await client.get(f"{address}/history")
        assert [row["action_label"] for row in answer.json()] == ["新建", "修改", "离职"]
        assert {row["address"] for row in answer.json()} == {None}
        for secret in (body["resident_id"], body["mobile"], "13912345678", "83759999", "83751111"):
            assert secret not in answer.text
        assert (await (await client_for(app, make_actor(UNIT))).get(f"{address}/history")).status_code == 404
