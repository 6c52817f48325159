"""What single days changed long ago goes, and every answer that is still given is the one that it was (STAFF-12, PLAT-19)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text, update

from services.declaration.figures.models import FigureRecord, FigureUnit
from services.declaration.figures.repository import let_go_days, rebuild
from services.declaration.retention import RULES
from shared.db.session import Database
from tests.services.declaration.figures import COUNTIES, FIGURES, TODAY, drifted, fold, total
from tests.services.declaration.records import Cast, MakeCast

pytestmark = pytest.mark.req("STAFF-12", "PLAT-19")
# Before anything of other tests.
FIRST, SECOND, BEFORE = date(1951, 3, 10), date(1951, 5, 20), date(1951, 5, 3)
ASKED = (date(1951, 2, 28), date(1951, 3, 31), date(1951, 4, 30), date(1951, 5, 19), date(1951, 5, 20), TODAY)


async def long_ago(cast: Cast, county: str, database: Database) -> None:
    """The unit registered on the first of the days, and its declaration was valid from the second on."""
    await cast.approved()
    async with database.unit_of_work() as session:
        await session.execute(update(FigureUnit).where(FigureUnit.region_code == county).values(from_day=FIRST))
        await session.execute(update(FigureRecord).where(FigureRecord.region_code == county).values(from_day=SECOND))
    await fold(database)


async def told(cast: Cast) -> dict[date, tuple[int, int]]:
    found = {day: await total(cast.county, day=day.isoformat()) for day in ASKED}
    return {day: (row["registered"], row["exposed"]) for day, row in found.items()}


async def days_of(database: Database, county: str) -> int:
    cells = "SELECT count(*) FROM figure_cells WHERE scope = :county AND period > 10000000"
    async with database.unit_of_work() as session:
        return int(await session.scalar(text(cells), {"county": county}) or 0)


async def let_go(database: Database) -> int:
    async with database.unit_of_work() as session:
        return await let_go_days(session, BEFORE)


async def test_months_keep_what_their_days_were_and_a_day_that_is_gone_is_refused_with_a_way_on(
    make_cast: MakeCast, database: Database
) -> None:
    county = next(COUNTIES)
    cast = await make_cast(region=county)
    await long_ago(cast, county, database)
    before, days = await told(cast), await days_of(database, county)
    assert [before[day] for day in ASKED] == [(0, 0), (1, 0), (1, 0), (1, 0), (1, 60), (1, 60)]
    assert await let_go(database) > 0
    assert await let_go(database) == 0, "the month of the day itself is kept"
    assert await days_of(database, county) == days - 1
    assert await told(cast) == before

    refused = await cast.province.get(FIGURES, params={"day": "1951-03-12"})
    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert (error["field"], error["code"]) == ("day", "day_not_kept")
    assert "1951-03-31" in error["message"]

    # What comes late, a recount and the comparison with one leave those days where they are.
    async with database.unit_of_work() as session:
        late = update(FigureUnit).where(FigureUnit.region_code == county)
        await session.execute(late.values(from_day=FIRST - timedelta(days=5)))
    await fold(database)
    assert await drifted(database, county) == []
    async with database.unit_of_work() as session:
        await rebuild(session)
    assert await days_of(database, county) == days - 1
    assert await told(cast) == before


def test_ten_years_of_days_are_kept_unless_somebody_says_otherwise() -> None:
    [rule] = RULES
    assert rule.days() >= 3652
