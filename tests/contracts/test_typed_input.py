"""What pydantic makes of every value that a request may hold, told from the types of all requests (PLAT-01): each day and each moment is
written as one, and whatever is refused is refused in Chinese.
"""

import re
import typing
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Annotated, Any

import pytest
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType

from shared.days import Day, Moment
from shared.messages import UNKNOWN, message_for
from tests.contracts.test_routes import ALL, name_of
from tests.contracts.test_texts import said

pytestmark = pytest.mark.req("PLAT-01")
TIMES = (date, datetime, time, timedelta)
NO_DAYS = [
    *(0, 1, -1, 20260301, 1772323200, 1.5, True, [], {}),
    *(
        "0",
        "-1",
        "1772323200",
        "1772323200000",
        "20260301",
        "2026-3-1",
        "2026-W09-7",
        "2026-060",
        "2026/03/01",
        "2026-03",
        "今天",
    ),
    *(
        "2026-03-01T00:00:00",
        "2026-03-01T00:00:00Z",
        "２０２６-03-01",
        "2026-02-30",
        "0000-00-00",
        "2026-03-01x",
        "+2026-03-01",
    ),
    *("0001-01-01", "1899-12-31", "2101-01-01", "9999-12-31", date.min, date.max, datetime(2026, 3, 1, tzinfo=UTC)),
]
NO_MOMENTS = [
    *(0, -1, 1772323200, 1.5, True, [], {}, "0", "1772323200", "2026-03-01", "2026-03-01 09:00", "20260301T090000Z"),
    *(
        "2026-03-01T09:00:00",
        "2026-03-01T09:00:00+0800",
        "2026-03-01T25:00:00Z",
        "2026-02-30T09:00:00Z",
        "2026-W09-7T09:00:00Z",
    ),
    *("0001-01-01T00:00:00+14:00", "1999-12-31T00:00:00Z", "2101-06-01T00:00:00Z", "9999-12-31T23:59:59-14:00"),
]
BAD = [
    *(
        None,
        True,
        0,
        -1,
        10**6,
        10**30,
        -(10**30),
        1.5,
        1e300,
        float("nan"),
        float("inf"),
        [],
        {},
        [[]],
        {"": 0},
        object(),
        b"\xff",
    ),
    *(
        "",
        " ",
        "x",
        "0",
        "-1",
        "9" * 400,
        "1.23456789",
        "1e999",
        "nan",
        "a\0",
        "\ud800",
        "\u200b",
        "字" * 7000,
        "x@y",
        "甲@乙",
        "𰻝",
    ),
    *(
        ["x"] * 2000,
        [None],
        [0],
        [{}],
        ["x", "x"],
        [""],
        "2026-03-01",
        "2026-03-01T09:00:00+08:00",
        "11010519491231002X",
    ),
]
# Codes that may be sent stand behind this, a code point names a character that cannot be shown; nothing else is in Latin letters.
ALLOWED = re.compile(r"可选：[a-z0-9_.、一-鿿]+$|U\+[0-9A-F]{4,6}")
LATIN = re.compile(r"[A-Za-z]{2,}")


def given(dependant: Dependant) -> Iterator[tuple[str, FieldInfo]]:
    for group in ("body", "query", "path", "header", "cookie"):
        yield from ((each.name, each.field_info) for each in getattr(dependant, f"{group}_params"))
    for below in dependant.dependencies:
        yield from given(below)


def below(kind: Any, where: str, above: frozenset[type] = frozenset()) -> Iterator[tuple[str, Any]]:
    """(place, type) of each type that ``kind`` is made of, itself among them."""
    yield where, kind
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if kind not in above:
            for name, field in kind.model_fields.items():
                yield from below(said(field), f"{kind.__name__}.{name}", above | {kind})
        return
    inner = typing.get_args(kind)
    for part in inner[:1] if typing.get_origin(kind) is Annotated else inner:
        if typing.get_origin(part) is not Annotated or part not in above:
            yield from below(part, where, above)


@cache
def asked() -> dict[str, Any]:
    """The whole types only: of two of one place the first."""
    found: dict[str, Any] = {}
    for _, route in ALL:
        for name, info in given(route.dependant):
            for where, kind in below(said(info), f"{name_of(route)} {name}"):
                found.setdefault(where, kind)
    return found


def is_time(kind: Any) -> bool:
    """Itself; the fields of a model that it may hold have places of their own."""
    return any(part in TIMES for where, part in below(kind, "") if isinstance(part, type) and not where)


def refused(kind: Any, value: object) -> list[ErrorDetails]:
    try:
        TypeAdapter[Any](kind).validate_python(value)
    except ValidationError as error:
        return error.errors()
    return []


class TestTimes:
    def test_every_day_and_moment_is_written_as_one(self) -> None:
        kinds = {where: kind for where, kind in asked().items() if not is_model(kind) and is_time(kind)}
        assert len(kinds) > 40
        taken = {}
        for where, kind in kinds.items():
            wrong = NO_MOMENTS if any(part is datetime for _, part in below(kind, "")) else NO_DAYS
            taken[where] = [value for value in wrong if not refused(kind, value)]
        assert {where: values for where, values in taken.items() if values} == {}

    @pytest.mark.parametrize("written", ["1900-01-01", "2026-03-01", "2028-02-29", "2100-12-31", date(2026, 3, 1)])
    def test_a_day_is_a_day(self, written: object) -> None:
        assert TypeAdapter[date](Day).validate_python(written).isoformat() == str(written)

    @pytest.mark.parametrize(
        "written",
        [
            "2026-03-01T09:00Z",
            "2026-03-01T09:00:00+08:00",
            "2026-03-01T09:00:00.123456-05:00",
            datetime(2026, 3, 1, tzinfo=UTC),
        ],
    )
    def test_a_moment_is_a_moment(self, written: object) -> None:
        assert TypeAdapter[datetime](Moment).validate_python(written) == (
            written if isinstance(written, datetime) else datetime.fromisoformat(str(written))
        )


def told(kind: Any) -> Iterator[tuple[str, str]]:
    """(type, message) of everything that is found wrong with anything."""
    for value in BAD:
        for error in refused(kind, value):
            yield str(error["type"]), message_for(error)


class TestMessages:
    def test_whatever_is_refused_is_refused_in_chinese(self) -> None:
        found = {(where, *each) for where, kind in asked().items() for each in told(kind)}
        assert len({code for _, code, _ in found}) > 50
        english = {each for each in found if LATIN.search(ALLOWED.sub("", each[2]))}
        assert english == set()
        assert {each for each in found if each[2] == UNKNOWN} == set()

    @pytest.mark.parametrize("kind", typing.get_args(ErrorType))
    def test_no_kind_of_error_is_told_in_english(self, kind: str) -> None:
        bare: Any = {"type": kind, "loc": (), "msg": "Input should be a valid thing", "input": None}
        assert not LATIN.search(message_for(bare).replace("T09", ""))
        assert "{" not in message_for(bare)


def is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
