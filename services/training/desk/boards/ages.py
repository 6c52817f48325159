"""How old is what waits: the four ages of a board, as conditions of SQL and as dates of a list's filters (STAFF-12)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, func, literal, select, true

from shared.clock import beijing_today, start_of_beijing_day


@dataclass(frozen=True)
class Span:
    """Days ago, both included; None has no end."""

    key: str
    label: str
    nearest: int
    farthest: int | None

    def dates(self, today: date) -> tuple[date | None, date | None]:
        """(first day, last day) of the span; the last is left open for today's."""
        first = None if self.farthest is None else today - timedelta(days=self.farthest)
        return first, (today - timedelta(days=self.nearest) if self.nearest else None)

    def holds(self, day: date, today: date) -> bool:
        """What lies ahead is of no span."""
        ago = (today - day).days
        return ago >= self.nearest and (self.farthest is None or ago <= self.farthest)


SPANS = (
    Span("today", "今天", 0, 0),
    Span("three_days", "3天内", 1, 3),
    Span("seven_days", "7天内", 4, 7),
    Span("older", "更早", 8, None),
)


class Aged(NamedTuple):
    """How many wait for a thing, since when the oldest does, and how many for each of ``SPANS``."""

    key: str
    number: int
    oldest: datetime | None
    by_span: tuple[int, ...]

    @classmethod
    def of(cls, key: str, number: int, oldest: datetime | None, *by_span: int) -> "Aged":
        return cls(key, number, oldest, by_span)


Since = SQLColumnExpression[datetime] | SQLColumnExpression[datetime | None]


def counted(
    key: str, since: Since, now: datetime, *conditions: ColumnElement[bool]
) -> Select[str, int, datetime | None, *tuple[int, ...]]:
    """The one row of ``Aged.of``. What lies ahead is of no span."""
    today = beijing_today(now)
    parts = [func.count().filter(_within(since, span, today)) for span in SPANS]
    return select(literal(key), func.count(), func.min(since), *parts).where(*conditions)


def _within(since: Since, span: Span, today: date) -> ColumnElement[bool]:
    first, last = span.dates(today)
    tomorrow = start_of_beijing_day((last or today) + timedelta(days=1))
    return and_(since < tomorrow, since >= start_of_beijing_day(first) if first else true())
