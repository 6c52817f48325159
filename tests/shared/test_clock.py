"""Days and deadlines are Beijing's, instants are UTC."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.clock import (
    age_on,
    beijing_time,
    beijing_today,
    end_of_beijing_day,
    is_past,
    start_of_beijing_day,
    years_after,
)

DEADLINE = date(2026, 3, 31)


@pytest.mark.req("PLAT-12", "X23")
class TestDeadline:
    def test_last_second_of_the_day_in_beijing_still_counts(self) -> None:
        assert not is_past(DEADLINE, datetime(2026, 3, 31, 15, 59, 59, 999_999, UTC))

    def test_next_midnight_in_beijing_is_past(self) -> None:
        assert is_past(DEADLINE, datetime(2026, 3, 31, 16, 0, 0, tzinfo=UTC))

    def test_end_of_day_is_utc_and_agrees_with_is_past(self) -> None:
        end = end_of_beijing_day(DEADLINE)
        assert end == datetime(2026, 3, 31, 15, 59, 59, 999_999, UTC)
        assert end.tzinfo is UTC
        assert not is_past(DEADLINE, end)
        assert is_past(DEADLINE, end + timedelta(microseconds=1))

    def test_start_of_day_follows_the_end_of_the_day_before(self) -> None:
        assert start_of_beijing_day(date(2026, 4, 1)) - end_of_beijing_day(DEADLINE) == timedelta(microseconds=1)

    def test_time_without_an_offset_is_refused(self) -> None:
        with pytest.raises(ValueError, match="offset"):
            beijing_today(datetime(2026, 3, 31, 12))  # noqa: DTZ001 -- the point of the test


@pytest.mark.req("TRN-39")
class TestAge:
    @pytest.mark.parametrize(
        ("birth", "day", "age"),
        [
            (date(1990, 3, 7), date(2026, 3, 6), 35),
            (date(1990, 3, 7), date(2026, 3, 7), 36),
            (date(1992, 2, 29), date(2026, 2, 28), 33),
            (date(1992, 2, 29), date(2026, 3, 1), 34),
        ],
    )
    def test_age_is_in_whole_years_on_the_day(self, birth: date, day: date, age: int) -> None:
        assert age_on(birth, day) == age


@pytest.mark.req("PLAT-12")
class TestTimes:
    def test_a_moment_in_beijing_is_the_same_moment(self) -> None:
        moment = datetime(2026, 3, 31, 16, tzinfo=UTC)
        assert beijing_time(moment) == moment
        assert (beijing_time(moment).day, beijing_time(moment).hour) == (1, 0)
        with pytest.raises(ValueError, match="^.*offset.*$"):
            beijing_time(moment.replace(tzinfo=None))

    def test_a_day_begins_in_utc(self) -> None:
        start = start_of_beijing_day(date(2026, 4, 1))
        assert (start, start.tzinfo) == (datetime(2026, 3, 31, 16, tzinfo=UTC), UTC)

    @pytest.mark.parametrize(
        ("day", "years", "later"),
        [
            (date(2024, 2, 29), 1, date(2025, 2, 28)),
            (date(2024, 2, 29), 4, date(2028, 2, 29)),
            (date(2026, 3, 31), 3, date(2029, 3, 31)),
        ],
    )
    def test_years_later_is_the_same_day_or_the_last_of_february(self, day: date, years: int, later: date) -> None:
        assert years_after(day, years) == later
