"""The figures (STAFF-12): summed from what approvals have appended, as of any day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from services.declaration.consumers import organisation_changed
from services.declaration.declarations.models import Declaration
from services.declaration.figures import keeping
from services.declaration.figures.models import FigureRecord
from shared.clock import now_utc
from shared.db.session import Database
from tests.services.declaration.figures import COUNTIES, FIGURES, TODAY, ask, by, drifted, fold, total
from tests.services.declaration.records import AGAIN, URL, MakeCast, organisation

pytestmark = pytest.mark.req("STAFF-12")


@pytest.fixture
def county() -> str:
    return next(COUNTIES)


class TestSums:
    async def test_what_a_valid_declaration_is_counted_as(
        self, make_cast: MakeCast, county: str, database: Database
    ) -> None:
        cast = await make_cast(region=county)
        await cast.approved()
        await fold(database)
        assert await total(cast.county) == {
            "registered": 1,
            "declared": 1,
            "undeclared": 0,
            "declared_rate": 100.0,
            "exposed": 60,
            "disease": 0,
            "trained": 55,
            "tested": 1,
            "measured": 14,
            "exceeded": 1,
            "exceeded_rate": 7.1,
            "over_units": 1,
            "exam_due": 90,
            "exam_done": 87,
            "exam_rate": 96.7,
        }
        classes = await by(cast.county, "factor")
        assert {
            key: (row["declared"], row["exposed"], row["measured"], row["exceeded"]) for key, row in classes.items()
        } == {
            "dust": (1, 40, 8, 1),
            "phys": (1, 50, 6, 0),
        }
        factors = await by(cast.county, "factor", factor="dust")
        assert {key: (row["declared"], row["exposed"], row["exam_due"]) for key, row in factors.items()} == {
            "A001": (1, 30, 30),
            "A003": (1, 0, 0),
        }
        assert (await by(cast.county, "industry")).keys() == {"C"}
        assert (await by(cast.county, "industry", industry="C")).keys() == {"C35"}
        assert (await by(cast.county, "size"))["3"]["registered"] is None
        assert (await total(cast.county, factor="C001"))["exposed"] == 50
        assert (await total(cast.county, factor="chem"))["declared"] == 0

    async def test_they_follow_revocation_replacement_and_注销(
        self, make_cast: MakeCast, county: str, database: Database
    ) -> None:
        cast = await make_cast(region=county)
        first = await cast.approved()
        await cast.approved(**AGAIN, exposed_count=70)
        await fold(database)
        assert (await total(cast.county))["exposed"] == 70
        newest = (await cast.employer.get("/api/declaration/declarations")).json()["items"][0]["id"]
        revoked = await cast.county.post(f"/api/declaration/declarations/{newest}/revoke", json={"reason": "有误"})
        assert revoked.status_code == 200, revoked.text
        await fold(database)
        assert (await total(cast.county))["exposed"] == 60, "the one before is valid again"
        approved = await cast.county.post(f"/api/declaration/declarations/{newest}/approve")
        assert approved.status_code == 200, approved.text
        await cast.approved(kind="cancellation", ended_on=TODAY.isoformat())
        await fold(database)
        found = await total(cast.county)
        assert (found["registered"], found["declared"], found["exposed"]) == (1, 0, 0)
        assert await drifted(database, county) == []
        assert first

    async def test_a_unit_that_is_closed_is_not_counted_and_counts_again(
        self, make_cast: MakeCast, county: str, database: Database
    ) -> None:
        cast = await make_cast(region=county)
        await cast.approved()
        for active in (False, True):
            async with database.unit_of_work() as session:
                await organisation_changed(session, organisation(cast.actor, active=active))
            await fold(database)
            found = await total(cast.county)
            assert (found["registered"], found["declared"], found["exposed"]) == (active, active, 60 * active)
        assert await drifted(database, county) == []

    async def test_a_confidential_unit_is_counted_and_its_products_are_nowhere(
        self, make_cast: MakeCast, county: str, database: Database
    ) -> None:
        cast = await make_cast(region=county)
        await cast.approved(confidential=True, products=[{"product": "机密产品", "output": "3", "unit": "件"}])
        await fold(database)
        assert (await total(cast.county))["exposed"] == 60
        for path in (FIGURES, f"{FIGURES}/units"):
            assert "机密产品" not in (await cast.county.get(path)).text


class TestAsOfADay:
    async def test_a_day_has_what_was_valid_on_it(self, make_cast: MakeCast, county: str, database: Database) -> None:
        """Since before the year, the month and the day, and each of the days between."""
        cast = await make_cast(region=county)
        await cast.approved()
        await cast.approved(**AGAIN, exposed_count=80)
        days = [date(TODAY.year - 2, 5, 17), date(TODAY.year - 1, 2, 10), TODAY - timedelta(days=3)]
        async with database.unit_of_work() as session:
            await session.execute(text("DELETE FROM figure_records WHERE region_code = :c"), {"c": county})
            await session.execute(text("DELETE FROM figure_units WHERE region_code = :c"), {"c": county})
            own = select(Declaration).where(Declaration.region_code == county).order_by(Declaration.id)
            for record, day in zip(await session.scalars(own), days, strict=False):
                moment = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
                record.reviewed_at, record.declared_on = moment, day
            await session.flush()
            await keeping.correct(session, [cast.actor.organisation_id], now_utc())
        await fold(database)
        expected = {
            days[0] - timedelta(days=1): 0,
            days[0]: 60,
            days[1] - timedelta(days=1): 60,
            days[1]: 80,
            date(TODAY.year - 1, 12, 31): 80,
            TODAY: 80,
        }
        for day, exposed in expected.items():
            assert (await total(cast.county, day=day.isoformat()))["exposed"] == exposed, day
        years = await by(cast.county, "year")
        assert {year: row["exposed"] for year, row in years.items()} == {
            str(TODAY.year - 2): 60,
            str(TODAY.year - 1): 80,
            str(TODAY.year): 80,
        }
        past = await by(cast.county, "year", day=f"{TODAY.year - 1}-01-31")
        assert {year: row["exposed"] for year, row in past.items()} == {
            str(TODAY.year - 2): 60,
            str(TODAY.year - 1): 60,
        }
        assert await drifted(database, county) == []

    async def test_a_merged_county_has_its_past_where_its_units_are_today(
        self, make_cast: MakeCast, county: str, database: Database
    ) -> None:
        cast = await make_cast(region=county)
        await cast.approved()
        await fold(database)
        merged = next(COUNTIES)
        async with database.unit_of_work() as session:
            long_ago = TODAY - timedelta(days=700)
            records = update(FigureRecord).where(FigureRecord.region_code == county)
            await session.execute(records.values(from_day=long_ago))
            await organisation_changed(session, organisation(cast.actor, region_code=merged))
        await fold(database)
        into = await make_cast(region=merged)
        day = (TODAY - timedelta(days=600)).isoformat()
        assert (await total(into.county, day=day))["exposed"] == 60
        assert (await total(cast.county, day=day))["exposed"] == 0
        assert (await ask(into.county))["notes"]
        rows = (await into.county.get(f"{FIGURES}/units", params={"declared": "true"})).json()["items"]
        assert [each["region_code"] for each in rows] == [merged]
        assert (await into.county.get(f"{URL}/{rows[0]['path'].rsplit('/', 1)[-1]}")).status_code == 200
        above = (await into.province.get(f"{FIGURES}/units", params={"region_code": merged, "declared": "true"})).json()
        assert above["items"][0]["path"].startswith("/declaration-reviews/")
        assert await drifted(database, merged) == await drifted(database, county) == []
