"""What a county finds of an employer: who reviews it, and who may see the products of a confidential one; and the files beside a record."""

import uuid
from dataclasses import replace
from typing import Any

import pytest

from services.declaration.consumers import account_changed
from services.declaration.employers.models import Affiliation
from services.declaration.main import app
from shared.db.session import Database
from shared.events.auth import AccountChanged
from shared.identity import Actor
from shared.roles import Level, Permission
from tests.conftest import ClientFor
from tests.services.declaration.records import AGAIN, COUNTY, URL, Cast, MakeCast
from tests.services.news import written
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
    @pytest.mark.parametrize("affiliation", list(Affiliation))
    async def test_隶属关系_says_whose_queue_the_next_one_is_in(self, cast: Cast, affiliation: Affiliation) -> None:
        """Each value, to the end: where it is shown as one's own, who opens it, who is told to leave it."""
        kept = (await keep(cast.county, standing(cast), affiliation=affiliation.value)).json()
        by_city = affiliation in Affiliation.is_reviewed_by_city
        assert (kept["affiliation_label"], kept["review_level"]) == (affiliation.label, "city" if by_city else "county")
        assert ("南京市卫生健康" in kept["reviewer"]) is by_city
        address = await cast.submitted()
        mine, other = (cast.city, cast.county) if by_city else (cast.county, cast.city)
        one = address.rsplit("/", 1)[-1]
        for client, charge in ((mine, True), (other, False)):
            rows = (await client.get("/api/declaration/reviews", params={"sort": "-id"})).json()["items"]
            assert [row["in_charge"] for row in rows if row["id"] == one] == [charge]
        assert (await other.post(f"{address}/open")).json()["code"] == "not_reviewer_in_charge"
        assert (await mine.post(f"{address}/open")).status_code == 200

    async def test_an_affiliation_that_is_none_is_refused(self, cast: Cast) -> None:
        for wrong in ("foreign", "", None, 1, ["central"]):
            refused = await keep(cast.county, standing(cast), affiliation=wrong)
            assert refused.status_code == 422, wrong
            assert refused.json()["errors"][0]["field"] == "affiliation"

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


async def told(database: Database, officer: Actor, **changes: Any) -> None:
    """What auth tells of the officer's account."""
    event = AccountChanged(
        **{
            "account_id": officer.account_id,
            "organisation_id": officer.organisation_id,
            "person_name": officer.person_name,
            "portal": officer.portal,
            "level": officer.level,
            "region_code": officer.region_code,
            "permissions": officer.permissions,
            "active": True,
            "phone": None,
            "email": None,
            **changes,
        }
    )
    async with database.unit_of_work() as session:
        with written(event):
            await account_changed(session, event)


@pytest.mark.req("DECL-07")
class TestReaders:
    """Who is named for confidential products is an officer of the office that names."""

    @pytest.fixture
    async def office(self, client_for: ClientFor, make_actor: Any, database: Database) -> tuple[Any, Actor]:
        own = make_actor(Permission.DECLARATION_REVIEW, level=Level.COUNTY, region=COUNTY)
        await told(database, own)
        return await client_for(app, own), own

    @pytest.mark.parametrize(
        "changes",
        [
            {"organisation_id": uuid.uuid4()},
            {"active": False},
            {"permissions": frozenset({Permission.ACCOUNT_MANAGEMENT})},
            {"level": Level.UNIT},
        ],
    )
    async def test_nobody_else_is_named(
        self, cast: Cast, office: tuple[Any, Actor], make_actor: Any, database: Database, changes: dict[str, Any]
    ) -> None:
        client, own = office
        stranger = make_actor(Permission.DECLARATION_REVIEW, level=Level.COUNTY, region=COUNTY)
        await told(database, stranger, **{"organisation_id": own.organisation_id, **changes})
        readers = [{"id": str(stranger.account_id), "name": "张三"}]
        refused = await keep(client, standing(cast), product_readers=readers)
        assert refused.status_code == 422, refused.text
        (error,) = refused.json()["errors"]
        assert (error["field"], error["code"]) == ("product_readers", "reader_of_another_office")
        assert "张三" in error["message"]
        unheard = [{"id": str(uuid.uuid4()), "name": "李四"}]
        assert (await keep(client, standing(cast), product_readers=unheard)).status_code == 422

    async def test_the_name_is_the_account_s(self, cast: Cast, office: tuple[Any, Actor]) -> None:
        client, own = office
        readers = [{"id": str(own.account_id), "name": "别的名字"}] * 2
        kept = (await keep(client, standing(cast), product_readers=readers)).json()
        assert kept["product_readers"] == [{"id": str(own.account_id), "name": own.person_name}]

    async def test_it_ends_when_the_account_moves(
        self, cast: Cast, office: tuple[Any, Actor], client_for: ClientFor
    ) -> None:
        client, own = office
        products = [{"product": "某型装备", "output": "3", "unit": "套"}]
        address = await cast.submitted(confidential=True, products=products)
        await keep(client, standing(cast), product_readers=[{"id": str(own.account_id), "name": own.person_name}])
        assert (await client.get(address)).json()["products"] == products
        city: dict[str, Any] = {"level": Level.CITY, "region_code": "320100", "region_prefix": "3201"}
        moved = await client_for(app, replace(own, **city))
        assert (await moved.get(address)).json()["products"] == []


@pytest.mark.req("DECL-07")
class TestConfidential:
    async def test_only_the_unit_and_who_is_named_see_its_products(
        self, cast: Cast, client_for: ClientFor, make_actor: Any, database: Database
    ) -> None:
        officer = make_actor(Permission.DECLARATION_REVIEW, level=Level.COUNTY, region=COUNTY)
        named = await client_for(app, officer)
        await told(database, officer)
        products = [{"product": "某型装备", "output": "3", "unit": "套"}]
        address = await cast.submitted(confidential=True, products=products)
        assert (await cast.employer.get(address)).json()["products"] == products
        for reader in (named, cast.county, cast.city, cast.province):
            seen = await reader.get(address)
            assert ("某型装备" not in seen.text, seen.json()["products"]) == (True, [])
            assert "指定" in seen.json()["products_hidden"]
        readers = [{"id": str(officer.account_id), "name": officer.person_name}]
        await keep(named, standing(cast), product_readers=readers)
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
        shown = await cast.county.get(f"/api/declaration/reviews/{address.rsplit('/')[-1]}")
        assert "某型装备" not in shown.text

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
