"""Working days of the State Council's calendar, as far as it is known: the holidays of a year are told in the autumn before it
(国务院办公厅关于节假日安排的通知). Of a year that is not known nothing is guessed: its weekends are free, and the days that the law
names by their dates (全国年节及纪念日放假办法, 2024), and whoever asks is told.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import chinese_calendar

_SATURDAY = 5
_WEEKDAYS = "一二三四五六日"
# 元旦, 劳动节, 国庆节, as (month, day).
_BY_DATE = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


def is_known(year: int) -> bool:
    """Whether the holidays of ``year`` have been published and are in the calendar that is installed."""
    try:
        chinese_calendar.is_workday(date(year, 6, 1))
    except NotImplementedError:
        return False
    return True


def is_workday(day: date) -> bool:
    """A working day, moved ones included (调休); in a year that is not known, a day of Monday to Friday that is no holiday by its date."""
    if not is_known(day.year):
        return day.weekday() < _SATURDAY and (day.month, day.day) not in _BY_DATE
    return bool(chinese_calendar.is_workday(day))


def workdays_from(day: date) -> Iterator[date]:
    """Working days, ``day`` included if it is one."""
    while True:
        if is_workday(day):
            yield day
        day += timedelta(days=1)


def workday_before(day: date) -> date:
    """The last working day up to and with ``day``."""
    while not is_workday(day):
        day -= timedelta(days=1)
    return day


def day_in_words(day: date) -> str:
    """Which day of the week, and what makes it another than people expect: 周四（节假日）, 周六（调休上班）, 周日."""
    weekday, works = day.weekday(), is_workday(day)
    if works is (weekday < _SATURDAY):
        return f"周{_WEEKDAYS[weekday]}"
    return f"周{_WEEKDAYS[weekday]}（{'调休上班' if works else '节假日'}）"
