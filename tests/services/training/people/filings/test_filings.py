"""资质申报 through the API (ORG-01…06, ORG-14): what is saved, when it is submitted, and what 撤销 does."""

import io
from datetime import timedelta
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import inspect

from services.training.main import app
from services.training.people.filings.form import FIELDS
from services.training.people.filings.models import Filing
from shared.roles import Level, Permission
from tests.services.training.people.personnel.forms import PERSONNEL, form
from tests.services.training.records import today

FILINGS = "/api/training/filings"
GRANTED = Permission.INSTITUTION_FILING


def basics(**changes: Any) -> dict[str, Any]:
    values = {
        "kind": "examination",
        "name": "南京市玄武区职业病防治院",
        "contact_name": "周晓慧",
        "contact_mobile": "13851420617",
        "number": "苏职检备〔2026〕第 12 号",
        "filed_on": "2026-01-15",
        "services": ["dust", "radiation"],
        "instruments": [{"name": "肺功能仪", "model": "HI-105", "quantity": 2}],
        "items": [{"name": "高千伏胸片"}],
    }
    return {**values, **changes}


async def save(client: httpx.AsyncClient, made: dict[str, Any], **changes: Any) -> httpx.Response:
    body = {name: value for name, value in basics(**changes).items() if name != "kind"}
    return await client.patch(f"{FILINGS}/{made['id']}", json=body, headers={"If-Match": f'"{made["version"]}"'})


async def patch(client: httpx.AsyncClient, made: dict[str, Any], **changes: Any) -> httpx.Response:
    return await client.patch(f"{FILINGS}/{made['id']}", json=changes, headers={"If-Match": f'"{made["version"]}"'})


async def keep(client: httpx.AsyncClient, made: dict[str, Any], kind: str, *ids: str) -> httpx.Response:
    place = f"{FILINGS}/{made['id']}/attachments/{kind}"
    return await client.put(place, json={"attachment_ids": ids}, headers={"If-Match": f'"{made["version"]}"'})


async def upload(client: httpx.AsyncClient, name: str) -> str:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, "PNG")
    answer = await client.post("/api/training/attachments", files={"file": (name, out.getvalue(), "image/png")})
    return str(answer.json()["id"])


@pytest.fixture
async def unit(unfiled_client_for: Any, make_actor: Any) -> httpx.AsyncClient:
    client: httpx.AsyncClient = await unfiled_client_for(app, make_actor(GRANTED, level=Level.UNIT, region="320102"))
    return client


class TestKinds:
    @pytest.mark.req("ORG-01")
    async def test_the_unit_picks_the_one_that_fits(self, unit: httpx.AsyncClient) -> None:
        await unit.post(FILINGS, json=basics(kind="diagnosis"))
        listed = (await unit.get(FILINGS)).json()
        assert [(each["kind_label"], each["status_label"]) for each in listed] == [
            ("职业健康检查机构资质申报", "未填报"),
            ("职业病诊断机构资质申报", "未提交"),
            ("职业卫生技术服务机构资质申报", "未填报"),
        ]

    async def test_one_of_a_kind(self, unit: httpx.AsyncClient) -> None:
        await unit.post(FILINGS, json=basics())
        again = await unit.post(FILINGS, json=basics())
        assert (again.status_code, again.json()["code"]) == (409, "filing_exists")


