"""When proposed class sessions could be held: on working days, one after the other, and not on days on which the plan has a session already
(STAFF-05). Pure functions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from shared.workdays import Calendar

# Between the end of the choice and the first day, for the roster and the travelling.
NOTICE = timedelta(days=7)
# What fits into a week is not torn apart by a weekend, if such days are found within this time.
SEARCHED = 60


@dataclass(frozen=True)
class Days:
    """Both days included; ``days`` are those of training in between."""

    start: date
    end: date
    days: int

    def meets(self, taken: Iterable["Days"]) -> bool:
        return any(self.start <= each.end and each.start <= self.end for each in taken)


def next_days(calendar: Calendar, first: date, days: int, taken: Sequence[Days]) -> Days:
    """The first ``days`` working days from ``first`` on that meet none of ``taken``; in a row where that is possible."""
    last_taken = max((each.end for each in taken), default=first)
    starts = islice(calendar.workdays_from(first), SEARCHED + max((last_taken - first).days, 0))
    candidates = [_from(calendar, start, days) for start in starts]
    free = [each for each in candidates if not each.meets(taken)]
    in_a_row = (each for each in free if (each.end - each.start).days + 1 == days)
    return next(in_a_row, free[0])


def _from(calendar: Calendar, start: date, days: int) -> Days:
    held = list(islice(calendar.workdays_from(start), days))
    return Days(held[0], held[-1], days)


def deadline_for(calendar: Calendar, start: date, today: date) -> date:
    """The last day of choosing: a week before the first day, on a working day; not before tomorrow, nor after the first day."""
    return max(min(calendar.workday_before(start - NOTICE), start), min(today + timedelta(days=1), start))


def unknown_years(calendar: Calendar, days: Iterable[Days]) -> list[int]:
    """Of whose holidays nothing is known."""
    return sorted({day.year for each in days for day in (each.start, each.end) if not calendar.is_known(day.year)})
