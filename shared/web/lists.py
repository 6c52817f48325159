"""How a list is asked for (limit, cursor, sort) and how a record that two people may edit is read and changed (ETag, If-Match)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Protocol, TypeVar

from annotated_types import Ge, Le
from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel

from shared.days import Moment
from shared.db.paging import MAX_LIMIT, Page, PageRequest, Rows
from shared.errors import FieldError, InvalidInput, VersionMismatch, VersionMissing

R = TypeVar("R")
T = TypeVar("T", bound=BaseModel)


def _page(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="每页行数")] = 50,
    cursor: Annotated[str | None, Query(max_length=1000, description="上一页的 next_cursor")] = None,
    sort: Annotated[str, Query(max_length=200, description="如 -deadline,type")] = "",
) -> PageRequest:
    return PageRequest(limit=limit, cursor=cursor, sort=sort)


# Of a list that is read together with those of other services.
TrueMoment = Annotated[Moment, Ge(datetime(2000, 1, 1, tzinfo=UTC)), Le(datetime(2200, 1, 1, tzinfo=UTC))]
PageOf = Annotated[PageRequest, Depends(_page)]


def page_of(rows: Rows[R], read: Callable[[R], T]) -> Page[T]:
    """The answer of a list: each row through ``read``."""
    return Page(
        items=[read(row) for row in rows.items],
        next_cursor=rows.next_cursor,
        total=rows.total,
        total_is_exact=rows.total_is_exact,
    )


def tag(response: Response, version: int) -> None:
    """Puts the record's version into the answer."""
    response.headers["ETag"] = f'"{version}"'


class Versioned(Protocol):
    @property
    def version(self) -> int: ...


V = TypeVar("V", bound=Versioned)


def tagged(response: Response, record: V, *, at: str = "") -> V:
    """The answer of a route that shows or changes one record: with its version, and with its address where it has just been made."""
    tag(response, record.version)
    if at:
        response.headers["Location"] = at
    return record


def needs_version(request: Request) -> int:
    """The version that its caller has read. Raises ``VersionMissing``, ``InvalidInput``."""
    given = request.headers.get("If-Match")
    if given is None:
        raise VersionMissing
    try:
        return int(given.strip().removeprefix("W/").strip('"'))
    except ValueError as error:
        raise InvalidInput(errors=[FieldError("If-Match", "invalid_version", "应为读取时的 ETag")]) from error


ExpectedVersion = Annotated[int, Depends(needs_version)]


def check_version(current: int, expected: int) -> None:
    """Raises ``VersionMismatch`` when someone was faster (PLAT-03)."""
    if current != expected:
        raise VersionMismatch
