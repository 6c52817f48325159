"""What a county finds of an employer: who reviews it, and who may see the products of a confidential one; and the files beside a record."""

import uuid
from typing import Any

import pytest

from services.declaration.main import app
from shared.roles import Level, Permission
from tests.conftest import ClientFor
from tests.services.declaration.records import AGAIN, COUNTY, URL, Cast, MakeCast
from tests.shared.test_uploads import picture

FILES = "/api/declaration/attachments"


def standing(cast: Cast) -> str:
    return f"/api/declaration/employers/{cast.actor.organisation_id}/standing"


async def keep(client: Any, address: str, **changes: Any) -> Any:
    seen = await client.get(address)
    body = {"affiliation": "local", "product_readers": [], **changes}
    return await client.put(address, json=body, headers={"If-Match": seen.headers["etag"]})


@pytest.mark.req("DECL-12", "DECL-13")
class TestAffiliation:
    async def test_central_and_provincial_enterprises_go_to_the_city(self, cast: Cast) -> None:
        draft = await cast.add()
        kept = (await keep(cast.county, standing(cast), affiliation="central")).json()
        assert (kept["affiliation_label"], kept["review_level"]) == ("中央企业", "city")
        assert (await cast.employer.post(f"{draft}/submit")).status_code == 200
        assert (await cast.county.post(f"{draft}/approve")).json()["code"] == "not_reviewer_in_charge"
        assert (await cast.city.post(f"{draft}/approve")).json()["status"] == "approved"
        assert (await keep(cast.county, standing(cast), affiliation="local")).json()["review_level"] == "county"
        draft = await cast.submitted(**AGAIN)
        assert (await cast.county.post(f"{draft}/approve")).status_code == 200

    async def test_what_is_being_reviewed_stays_with_who_reviews_it(self, cast: Cast) -> None:
        address = await cast.submitted()
        await keep(cast.county, standing(cast), affiliation="provincial")
        assert (await cast.county.post(f"{address}/approve")).json()["status"] == "approved"

    async def test_its_county_sets_it_and_nobody_else(self, cast: Cast, make_cast: MakeCast) -> None:
        seen = (await cast.city.get(standing(cast))).json()
        assert seen["allowed_actions"][0]["code"] == "not_its_county"
        assert (await keep(cast.city, standing(cast), affiliation="central")).json()["code"] == "not_its_county"
        outside = await make_cast(region="330102")
        assert (await outside.county.get(standing(cast))).status_code == 404
        put = await outside.county.put(
            standing(cast), json={"affiliation": "local", "product_readers": []}, headers={"If-Match": "1"}
        )
        assert put.status_code == 404
        assert (await cast.employer.get(standing(cast))).status_code == 403

    async def test_two_officers_do_not_overwrite_each_other(self, cast: Cast) -> None:
        body = {"affiliation": "central", "product_readers": []}
        tag = {"If-Match": (await cast.county.get(standing(cast))).headers["etag"]}
        assert (await cast.county.put(standing(cast), json=body, headers=tag)).status_code == 200
        late = await cast.county.put(standing(cast), json={**body, "affiliation": "local"}, headers=tag)
        assert (late.status_code, late.json()["changes"][0]["after"]) == (412, "中央企业")


@pytest.mark.req("DECL-07")
class TestConfidential:
    async def test_only_the_unit_and_who_is_named_see_its_products(
        self, cast: Cast, client_for: ClientFor, make_actor: Any
    ) -> None:
        officer = make_actor(Permission.DECLARATION_REVIEW, level=Level.COUNTY, region=COUNTY)
        named = await client_for(app, officer)
        products = [{"product": "某型装备", "output": "3", "unit": "套"}]
        address = await cast.submitted(confidential=True, products=products)
        assert (await cast.employer.get(address)).json()["products"] == products
        for reader in (named, cast.county, cast.city, cast.province):
            seen = await reader.get(address)
            assert ("某型装备" not in seen.text, seen.json()["products"]) == (True, [])
            assert "指定" in seen.json()["products_hidden"]
        readers = [{"id": str(officer.account_id), "name": officer.person_name}]
        await keep(cast.county, standing(cast), product_readers=readers)
        assert (await named.get(address)).json()["products"] == products
        assert (await named.get(f"/api/declaration/reviews/{address.rsplit('/')[-1]}")).json()["declaration"][
            "products"
        ] == products
        assert (await cast.county.get(address)).json()["products"] == []
        history = await cast.county.get(f"{address}/history")
        assert "某型装备" not in history.text
        assert history.json()[-1]["action_label"] == "查看涉密产品"
        await cast.county.post(f"{address}/reject", json={"reason": "有误"})
        await cast.edit(address, products=[{**products[0], "output": "4"}])
        await cast.employer.post(f"{address}/submit")
        told = await cast.county.get(f"/api/declaration/reviews/{address.rsplit('/')[-1]}")
        assert "某型装备" not in told.text

    async def test_without_products_it_is_enough_to_tick_it(self, cast: Cast) -> None:
        address = await cast.submitted(confidential=True, products=[])
        assert (await cast.county.get(address)).json()["confidential"] is True


