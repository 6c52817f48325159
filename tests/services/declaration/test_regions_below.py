"""The regions below as numbers: each leads to exactly the rows that it counts."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import update

from services.declaration.declarations.models import Declaration
from services.declaration.form.flags import FLAGS
from shared.clock import now_utc
from shared.db.session import Database
from tests.services.declaration.records import Cast, MakeCast

REVIEWS, REGIONS = "/api/declaration/reviews", "/api/declaration/reviews/regions"


async def rows_behind(client: httpx.AsyncClient, path: str) -> int:
    at = urlsplit(path)
    assert at.path == "/declaration-reviews"
    answer = await client.get(f"{REVIEWS}?{at.query}")
    assert answer.status_code == 200, answer.text
    return int(answer.json()["total"])


async def numbers(client: httpx.AsyncClient, **query: str) -> dict[str, dict[str, int]]:
    """By region and key, each checked against the list that it leads to."""
    answer: dict[str, Any] = (await client.get(REGIONS, params=query)).json()
    for row in (*answer["rows"], answer["total"]):
        for figure in row["figures"]:
            assert figure["count"] == await rows_behind(client, figure["path"]), figure
    return {row["region_code"]: {each["key"]: each["count"] for each in row["figures"]} for row in answer["rows"]}


@pytest.mark.req("DECL-11", "FAQ-D22", "PLAT-06")
class TestRegionsBelow:
    async def test_every_number_is_a_link_with_exactly_that_many_rows(
        self, make_cast: MakeCast, database: Database
    ) -> None:
        here, there, other = [await make_cast(region=each) for each in ("320481", "320481", "320412")]
        await here.submitted()
        await there.rejected()
        late = await other.submitted()
        begun = now_utc() - timedelta(days=60)
        async with database.unit_of_work() as session:
            record = update(Declaration).where(Declaration.id == late.rsplit("/")[-1])
            await session.execute(record.values(pending_since=begun))
        city = await numbers(here.city)
        assert city["320481"]["pending"] >= 1
        assert city["320481"]["rejected"] >= 1
        assert city["320412"]["overdue"] >= 1
        answer = (await here.city.get(REGIONS)).json()
        assert (answer["region_label"], answer["above"]) == ("江苏省常州市", None)
        assert [each["key"] for each in answer["columns"]] == list(city["320412"])

    async def test_a_province_goes_down_and_up_again(self, cast: Cast) -> None:
        await cast.submitted()
        top = (await cast.province.get(REGIONS)).json()
        nanjing = next(row for row in top["rows"] if row["region_code"] == "320100")
        assert nanjing["below"] == "/declaration-regions?region_code=3201"
        below = (await cast.province.get(REGIONS, params={"region_code": "3201"})).json()
        assert below["above"] == "/declaration-regions?region_code=32"
        assert below["total"]["figures"][0]["count"] == nanjing["figures"][0]["count"]
        assert all(row["below"] is None for row in below["rows"])

    async def test_nobody_counts_another_region(self, cast: Cast) -> None:
        assert (await cast.city.get(REGIONS, params={"region_code": "32"})).status_code == 422
        assert (await cast.county.get(REGIONS, params={"region_code": "320104"})).status_code == 422
        assert (await cast.employer.get(REGIONS)).status_code == 403

    async def test_a_rule_says_itself_with_its_bounds(self, cast: Cast) -> None:
        told = (await cast.city.get("/api/declaration/review-flags")).json()
        assert [each["explanation"] for each in told] == [each.explanation for each in FLAGS]
        assert "10倍" in told[0]["explanation"]
        assert "50%" in told[3]["explanation"]
        assert not any("{" in each["explanation"] for each in told)
