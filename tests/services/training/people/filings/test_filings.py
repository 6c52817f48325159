"""资质申报 through the API (ORG-01…06, ORG-14): what is saved, when it is submitted, and what 撤销 does."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.training.main import app
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


class TestStatus:
    @pytest.mark.req("ORG-14", "ORG-05")
    async def test_revoking_changes_the_state_and_nothing_else(self, unit: httpx.AsyncClient) -> None:
        made = (await unit.post(FILINGS, json=basics())).json()
        submitted = (await unit.post(f"{FILINGS}/{made['id']}/submit")).json()
        assert submitted["status_label"] == "已提交"
        closed = await save(unit, submitted, name="别的名字")
        assert (closed.status_code, closed.json()["code"]) == (409, "filing_submitted")
        assert "撤销只改变状态" in closed.json()["detail"]
        revoked = (await unit.post(f"{FILINGS}/{made['id']}/revoke")).json()
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
