"""The regions: read by anybody, kept by the province, imported whole or not at all."""

import itertools
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.auth.directory.organisations.schemas import OrganisationOpen
from services.auth.directory.organisations.service import open_organisation
from services.auth.directory.regions.sheet import COLUMNS
from services.auth.main import app
from shared.clock import beijing_today, now_utc
from shared.errors import InvalidInput
from shared.identity import SYSTEM
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.sheets import write_sheet
from tests.conftest import ClientFor, make_actor
from tests.services.auth.records import add_account, new_credit_code

REGIONS = "/api/auth/regions"
_numbers = itertools.count(30)
TODAY = beijing_today(now_utc())


def new_code(city: str = "3210") -> str:
    """A code in Yangzhou's range that nobody has."""
    return f"{city}{next(_numbers)}"


async def province(client_for: ClientFor, region: str = "320000") -> httpx.AsyncClient:
    return await client_for(app, make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.PROVINCE, region=region))


async def add_zone(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    body = {"code": new_code(), "name": "蜀冈开发区", "parent": "321000", "valid_from": TODAY.isoformat(), **changes}
    return await client.post(REGIONS, json=body)


async def codes(client: httpx.AsyncClient, **query: str) -> list[str]:
    return [each["code"] for each in (await client.get(REGIONS, params=query)).json()]


@pytest.mark.req("ORG-13", "FAQ-D20", "FAQ-D13")
class TestReading:
    async def test_anybody_gets_the_next_level(self, runtime: Runtime, client_for: ClientFor) -> None:
        stranger = await client_for(app, None)
        provinces = await codes(stranger)
        assert len(provinces) == 34
        assert "320000" in provinces
        assert "320100" in await codes(stranger, parent="320000")
        counties = (await stranger.get(REGIONS, params={"parent": "320100"})).json()
        assert ("玄武区", "江苏省南京市玄武区", True) in [(c["name"], c["full_name"], c["leaf"]) for c in counties]

    async def test_an_unknown_parent_is_told_and_never_blank(self, runtime: Runtime, client_for: ClientFor) -> None:
        stranger = await client_for(app, None)
        for query in ({"parent": "329900"}, {"parent": "320100", "on": "1990-01-01"}, {"on": "1990-01-01"}):
            answer = await stranger.get(REGIONS, params=query)
            assert (answer.status_code, answer.json()["code"]) == (404, "region_unknown")
            assert "请" in answer.json()["detail"]
        leaf = await stranger.get(REGIONS, params={"parent": "320102"})
        assert (leaf.status_code, leaf.json()) == (200, [])

    async def test_browsers_keep_it_until_it_changes(self, runtime: Runtime, client_for: ClientFor) -> None:
        client = await province(client_for)
        first = await client.get(REGIONS, params={"parent": "321000"})
        assert first.headers["Cache-Control"] == "public, max-age=300"
        known = {"If-None-Match": first.headers["ETag"]}
        again = await client.get(REGIONS, params={"parent": "321000"}, headers=known)
        assert (again.status_code, again.content) == (304, b"")
        await add_zone(client)
        assert (await client.get(REGIONS, params={"parent": "321000"}, headers=known)).status_code == 200

    async def test_it_is_found_by_name_and_by_initials(self, runtime: Runtime, client_for: ClientFor) -> None:
        stranger = await client_for(app, None)
        for query in ("玄武", "xwq"):
            found = (await stranger.get(f"{REGIONS}/search", params={"q": query})).json()
            assert "320102" in [each["code"] for each in found]
        assert (await stranger.get(f"{REGIONS}/search", params={"q": "%"})).json() == []


@pytest.mark.req("ORG-13", "FAQ-D20")
class TestKeeping:
    async def test_a_zone_is_there_from_its_day_to_its_day(self, runtime: Runtime, client_for: ClientFor) -> None:
        client = await province(client_for)
        start, end = TODAY + timedelta(days=10), TODAY + timedelta(days=20)
        made = await add_zone(client, valid_from=start.isoformat(), valid_until=end.isoformat())
        assert (made.status_code, made.json()["kind"], made.json()["level"]) == (201, "功能区", 3)
        code = made.json()["code"]
        assert made.headers["Location"] == f"{REGIONS}/{code}"
        for day, there in (
            (start - timedelta(days=1), False),
            (start, True),
            (end, True),
            (end + timedelta(days=1), False),
        ):
            assert (code in await codes(client, parent="321000", on=day.isoformat())) is there

    async def test_the_code_lies_in_the_parent_and_is_free(self, runtime: Runtime, client_for: ClientFor) -> None:
        client = await province(client_for)
        for changes, field in (
            ({"code": new_code("3201")}, "code"),
            ({"code": "321000", "parent": "320000"}, None),
            ({"parent": "329900"}, "parent"),
            ({"parent": "321002"}, "parent"),
            ({"parent": "330100", "code": new_code("3301")}, "parent"),
            ({"valid_until": "2020-01-01"}, "valid_until"),
            ({"valid_from": "1990-01-01"}, "valid_from"),
        ):
            answer = await add_zone(client, **changes)
            if field is None:
                assert (answer.status_code, answer.json()["code"]) == (409, "region_taken")
            else:
                assert answer.status_code == 422
                assert [error["field"] for error in answer.json()["errors"]] == [field]

    @pytest.mark.req("PLAT-06")
    async def test_only_the_own_province_keeps_them(self, runtime: Runtime, client_for: ClientFor) -> None:
        code = (await add_zone(await province(client_for))).json()["code"]
        city = await client_for(app, make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.CITY, region="321000"))
        assert (await add_zone(city)).status_code == 403
        assert (await add_zone(await client_for(app, None))).status_code == 401
        neighbour = await province(client_for, "330000")
        change: dict[str, Any] = {"json": {"name": "x"}, "headers": {"If-Match": '"1"'}}
        assert (await neighbour.patch(f"{REGIONS}/{code}", **change)).status_code == 404
        assert (await neighbour.get(f"{REGIONS}/{code}/history")).status_code == 404
        refused = await city.patch(f"{REGIONS}/{code}", **change)
        assert refused.status_code == 403
        own = (await (await province(client_for)).get(f"{REGIONS}/{code}/actions")).json()
        assert [(each["action"], each["allowed"]) for each in own] == [("create", True), ("update", True)]
        told = (await city.get(f"{REGIONS}/{code}/actions")).json()
        assert {each["reason"] for each in told} == {refused.json()["detail"]}
        assert not any(each["allowed"] for each in (await neighbour.get(f"{REGIONS}/{code}/actions")).json())

    @pytest.mark.req("PLAT-03", "PLAT-04")
    async def test_two_editors_do_not_overwrite_each_other(self, runtime: Runtime, client_for: ClientFor) -> None:
        client = await province(client_for)
        made = await add_zone(client)
        url, first = f"{REGIONS}/{made.json()['code']}", {"If-Match": made.headers["ETag"]}
        renamed = await client.patch(url, json={"name": "蜀冈瘦西湖区"}, headers=first)
        assert (renamed.status_code, renamed.json()["full_name"]) == (200, "江苏省扬州市蜀冈瘦西湖区")
        assert (await client.patch(url, json={"name": "另一个"}, headers=first)).status_code == 412
        assert (await client.patch(url, json={"name": "另一个"})).status_code == 428
        history = (await client.get(f"{url}/history")).json()
        assert [(row["action"], row["after"].get("name")) for row in history] == [
            ("create", "蜀冈开发区"),
            ("update", "蜀冈瘦西湖区"),
        ]
        found = (await client.get(f"{REGIONS}/search", params={"q": "sgsxhq"})).json()
        assert url.rpartition("/")[2] in [each["code"] for each in found]

    async def test_one_with_active_organisations_stays_open(self, runtime: Runtime, client_for: ClientFor) -> None:
        client = await province(client_for)
        made = await add_zone(client)
        code = made.json()["code"]
        unit = await add_account(runtime, region=code)
        close: dict[str, Any] = {
            "json": {"valid_until": TODAY.isoformat()},
            "headers": {"If-Match": made.headers["ETag"]},
        }
        refused = await client.patch(f"{REGIONS}/{code}", **close)
        assert (refused.status_code, refused.json()["code"]) == (409, "region_in_use")
        assert "1 个启用的单位" in refused.json()["detail"]
        reason = {"reason": "撤并"}
        await client.post(f"/api/auth/organisations/{unit.organisation_id}/disable", json=reason)
        assert (await client.patch(f"{REGIONS}/{code}", **close)).status_code == 200

    async def test_an_organisation_stands_in_a_region_that_is_valid(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        later = (TODAY + timedelta(days=5)).isoformat()
        code = (await add_zone(await province(client_for), valid_from=later)).json()["code"]
        for bad in (code, "329999"):
            values = {"name": "单位", "short_name": "单位", "level": Level.UNIT, "region_code": bad}
            body = OrganisationOpen(credit_code=new_credit_code(), **values)
            async with runtime.database.unit_of_work() as session:
                with pytest.raises(InvalidInput) as refused:
                    await open_organisation(session, actor=SYSTEM, body=body)
            assert refused.value.errors[0].field == "region_code"


def sheet(*rows: dict[str, str]) -> bytes:
    return write_sheet("行政区划", COLUMNS, rows)


def row(code: str, name: str = "新区", **changes: str) -> dict[str, str]:
    return {"code": code, "name": name, "parent": "321000", "valid_from": "2026/1/1", **changes}


async def upload(client: httpx.AsyncClient, data: bytes, name: str = "regions.xlsx", **query: Any) -> httpx.Response:
    return await client.post(f"{REGIONS}/imports", files={"file": (name, data)}, params=query)


@pytest.mark.req("ORG-13", "FAQ-D20")
class TestImport:
    async def test_a_dry_run_names_every_bad_cell_and_writes_nothing(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        client, good = await province(client_for), new_code()
        data = sheet(
            row(good), row(good), row("3210"), row("330171", parent="330100"), row(new_code(), parent="321002")
        )
        answer = (await upload(client, data, dry_run=True)).json()
        assert answer["applied"] is False
        assert [(error["row"], error["column"]) for error in answer["errors"]] == [
            (3, "A 行政区划代码"),
            (4, "A 行政区划代码"),
            (5, "A 行政区划代码"),
            (6, "C 上级代码"),
        ]
        assert all(error["reason"] for error in answer["errors"])
        assert good not in await codes(client, parent="321000")

    async def test_it_is_all_or_nothing(self, runtime: Runtime, client_for: ClientFor) -> None:
        client, good = await province(client_for), new_code()
        refused = await upload(client, sheet(row(good), row("321099", valid_from="2026-02-30")))
        assert (refused.status_code, refused.json()["code"]) == (422, "import_refused")
        assert refused.json()["errors"][0]["field"] == "3.D 启用日期"
        assert good not in await codes(client, parent="321000")

    async def test_the_same_file_again_changes_nothing(self, runtime: Runtime, client_for: ClientFor) -> None:
        client, first, second = await province(client_for), new_code(), new_code()
        data = sheet(row(first), row(second))
        assert (await upload(client, data)).json()["created"] == 2
        again = (await upload(client, data)).json()
        assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 2)
        renamed = (await upload(client, sheet(row(first, "改名区")))).json()
        assert renamed["changed"] == 1
        assert (await client.get(f"{REGIONS}/{first}")).json()["name"] == "改名区"
        assert len((await client.get(f"{REGIONS}/{first}/history")).json()) == 2

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
    async def test_a_csv_does_as_well(self, runtime: Runtime, client_for: ClientFor, encoding: str) -> None:
        client, code = await province(client_for), new_code()
        text = f"行政区划代码,名称,上级代码,启用日期,停用日期\r\n{code},生态科技新城,321000,2026年1月1日,\r\n"
        answer = await upload(client, text.encode(encoding), "regions.csv")
        assert answer.json()["created"] == 1
        assert (await client.get(f"{REGIONS}/{code}")).json()["name"] == "生态科技新城"

    async def test_a_city_may_come_with_what_lies_in_it(self, runtime: Runtime, client_for: ClientFor) -> None:
        client = await province(client_for)
        data = sheet(row("323071", parent="323000"), row("323000", "新设市", parent="320000"))
        assert (await upload(client, data)).json()["created"] == 2
        assert (await client.get(f"{REGIONS}/323071")).json()["full_name"] == "江苏省新设市新区"

    @pytest.mark.req("PLAT-06")
    async def test_others_may_not(self, runtime: Runtime, client_for: ClientFor) -> None:
        city = await client_for(app, make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.CITY, region="321000"))
        assert (await upload(city, sheet(row(new_code())))).status_code == 403
