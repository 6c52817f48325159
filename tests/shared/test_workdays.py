"""Working days: the calendar that is installed, what is told instead of it, and the rule where nobody knows (STAFF-11)."""

from datetime import date, timedelta
from itertools import islice

import pytest

from shared import workdays
from shared.workdays import Calendar

# 2026: 国庆节 from Thursday the 1st to Wednesday the 7th of October, with Sunday, 20 September, and Saturday, 10 October, worked.
HOLIDAY, MOVED = date(2026, 10, 6), date(2026, 10, 10)
UNKNOWN = 2090
INSTALLED = Calendar()


def test_of_a_known_year_the_calendar_is_asked() -> None:
    assert INSTALLED.is_known(2026)
    assert not INSTALLED.is_workday(HOLIDAY)
    assert INSTALLED.is_workday(MOVED)
    assert not INSTALLED.is_workday(MOVED + timedelta(days=1))


def test_of_an_unknown_year_the_rule_is_asked() -> None:
    assert not INSTALLED.is_known(UNKNOWN)
    free = [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]
    assert [(month, day) for month, day in free if INSTALLED.is_workday(date(UNKNOWN, month, day))] == []
    for offset in range(7):
        day = date(UNKNOWN, 6, 1) + timedelta(days=offset)
        assert INSTALLED.is_workday(day) is workdays.is_by_rule(day) is (day.isoweekday() <= 5)


def test_what_is_told_of_a_day_holds_and_a_year_that_is_told_whole_has_nothing_else() -> None:
    told = Calendar(days={HOLIDAY: True, MOVED: False})
    assert told.is_workday(HOLIDAY)
    assert not told.is_workday(MOVED)
    assert told.is_workday(date(2026, 9, 20)), "the installed calendar still says the other days"
    whole = Calendar(years={2026, UNKNOWN})
    assert whole.is_known(UNKNOWN)
    assert whole.is_workday(HOLIDAY)
    assert not whole.is_workday(date(2026, 9, 20))


def test_counting_goes_over_what_is_free() -> None:
    eve, back = date(2026, 9, 30), date(2026, 10, 8)
    assert list(islice(INSTALLED.workdays_from(eve), 3)) == [eve, back, date(2026, 10, 9)]
    assert INSTALLED.workday_before(HOLIDAY) == INSTALLED.workday_before(eve) == eve
    calendar = INSTALLED
    assert [calendar.workdays_after(eve, count) for count in (1, 2, 3)] == [back, date(2026, 10, 9), MOVED]
    assert calendar.workdays_left(eve, back) == 1
    assert calendar.workdays_left(eve, MOVED) == 3
    assert calendar.workdays_left(MOVED, eve) == -3
    assert calendar.workdays_left(eve, eve) == 0


def test_the_installed_calendar_says_what_it_has_otherwise() -> None:
    found = workdays.installed(2026)
    assert found[HOLIDAY] == (False, "国庆节")
    assert found[MOVED] == (True, "国庆节调休")
    assert found[date(2026, 1, 1)] == (False, "元旦")
    assert {day.year for day in found} == {2026}
    assert all(works is not (day.isoweekday() <= 5) for day, (works, _) in found.items())
    assert workdays.installed(UNKNOWN) == {}


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (HOLIDAY, "周二（节假日）"),
        (MOVED, "周六（调休上班）"),
        (date(2026, 10, 11), "周日"),
        (date(2026, 10, 12), "周一"),
        (date(2026, 10, 17), "周六"),
    ],
)
def test_a_day_in_words(day: date, words: str) -> None:
    assert INSTALLED.in_words(day) == words
