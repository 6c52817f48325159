"""工作日历 (BEY-10): the province keeps holidays and 调休 over the published calendar; a year that nobody told of is said to be unknown."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from services.declaration.calendar.receipts import late_before, review_due
from shared.clock import BEIJING, start_of_beijing_day
from shared.db.session import Database
from shared.events.declaration import CalendarYearKept
from shared.events.log import EventRow
from shared.workdays import Calendar, installed
from tests.services.declaration.records import Cast

DAYS, YEARS = "/api/declaration/calendar-days", "/api/declaration/calendar-years"
# A year that no package knows yet, and that is never asked about by what else runs.
UNKNOWN = 2091
pytestmark = pytest.mark.req("BEY-10")


class TestReceipt:
    def test_within_five_working_days(self) -> None:
        before_the_holiday = datetime(2026, 9, 30, 23, 59, tzinfo=BEIJING)
        # 1 to 7 October are free, the 10th is worked.
        assert review_due(Calendar(), before_the_holiday) == date(2026, 10, 13)
        typhoon = Calendar(days={date(2026, 10, 9): False})
        assert review_due(typhoon, before_the_holiday) == date(2026, 10, 14)

    def test_what_is_late_is_what_has_outlived_its_last_day(self) -> None:
        calendar, now = Calendar(), datetime(2026, 10, 14, 8, tzinfo=BEIJING)
        first = late_before(calendar, now)
        day = date(2026, 9, 20)
        while day < now.date():
            submitted = start_of_beijing_day(day)
            assert (submitted < first) is (review_due(calendar, submitted) < now.date()), day
            day += timedelta(days=1)


class TestDays:
    def test_the_package_fills_what_it_knows(self) -> None:
        days = installed(2026)
        assert (days[date(2026, 10, 10)], days[date(2026, 10, 5)][0]) == ((True, "国庆节调休"), False)
        assert (Calendar().is_known(UNKNOWN), installed(UNKNOWN)) == (False, {})

    def test_days_left_count_working_days_both_ways(self) -> None:
        friday, tuesday = date(2026, 10, 16), date(2026, 10, 20)
        assert (Calendar().workdays_left(friday, tuesday), Calendar().workdays_left(tuesday, friday)) == (2, -2)
        assert Calendar().workdays_left(friday, friday) == 0


class TestKeeping:
    async def test_an_unknown_year_is_told_until_somebody_has_told_it_whole(self, cast: Cast) -> None:
        year = (await cast.county.get(f"{YEARS}/{UNKNOWN}")).json()
        assert (year["source"], "尚未录入" in year["words"], year["days"]) == ("unknown", True, [])
        assert [each["allowed"] for each in year["allowed_actions"]] == [False, False]
        assert (await cast.county.put(f"{YEARS}/{UNKNOWN}", json={"complete": True})).status_code == 403
        assert (await cast.city.put(f"{YEARS}/{UNKNOWN}", json={"complete": True})).status_code == 403
        day = f"{DAYS}/{UNKNOWN}-02-18"
        kept = (await cast.province.put(day, json={"works": False, "name": "春节"})).json()
        assert [(each["day"], each["works_label"], each["kept"]) for each in kept["days"]] == [
            (f"{UNKNOWN}-02-18", "休息", True)
        ]
        whole = (await cast.province.put(f"{YEARS}/{UNKNOWN}", json={"complete": True})).json()
        assert (whole["source"], bool(whole["kept_by_name"])) == ("kept", True)
        assert (await cast.province.delete(day)).json()["days"] == []
        assert (await cast.province.delete(day)).json()["code"] == "calendar_day_not_kept"
        undone = (await cast.province.put(f"{YEARS}/{UNKNOWN}", json={"complete": False})).json()
        assert undone["source"] == "unknown"

    @pytest.mark.req("STAFF-05")
    async def test_training_is_told_of_the_year_as_it_is(self, cast: Cast, database: Database) -> None:
        year = UNKNOWN + 1
        await cast.province.put(f"{DAYS}/{year}-02-18", json={"works": False, "name": "春节"})
        await cast.province.put(f"{DAYS}/{year}-02-21", json={"works": True, "name": "春节调休"})
        await cast.province.put(f"{YEARS}/{year}", json={"complete": True})
        await cast.province.delete(f"{DAYS}/{year}-02-18")
        async with database.unit_of_work() as session:
            of_year = EventRow.payload["year"].as_integer() == year
            asked = select(EventRow).where(EventRow.type == CalendarYearKept.type, of_year).order_by(EventRow.seq)
            told = [CalendarYearKept.model_validate(each.payload) for each in await session.scalars(asked)]
        free, worked = {date(year, 2, 18): False}, {date(year, 2, 21): True}
        assert [(each.complete, dict(each.days)) for each in told] == [
            (False, free),
            (False, free | worked),
            (True, free | worked),
            (True, worked),
        ]

    @pytest.mark.req("PLAT-01")
    @pytest.mark.parametrize("day", ["2026-02-30", "heute", "20260201"])
    async def test_no_day_is_named(self, cast: Cast, day: str) -> None:
        answer = await cast.province.put(f"{DAYS}/{day}", json={"works": False, "name": "x"})
        assert answer.status_code == 422
