"""Until when a submitted declaration is to be reviewed and its receipt given: within five working days
(职业病危害项目申报办法; the days are a setting). Pure functions of the calendar.
"""

from datetime import date, datetime, timedelta

from services.declaration.settings import declaration_settings
from shared.clock import beijing_today, start_of_beijing_day
from shared.workdays import Calendar


def review_due(calendar: Calendar, since: datetime) -> date:
    """The last day for what was submitted at ``since``; that day still counts."""
    return calendar.workdays_after(beijing_today(since), declaration_settings().review_workdays)


def late_before(calendar: Calendar, now: datetime) -> datetime:
    """What was submitted before this moment and still waits is late: its last day is over."""
    day, left = beijing_today(now), declaration_settings().review_workdays
    while left:
        day -= timedelta(days=1)
        left -= calendar.is_workday(day)
    return start_of_beijing_day(day)