class TestSaving:
    @pytest.mark.req("ORG-02", "ORG-03")
    async def test_every_tab_is_kept_as_it_was_written(self, unit: httpx.AsyncClient) -> None:
        made = (await unit.post(FILINGS, json=basics(fax="025-83361208", email="a@b.cn", postcode="210018"))).json()
        read = (await unit.get(f"{FILINGS}/{made['id']}")).json()
        assert read == made
        assert [each["label"] for each in read["services"]] == [
            "接触粉尘作业劳动者健康检查",
            "放射性作业劳动者健康检查",
        ]
        assert (read["instruments"][0]["quantity"], read["items"][0]["name"]) == (2, "高千伏胸片")
        assert (read["standing"], read["contact_mobile"], read["filed_on"]) == ("正常", "13851420617", "2026-01-15")

    @pytest.mark.req("ORG-03")
    async def test_exactly_three_fields_are_required(self, unit: httpx.AsyncClient) -> None:
        answer = await unit.post(FILINGS, json={"kind": "examination"})
        assert {error["field"] for error in answer.json()["errors"]} == {"name", "contact_name", "contact_mobile"}

    @pytest.mark.req("ORG-02", "ORG-14")
    async def test_a_tab_saves_its_own_and_leaves_the_others(self, unit: httpx.AsyncClient) -> None:
        made = (await unit.post(FILINGS, json=basics(address="中山路1号"))).json()
        rows = [{"name": "电测听仪", "model": None, "quantity": None}]
        saved = (await patch(unit, made, instruments=rows)).json()
        assert saved["instruments"] == [{"name": "电测听仪", "model": "", "quantity": 1, "note": ""}]
        same = {"name", "contact_mobile", "number", "filed_on", "services", "items"}
        assert {each: saved[each] for each in same} == {each: made[each] for each in same}
        emptied = (await patch(unit, saved, address=None, services=[], instruments=[])).json()
        assert (emptied["address"], emptied["services"], emptied["instruments"]) == ("", [], [])
        refused = await patch(unit, emptied, contact_name=None, services=None)
        assert {error["field"] for error in refused.json()["errors"]} == {"contact_name", "services"}

    @pytest.mark.req("ORG-03")
    async def test_a_row_says_where_it_is_wrong(self, unit: httpx.AsyncClient) -> None:
        made = (await unit.post(FILINGS, json=basics())).json()
        refused = await patch(unit, made, instruments=[{"name": "甲"}, {"name": "", "quantity": 0}])
        assert {error["field"] for error in refused.json()["errors"]} == {
            "instruments.1.name",
            "instruments.1.quantity",
        }

    async def test_a_record_of_tomorrow_is_refused(self, unit: httpx.AsyncClient) -> None:
        answer = await unit.post(FILINGS, json=basics(filed_on=(today() + timedelta(days=1)).isoformat()))
        assert [error["field"] for error in answer.json()["errors"]] == ["filed_on"]


@pytest.mark.req("ORG-06", "FAQ-M11")
class TestUnfiled:
    @pytest.mark.parametrize("switch", [{"unfiled": True}, {"number": "无"}])
    async def test_there_is_no_number_no_date_and_no_submission(
        self, unit: httpx.AsyncClient, switch: dict[str, Any]
    ) -> None:
        made = (await unit.post(FILINGS, json=basics(**switch))).json()
        assert (made["unfiled"], made["number"], made["filed_on"]) == (True, "无", None)
        refused = await unit.post(f"{FILINGS}/{made['id']}/submit")
        assert (refused.status_code, refused.json()["code"]) == (409, "unfiled")
        assert "只需保存" in refused.json()["detail"]

    async def test_who_has_a_record_must_say_which(self, unit: httpx.AsyncClient) -> None:
        made = (await unit.post(FILINGS, json=basics(number=None, filed_on=None))).json()
        refused = (await unit.post(f"{FILINGS}/{made['id']}/submit")).json()
        assert "备案编号、备案日期" in refused["detail"]

    async def test_the_switch_goes_by_what_was_said_last(self, unit: httpx.AsyncClient) -> None:
        made = (await unit.post(FILINGS, json=basics(unfiled=True))).json()
        filed = (await patch(unit, made, number="苏职检备〔2026〕第 9 号", filed_on="2026-01-15")).json()
        assert (filed["unfiled"], filed["number"]) == (False, "苏职检备〔2026〕第 9 号")
        again = (await patch(unit, filed, unfiled=True)).json()
        assert (again["unfiled"], again["number"], again["filed_on"]) == (True, "无", None)
        assert (await patch(unit, again, unfiled=False)).json()["number"] is None


