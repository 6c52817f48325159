"""The list of declarations, as employers and authorities narrow and order it."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from services.declaration.calendar.receipts import late_before
from services.declaration.declarations.models import Declaration
from services.declaration.invariants import overdue_reviews
from shared.clock import beijing_today, now_utc
from shared.db.session import Database
from shared.workdays import Calendar
from tests.services.declaration.records import AGAIN, URL, Cast, MakeCast

REVIEWS = "/api/declaration/reviews"
MOMENT = timedelta(microseconds=1)
COUNTY = "320106"


def identity(address: str) -> str:
    return address.rsplit("/")[-1]


async def set_on(database: Database, address: str, **values: Any) -> None:
    """Moves a record in time."""
    async with database.unit_of_work() as session:
        await session.execute(update(Declaration).where(Declaration.id == identity(address)).values(**values))


async def listed(cast: Cast, **query: Any) -> list[str]:
    """Ids that the county sees, in order."""
    answer = await cast.county.get(URL, params={"limit": 200, **query})
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


@pytest.mark.req("DECL-11")
class TestReviewList:
    async def test_newest_day_first_and_by_page(self, make_cast: MakeCast, database: Database) -> None:
        cast = await make_cast(region="320111")
        today = beijing_today(now_utc())
        addresses: list[str] = []
        for days in (3, 1, 2):
            address = await cast.approved(**(AGAIN if addresses else {}))
            await set_on(database, address, declared_on=today - timedelta(days=days))
            addresses.append(identity(address))
        newest_first = [addresses[1], addresses[2], addresses[0]]
        assert await listed(cast) == newest_first
        assert await listed(cast, sort="declared_on") == newest_first[::-1]
        first = (await cast.county.get(URL, params={"limit": 2})).json()
        rest = (await cast.county.get(URL, params={"limit": 2, "cursor": first["next_cursor"]})).json()
        assert [item["id"] for item in first["items"] + rest["items"]] == newest_first
        assert first["total"] == 3

    async def test_filters_narrow_and_combine(self, make_cast: MakeCast, database: Database) -> None:
        pending, approved, rejected = [await make_cast(region=COUNTY) for _ in range(3)]
        mine = {
            "pending": identity(await pending.submitted()),
            "approved": identity(await approved.approved()),
            "rejected": identity(await rejected.rejected()),
        }

        async def found(**query: Any) -> set[str]:
            ids = await listed(pending, **query)
            return {name for name, each in mine.items() if each in ids}

        assert await found() == {"pending", "approved", "rejected"}
        assert await found(status="approved") == {"approved"}
        assert await found(status=["approved", "rejected"]) == {"approved", "rejected"}
        assert await found(kind="annual") == set()
        assert await found(kind=["annual", "initial"], status="pending") == {"pending"}

    async def test_the_days_are_inclusive(self, make_cast: MakeCast, database: Database) -> None:
        cast = await make_cast(region=COUNTY)
        address = await cast.approved()
        await set_on(database, address, declared_on=date(2021, 3, 29))
        for query, seen in (
            ({"declared_on_from": "2021-03-29", "declared_on_to": "2021-03-29"}, True),
            ({"declared_on_from": "2021-03-30"}, False),
            ({"declared_on_to": "2021-03-28"}, False),
        ):
            assert (identity(address) in await listed(cast, **query)) is seen, query

    @pytest.mark.req("PLAT-08")
    async def test_names_are_found_by_any_part_and_by_initials(self, make_cast: MakeCast) -> None:
        cast = await make_cast(region=COUNTY, name="南京长江机械厂（江宁）")
        address = await cast.submitted()
        for query, seen in (("长江", True), ("机", True), ("cjjx", True), ("江长", False), ("南京机械", False)):
            assert (identity(address) in await listed(cast, employer_name=query)) is seen, query

    async def test_what_the_columns_need(self, make_cast: MakeCast) -> None:
        cast = await make_cast(region=COUNTY)
        address = await cast.submitted()
        items = (await cast.county.get(URL, params={"limit": 200})).json()["items"]
        item = next(each for each in items if each["id"] == identity(address))
        assert item["region_label"] == "江苏省南京市鼓楼区"
        assert item["employer_name"] == cast.actor.organisation_name
        assert (item["kind_label"], item["status_label"]) == ("初次申报", "待审核")
        assert item["declared_on"] == beijing_today(now_utc()).isoformat()

    @pytest.mark.req("PLAT-01")
    @pytest.mark.parametrize("query", [{"status": "x"}, {"declared_on_from": "29.3.2021"}, {"sort": "phone"}])
    async def test_a_wrong_filter_is_named(self, cast: Cast, query: dict[str, str]) -> None:
        answer = await cast.county.get(URL, params=query)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


@pytest.mark.req("DECL-12", "BEY-10")
class TestOverdueReviews:
    async def test_only_what_waits_for_more_than_five_working_days(
        self, make_cast: MakeCast, database: Database
    ) -> None:
        late, just, done = [await make_cast() for _ in range(3)]
        now = now_utc()
        addresses = [await late.submitted(), await just.submitted(), await done.approved()]
        first = late_before(Calendar(), now)
        for address, since in zip(addresses, (first - MOMENT, first, first - timedelta(days=30)), strict=True):
            await set_on(database, address, pending_since=since)
        async with database.unit_of_work() as session:
            found = {str(each.id) for each in await overdue_reviews(session, now)}
        assert [identity(address) in found for address in addresses] == [True, False, False]
        listed = [
            (await each.county.get(REVIEWS, params={"late": True})).json()["items"] for each in (late, just, done)
        ]
        mine = [
            identity(address) in {row["id"] for row in rows} for address, rows in zip(addresses, listed, strict=True)
        ]
        assert mine == [True, False, False]
