"""Working days of the State Council's calendar, as far as it is known: the holidays of a year are told in the autumn before it
(国务院办公厅关于节假日安排的通知). Of a year that is not known nothing is guessed: its weekends are free, and the days that the law
names by their dates (全国年节及纪念日放假办法, 2024), and whoever asks is told.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache

import chinese_calendar

_SATURDAY = 5
_WEEKDAYS = "一二三四五六日"
# 元旦, 劳动节, 国庆节, as (month, day).
_BY_DATE = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


@dataclass(frozen=True)
class Calendar:
    """``days`` says of single days whether they are working days, whatever else is known; ``years`` are those whose days are all told
    in it. Empty, it is the calendar that is installed."""

    days: Mapping[date, bool] = field(default_factory=dict)
    years: Collection[int] = frozenset()

    def is_known(self, year: int) -> bool:
        """Whether the holidays of ``year`` have been published and are told here or in the calendar that is installed."""
        return year in self.years or _is_installed(year)

    def is_workday(self, day: date) -> bool:
        """A working day, moved ones included (调休); in a year that is not known, a day of Monday to Friday that is no holiday by its
        date."""
        told = self.days.get(day)
        if told is not None:
            return told
        if day.year in self.years or not _is_installed(day.year):
            return is_by_rule(day)
        return _installed_workday(day)

    def workdays_from(self, day: date) -> Iterator[date]:
        """Working days, ``day`` included if it is one."""
        while True:
            if self.is_workday(day):
                yield day
            day += timedelta(days=1)

    def workday_before(self, day: date) -> date:
        """The last working day up to and with ``day``."""
        while not self.is_workday(day):
            day -= timedelta(days=1)
        return day

    def workdays_after(self, day: date, count: int) -> date:
        """The last of ``count`` working days after ``day``, of which it is none itself; ``count`` is 1 or more."""
        following = self.workdays_from(day + timedelta(days=1))
        last = next(following)
        for _ in range(count - 1):
            last = next(following)
        return last

    def in_words(self, day: date) -> str:
        """Which day of the week, and what makes it another than people expect: 周四（节假日）, 周六（调休上班）, 周日."""
        weekday, works = day.weekday(), self.is_workday(day)
        if works is (weekday < _SATURDAY):
            return f"周{_WEEKDAYS[weekday]}"
        return f"周{_WEEKDAYS[weekday]}（{'调休上班' if works else '节假日'}）"

    def workdays_left(self, today: date, last: date) -> int:
        """How many working days there are after ``today`` until ``last``, which counts; negative, how many have gone by since."""
        first, until, sign = (today, last, 1) if today <= last else (last, today, -1)
        days = ((first + timedelta(days=each)) for each in range(1, (until - first).days + 1))
        return sign * sum(self.is_workday(each) for each in days)


def is_by_rule(day: date) -> bool:
    """Monday to Friday, and no holiday by its date."""
    return day.weekday() < _SATURDAY and (day.month, day.day) not in _BY_DATE


def installed(year: int) -> dict[date, tuple[bool, str]]:
    """{day: (whether it is a working day, its holiday in Chinese)} of all days of ``year`` that the installed calendar has otherwise than
    Monday to Friday; empty of a year that it does not know."""
    if not _is_installed(year):
        return {}
    first = date(year, 1, 1)
    days = (first + timedelta(days=each) for each in range((date(year + 1, 1, 1) - first).days))
    found = {}
    for day in days:
        works = bool(chinese_calendar.is_workday(day))
        if works != (day.weekday() < _SATURDAY):
            _, name = chinese_calendar.get_holiday_detail(day)
            holiday = _NAMES.get(name or "", "")
            found[day] = (works, f"{holiday}调休" if works else holiday)
    return found


_NAMES: Mapping[str, str] = {each.value: each.chinese for each in chinese_calendar.Holiday}


# The calendar that is installed looks through all of its holidays for each day that it is asked for.
@lru_cache(4096)
def _installed_workday(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


@cache
def _is_installed(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 6, 1))
    except NotImplementedError:
        return False
    return True