class TestForm:
    @pytest.mark.req("ORG-02", "ORG-03", "PLAT-13")
    async def test_it_says_its_fields_stars_choices_and_lists(self, unit: httpx.AsyncClient) -> None:
        form = (await unit.get(f"{FILINGS}/form-definition")).json()
        fields = {each["name"]: each for section in form["sections"] for each in section["fields"]}
        assert {name for name, each in fields.items() if each["required"]} == {"name", "contact_name", "contact_mobile"}
        assert len(fields["services"]["choices"]) == 6
        assert fields["number"]["shown_when"] == {"field": "unfiled", "values": [""], "words": "已备案的机构"}
        assert [(each["name"], each["label"]) for each in form["tables"]] == [
            ("instruments", "仪器信息"),
            ("items", "检查项目"),
        ]

    def test_every_field_has_its_column(self) -> None:
        columns = {each.key for each in inspect(Filing).column_attrs}
        of_the_row = {"id", "institution_id", "kind", "status", "version", "created_at", "updated_at"}
        assert columns - of_the_row == {each.name for each in FIELDS} | {"instruments", "items"}

    @pytest.mark.req("ORG-03")
    async def test_what_is_there_is_judged_while_it_is_filled_in(self, unit: httpx.AsyncClient) -> None:
        checked = (
            await unit.post(f"{FILINGS}/check", json={"contact_mobile": "138", "fax": "", "unfiled": True})
        ).json()
        assert [each["field"] for each in checked["errors"]] == ["contact_mobile"]
        assert checked["required_now"] == ["name", "contact_name", "contact_mobile"]
        assert [each["id"] for each in (await unit.get(FILINGS)).json()] == [None] * 3

    @pytest.mark.req("PLAT-01")
    @pytest.mark.parametrize("name", ["", "body", "name.0", "0", "不是字段"])
    async def test_a_field_that_it_has_not_is_told_by_its_name(self, unit: httpx.AsyncClient, name: str) -> None:
        checked = await unit.post(f"{FILINGS}/check", json={name: [], "fax": "x"})
        assert [each["field"] for each in checked.json()["errors"]] == [name, "fax"]


@pytest.mark.req("ORG-02", "PLAT-07")
class TestAttachments:
    async def test_they_are_kept_by_kind(self, unit: httpx.AsyncClient) -> None:
        made = (await unit.post(FILINGS, json=basics())).json()
        first, second = await upload(unit, "回执.png"), await upload(unit, "执照.png")
        one = (await keep(unit, made, "record", first)).json()
        two = (await keep(unit, one, "licence", second)).json()
        assert {
            each["label"]: [file["name"] for file in each["files"]] for each in two["attachments"] if each["files"]
        } == {
            "备案回执": ["回执.png"],
            "医疗机构执业许可证": ["执照.png"],
        }
        taken = await keep(unit, two, "other", first)
        assert "已用作“备案回执”" in taken.json()["errors"][0]["message"]
        assert (await keep(unit, two, "nothing", first)).status_code == 404
        assert (await keep(unit, made, "record")).status_code == 412
        gone = (await keep(unit, two, "record")).json()
        assert [each["kind"] for each in gone["attachments"] if each["files"]] == ["licence"]

    async def test_who_changed_what_is_remembered(self, unit: httpx.AsyncClient) -> None:
        made = (await unit.post(FILINGS, json=basics())).json()
        kept = (await keep(unit, made, "record", await upload(unit, "回执.png"))).json()
        await patch(unit, kept, contact_mobile="13900001111", filed_on="2026-01-16")
        history = (await unit.get(f"{FILINGS}/{made['id']}/history")).json()
        assert [each["action_label"] for each in history] == ["新建", "更新附件", "修改"]
        assert history[-1]["after"] == {"contact_mobile": "139****1111", "filed_on": "2026-01-16"}