@pytest.mark.req("PLAT-07")
class TestFiles:
    async def put(self, cast: Cast, address: str, kind: str, ids: list[str]) -> Any:
        tag = {"If-Match": (await cast.employer.get(address)).headers["etag"]}
        return await cast.employer.put(f"{address}/attachments/{kind}", json={"attachment_ids": ids}, headers=tag)

    async def upload(self, client: Any) -> str:
        sent = await client.post(FILES, files={"file": ("检测报告.png", picture("PNG"), "image/png")})
        assert sent.status_code == 201, sent.text
        return str(sent.json()["id"])

    async def test_a_report_stands_beside_its_declaration_and_goes_with_it(
        self, cast: Cast, make_cast: MakeCast
    ) -> None:
        other = await make_cast()
        address, file = await cast.add(), await self.upload(cast.employer)
        assert (await other.employer.get(f"{FILES}/{file}")).status_code == 404
        kept = (await self.put(cast, address, "test_report", [file])).json()
        assert [(each["label"], len(each["files"])) for each in kept["attachments"]] == [
            ("检测报告", 1),
            ("职业健康检查总结报告", 0),
            ("其他材料", 0),
        ]
        assert (await cast.county.get(f"{FILES}/{file}")).status_code == 404
        await cast.employer.post(f"{address}/submit")
        assert (await cast.county.get(f"{FILES}/{file}")).status_code == 200
        assert (await other.county.get(f"{FILES}/{file}")).status_code == 200
        history = (await cast.county.get(f"{address}/history")).json()
        assert [each["action_label"] for each in history] == ["添加", "更新附件", "提交", "查看附件", "查看附件"]
        assert (history[1]["changes"][0]["label"], history[1]["changes"][0]["after"]) == ("检测报告", "1 份")
        refused = await self.put(cast, address, "test_report", [])
        assert (refused.status_code, refused.json()["code"]) == (409, "status_is_pending")

    async def test_a_file_that_is_not_the_unit_s_and_a_kind_that_is_none(self, cast: Cast, make_cast: MakeCast) -> None:
        address, other = await cast.add(), await make_cast()
        theirs = await self.upload(other.employer)
        for file in (theirs, str(uuid.uuid4())):
            refused = await self.put(cast, address, "test_report", [file])
            assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "attachment_unknown")
        assert (await self.put(cast, address, "photo", [])).status_code == 422
        own = await self.upload(cast.employer)
        await self.put(cast, address, "test_report", [own])
        twice = await self.put(cast, address, "exam_summary", [own])
        assert twice.json()["errors"][0]["code"] == "attachment_of_other_kind"

    async def test_two_on_one_record_do_not_both_win(self, cast: Cast) -> None:
        address, file = await cast.add(), await self.upload(cast.employer)
        tag = {"If-Match": (await cast.employer.get(address)).headers["etag"]}
        path = f"{address}/attachments/other"
        assert (await cast.employer.put(path, json={"attachment_ids": [file]}, headers=tag)).status_code == 200
        assert (await cast.employer.put(path, json={"attachment_ids": []}, headers=tag)).status_code == 412

    async def test_a_deleted_draft_lets_its_files_go(self, cast: Cast) -> None:
        address, file = await cast.add(), await self.upload(cast.employer)
        await self.put(cast, address, "other", [file])
        assert (await cast.employer.delete(address)).status_code == 204
        again = await cast.employer.post(URL, json={"kind": "initial"})
        assert (await self.put(cast, again.headers["location"], "other", [file])).status_code == 200
