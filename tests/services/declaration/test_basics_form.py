"""The form of 注册信息: what is drawn, what is told while it is typed and before it is saved, and what only others may set."""

import pytest

from tests.services.declaration.records import Cast
from tests.services.declaration.test_basics import CURRENT, NEW, edit


@pytest.mark.req("ORG-11", "FAQ-D4", "PLAT-02", "PLAT-13")
class TestForm:
    async def test_the_definition_has_what_can_be_edited(self, cast: Cast) -> None:
        definition = (await cast.employer.get(f"{CURRENT}/form-definition")).json()
        fields = [each for section in definition["sections"] for each in section["fields"]]
        assert {each["name"] for each in fields} == {*NEW, "region_code"}
        assert all(each["required"] for each in fields)
        assert {each["name"]: each["kind"] for each in fields}["region_code"] == "region"

    async def test_every_wrong_field_is_told_while_typing(self, cast: Cast) -> None:
        given = {"name": "甲" * 101, "region_code": "320100", "contact_phone": "123"}
        checked = (await cast.employer.post(f"{CURRENT}/check", json=given)).json()
        assert {each["field"] for each in checked["errors"]} == set(given)
        assert set(checked["required_now"]) == {*NEW, "region_code"}
        sound = await cast.employer.post(f"{CURRENT}/check", json={**NEW, "region_code": "320104"})
        assert sound.json()["errors"] == []
        assert (await cast.county.post(f"{CURRENT}/check", json={})).status_code == 403

    async def test_nothing_can_be_emptied(self, cast: Cast) -> None:
        for blank in ("", None):
            assert (await edit(cast.employer, name=blank)).status_code == 422

    async def test_what_only_others_set_says_who_and_how(self, cast: Cast) -> None:
        fixed = {each["field"]: each for each in (await cast.employer.get(CURRENT)).json()["fixed"]}
        assert fixed["credit_code"]["next_step"]["path"] == "/enterprise/correction"
        affiliation = fixed["affiliation"]
        assert (affiliation["value"], affiliation["next_step"]) == ("地方企业", None)
        assert "玄武区卫生健康部门认定" in affiliation["reason"]
        url = f"/api/declaration/employers/{cast.actor.organisation_id}/standing"
        tag = {"If-Match": (await cast.county.get(url)).headers["etag"]}
        await cast.county.put(url, json={"affiliation": "central", "product_readers": []}, headers=tag)
        affiliation = (await cast.employer.get(CURRENT)).json()["fixed"][-1]
        assert affiliation["value"] == "中央企业"
        assert "江苏省南京市卫生健康部门审核" in affiliation["reason"]
        assert (await edit(cast.employer, affiliation="local")).status_code == 422

    async def test_what_a_change_leads_to_is_said_before(self, cast: Cast) -> None:
        assert "新建一份初次申报" in (await cast.employer.get(CURRENT)).json()["consequence"]
        address = await cast.submitted()
        seen = (await cast.employer.get(CURRENT)).json()
        assert (seen["consequence"], seen["open_declaration"]["status"]) == ("", "pending")
        assert address.endswith(seen["open_declaration"]["id"])
        await cast.county.post(f"{address}/approve")
        seen = (await cast.employer.get(CURRENT)).json()
        assert ("新建一份变更申报" in seen["consequence"], seen["open_declaration"]) == (True, None)
        edited = (await edit(cast.employer, name=NEW["name"])).json()["employer"]
        assert "立即体现在" in edited["consequence"]
        assert edited["open_declaration"]["kind"] == "change"

    async def test_who_has_cancelled_edits_nothing(self, cast: Cast) -> None:
        await cast.approved()
        draft = await cast.submitted(kind="cancellation", ended_on="2026-01-01")
        await cast.county.post(f"{draft}/approve")
        seen = (await cast.employer.get(CURRENT)).json()["allowed_actions"][0]
        assert (seen["allowed"], seen["code"]) == (False, "employer_cancelled")
        assert (await edit(cast.employer, name="注销后")).json()["code"] == "employer_cancelled"
