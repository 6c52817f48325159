"""Time as the platform counts it: instants are UTC, days and deadlines are Beijing's (PLAT-12).
It owns these conversions and the age of a person; when something is due is the business of the domains.
"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


def now_utc() -> datetime:
    """The present instant, with its offset."""
    return datetime.now(UTC)


def beijing_time(moment: datetime) -> datetime:
    """The same instant on a Beijing clock; raises ValueError for a time without an offset."""
    if moment.tzinfo is None:
        raise ValueError("a time without an offset cannot be placed in Beijing")
    return moment.astimezone(BEIJING)


def beijing_today(now: datetime) -> date:
    """The date on a Beijing calendar at ``now``."""
    return beijing_time(now).date()


def end_of_beijing_day(day: date) -> datetime:
    """The last microsecond of that day in Beijing, in UTC: ``now <= end`` agrees with ``is_past`` (PLAT-12, X23)."""
    return datetime.combine(day, time.max, BEIJING).astimezone(UTC)


def start_of_beijing_day(day: date) -> datetime:
    """The first instant of that day in Beijing, in UTC."""
    return datetime.combine(day, time.min, BEIJING).astimezone(UTC)


def is_past(deadline: date, now: datetime) -> bool:
    """Whether a deadline day is over: the day itself still counts to 23:59:59 in Beijing (PLAT-12, X23)."""
    return beijing_today(now) > deadline


def age_on(birth: date, day: date) -> int:
    """Whole years on ``day``; someone born on 29 February has the birthday on 1 March of a common year (TRN-39)."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def years_after(day: date, years: int) -> date:
    """The same day so many years later; the 29th of February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
