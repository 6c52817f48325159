"""Regions that the province adds, renames and closes: where an employer may sit, and what a list calls the place (ORG-13, FAQ-D20)."""

import itertools
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import event as listening

from services.declaration.consumers import HANDLERS
from services.declaration.regions.repository import is_leaf, names_of
from shared.clock import beijing_today, now_utc
from shared.db.session import Database
from shared.events.auth import RegionChanged
from tests.services.declaration.records import URL, Cast, MakeCast
from tests.services.news import written

CURRENT = "/api/declaration/employers/current"
TODAY = beijing_today(now_utc())
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
pytestmark = pytest.mark.req("ORG-13", "FAQ-D20")
_numbers = itertools.count(40)


def new_code(city: str = "3202") -> str:
    """A code of a zone that nobody has."""
    return f"{city}{next(_numbers)}"


def region(code: str, name: str = "高铁新城", **changes: Any) -> RegionChanged:
    values = {
        "code": code,
        "name": name,
        "full_name": f"江苏省无锡市{name}",
        "parent": f"{code[:4]}00",
        "level": 3,
        "kind": "功能区",
        "valid_from": date(2020, 1, 1),
        "valid_until": None,
    }
    return RegionChanged.model_validate({**values, **changes})


async def hear(database: Database, *news: RegionChanged, later: int = 0) -> None:
    for each in news:
        with written(each, later=later):
            async with database.unit_of_work() as session:
                await HANDLERS[RegionChanged](session, each)


async def leaf(database: Database, code: str, day: date = TODAY) -> bool:
    async with database.unit_of_work() as session:
        return await is_leaf(session, code, day)


async def move(cast: Cast, code: str) -> httpx.Response:
    seen = await cast.employer.get(CURRENT)
    return await cast.employer.patch(CURRENT, json={"region_code": code}, headers={"If-Match": seen.headers["etag"]})


class TestMove:
    async def test_an_employer_moves_into_an_added_zone_and_every_page_names_it(
        self, cast: Cast, database: Database
    ) -> None:
        code, label = new_code(), "江苏省无锡市高铁新城"
        address = await cast.add()
        assert (await move(cast, code)).status_code == 422
        await hear(database, region(code))
        moved = await move(cast, code)
        assert moved.status_code == 200
        assert [(each["before"], each["after"]) for each in moved.json()["changes"]] == [("江苏省南京市玄武区", label)]
        assert moved.json()["employer"]["region_label"] == label
        assert (await cast.employer.get(CURRENT)).json()["region_label"] == label
        assert (await cast.employer.get(address)).json()["region_label"] == label
        (item,) = (await cast.employer.get(URL)).json()["items"]
        assert item["region_label"] == label

    async def test_whoever_reviews_is_named_by_the_present_name(self, make_cast: MakeCast, database: Database) -> None:
        code = new_code()
        await hear(database, region(code))
        cast = await make_cast(region=code)
        await cast.submitted()
        await hear(database, region(code, "太湖新城"), later=5)
        assert "江苏省无锡市太湖新城卫生健康部门" in (await move(cast, "320102")).json()["detail"]

    async def test_not_before_its_first_day_nor_after_its_last(self, cast: Cast, database: Database) -> None:
        spans: tuple[dict[str, Any], ...] = ({"valid_from": TOMORROW}, {"valid_until": YESTERDAY})
        for changes in spans:
            code = new_code()
            await hear(database, region(code, **changes))
            answer = await move(cast, code)
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "region_not_valid")

    async def test_a_page_asks_for_its_names_once(self, make_cast: MakeCast, database: Database) -> None:
        codes = [new_code(), new_code(), new_code()]
        await hear(database, *(region(code, f"新区{code}") for code in codes))
        casts = [await make_cast(region=code) for code in codes]
        for cast in casts:
            await cast.submitted()
        asked: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            asked.extend([statement] if "FROM regions" in statement else [])

        listening.listen(database.engine.sync_engine, "before_cursor_execute", note)
        page = (await casts[0].province.get(URL, params={"limit": 200})).json()["items"]
        listening.remove(database.engine.sync_engine, "before_cursor_execute", note)
        shown = {item["region_code"]: item["region_label"] for item in page}
        assert {code: shown[code] for code in codes} == {code: f"江苏省无锡市新区{code}" for code in codes}
        assert len(asked) == 1


class TestPlaces:
    async def test_a_closed_region_takes_nobody_from_the_day_after_and_keeps_its_name(self, database: Database) -> None:
        assert await leaf(database, "630103")
        await hear(database, region("630103", "城中区", full_name="青海省西宁市城中区", valid_until=TODAY))
        assert [await leaf(database, "630103", day) for day in (TODAY, TOMORROW)] == [True, False]
        async with database.unit_of_work() as session:
            assert await names_of(session, {"630103", "630104", "999999"}) == {
                "630103": "青海省西宁市城中区",
                "630104": "青海省西宁市城西区",
            }
        await hear(database, region("630103", "城中区", full_name="青海省西宁市城中区"), later=5)
        assert await leaf(database, "630103", TOMORROW)

    async def test_a_parent_of_the_stock_stays_what_it_was(self, database: Database) -> None:
        await hear(database, region("441971", "松山湖"), region("320297", "新区"))
        assert await leaf(database, "441971")
        assert (await leaf(database, "441900"), await leaf(database, "320200")) == (True, False)
        await hear(database, region("320200", "无锡市", full_name="江苏省无锡市", parent="320000", level=2))
        assert not await leaf(database, "320200")

    async def test_an_added_city_takes_units_while_nothing_stands_below(self, database: Database) -> None:
        await hear(database, region("323200", "新设市", full_name="江苏省新设市", parent="320000", level=2))
        assert await leaf(database, "323200")
        await hear(database, region("323271", "市区", valid_from=TOMORROW))
        assert (await leaf(database, "323200"), await leaf(database, "323200", TOMORROW)) == (True, False)

    async def test_older_news_never_replaces_newer(self, database: Database) -> None:
        code = new_code()
        await hear(database, region(code, "新名"), later=60)
        await hear(database, region(code, "旧名", valid_until=YESTERDAY), later=30)
        assert await leaf(database, code)
        async with database.unit_of_work() as session:
            assert await names_of(session, [code]) == {code: "江苏省无锡市新名"}