class TestTabs:
    @pytest.mark.req("ORG-02", "ORG-04", "PLAT-02")
    async def test_the_others_wait_for_the_basics(self, unit: httpx.AsyncClient) -> None:
        async def tabs() -> list[tuple[str, str | None]]:
            return [(each["label"], each["reason"]) for each in (await unit.get(FILINGS)).json()[0]["tabs"]]

        wait = "请先填写并保存“基本信息”"
        names = ("人员信息", "仪器信息", "检查项目", "资质附件")
        assert await tabs() == [("基本信息", None), *((each, wait) for each in names)]
        await unit.post(FILINGS, json=basics())
        assert await tabs() == [("基本信息", None), *((each, None) for each in names)]


class TestStatus:
    @pytest.mark.req("ORG-14", "ORG-05")
    async def test_revoking_changes_the_state_and_nothing_else(self, unit: httpx.AsyncClient) -> None:
        made = (await unit.post(FILINGS, json=basics())).json()
        submitted = (await unit.post(f"{FILINGS}/{made['id']}/submit")).json()
        assert submitted["status_label"] == "已提交"
        closed = await save(unit, submitted, name="别的名字")
        assert (closed.status_code, closed.json()["code"]) == (409, "filing_submitted")
        assert "撤销只改变状态" in closed.json()["detail"]
        assert (await keep(unit, submitted, "record")).json()["code"] == "filing_submitted"
        revoked = (await unit.post(f"{FILINGS}/{made['id']}/revoke")).json()
        assert (submitted["closed"], made["closed"]) == (closed.json()["detail"], None)
        moving = {"status", "status_label", "version", "allowed_actions", "updated_at"}
        assert {k: v for k, v in revoked.items() if k not in moving} == {
            k: v for k, v in made.items() if k not in moving
        }
        assert (await save(unit, revoked, name="别的名字")).json()["name"] == "别的名字"


class TestPeople:
    @pytest.mark.req("ORG-04")
    async def test_basics_come_before_people(self, unit: httpx.AsyncClient) -> None:
        refused = await unit.post(PERSONNEL, json=form())
        assert (refused.status_code, refused.json()["code"]) == (409, "filing_missing")
        await unit.post(FILINGS, json=basics())
        assert (await unit.post(PERSONNEL, json=form())).status_code == 201

    @pytest.mark.req("ORG-05")
    async def test_a_submitted_filing_is_revoked_before_people_change(self, unit: httpx.AsyncClient) -> None:
        made = (await unit.post(FILINGS, json=basics())).json()
        person = (await unit.post(PERSONNEL, json=form())).json()
        await unit.post(f"{FILINGS}/{made['id']}/submit")
        version = {"If-Match": f'"{person["version"]}"'}
        answers = [
            await unit.post(PERSONNEL, json=form()),
            await unit.patch(f"{PERSONNEL}/{person['id']}", json={"post": "护理"}, headers=version),
            await unit.post(f"{PERSONNEL}/{person['id']}/leave"),
            await unit.delete(f"{PERSONNEL}/{person['id']}"),
        ]
        assert {answer.json()["code"] for answer in answers} == {"filing_submitted"}
        await unit.post(f"{FILINGS}/{made['id']}/revoke")
        assert (await unit.post(f"{PERSONNEL}/{person['id']}/leave")).status_code == 200


@pytest.mark.req("PLAT-06")
class TestWhoSees:
    async def test_an_office_of_the_region_sees_it_masked_and_strangers_nothing(
        self, unit: httpx.AsyncClient, unfiled_client_for: Any, make_actor: Any
    ) -> None:
        made = (await unit.post(FILINGS, json=basics())).json()
        address = f"{FILINGS}/{made['id']}"
        city = await unfiled_client_for(
            app, make_actor(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region="320100")
        )
        assert (await city.get(address)).json()["contact_mobile"] == "138****0617"
        assert (await city.patch(address, json=basics())).status_code == 403
        for stranger in (
            make_actor(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region="320500"),
            make_actor(GRANTED, level=Level.UNIT, region="320102"),
        ):
            assert (await (await unfiled_client_for(app, stranger)).get(address)).status_code == 404
