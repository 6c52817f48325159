"""Days and moments as requests write them (PLAT-01). Pydantic alone takes numbers and digits for seconds since 1970 and any year since 1,
which is no day that anybody meant and more than the database can compare.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

FIRST, LAST = date(1900, 1, 1), date(2100, 12, 31)
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2101, 1, 1, tzinfo=UTC)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)


def _day(value: object) -> object:
    """ISO 8601 with hyphens, or a ``date`` of our own. Raises PydanticCustomError."""
    if value is None:
        return value
    found = value if isinstance(value, date) and not isinstance(value, datetime) else _read_day(value)
    if not FIRST <= found <= LAST:
        bounds = {"first": FIRST.isoformat(), "last": LAST.isoformat()}
        raise PydanticCustomError("date_range", "日期应在 {first} 至 {last} 之间", bounds)
    return found


def _read_day(value: object) -> date:
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError as error:
        raise PydanticCustomError("date_unknown", "没有这一天，请核对年月日") from error
    raise PydanticCustomError("date_format", "应为日期，格式为年-月-日，例如 2026-03-01")


def _moment(value: object) -> object:
    """ISO 8601 with its zone, or a ``datetime`` of our own. Raises PydanticCustomError."""
    if value is None:
        return value
    found = value if isinstance(value, datetime) else _read_moment(value)
    if found.tzinfo is None:
        raise PydanticCustomError("timezone_aware", "时间须带时区，例如 2026-03-01T09:00:00+08:00")
    if not EARLIEST <= found < LATEST:
        bounds = {"first": EARLIEST.year, "last": LATEST.year - 1}
        raise PydanticCustomError("moment_range", "时间应在 {first} 年至 {last} 年之间", bounds)
    return found


def _read_moment(value: object) -> datetime:
    try:
        if isinstance(value, str) and _MOMENT.fullmatch(value):
            return datetime.fromisoformat(value)
    except ValueError as error:
        raise PydanticCustomError("moment_unknown", "没有这一时刻，请核对日期和时间") from error
    raise PydanticCustomError("moment_format", "应为时间，例如 2026-03-01T09:00:00+08:00")


Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
