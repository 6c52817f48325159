"""Lists by keyset (PLAT-08): stable while rows come and go, as fast on the last page as on the first. A list names the columns that
may order it; the cursor carries the last row's values. Every ordering column is NOT NULL.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar, TypeVarTuple, overload

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import ColumnElement, Executable, Select, and_, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

from shared.errors import FieldError, InvalidInput

EXACT_UP_TO = 1000
# In units of the planner, of which a thousand take about a millisecond here.
LONG_COUNT = 10_000
MAX_LIMIT = 200
# A page costs the more, the longer its list is: of one that is read to its end there are few.
EXPORTED_LIMIT = 5_000

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Sortable = InstrumentedAttribute[Any] | ColumnElement[Any]
Columns = Mapping[str, Sortable]


class Page(BaseModel, Generic[T]):
    """``total`` is exact up to 1,000 and the planner's estimate above (``total_is_exact`` says which)."""

    items: list[T]
    next_cursor: str | None
    total: int
    total_is_exact: bool


class Filter(BaseModel):
    """What a list is narrowed by: each field is a query parameter of the same name (``Annotated[…, Query()]`` of the route), and left out,
    or empty, it narrows nothing. A range is two of them, ``…_from`` before ``…_to``; one that ends before it begins is refused."""

    model_config = ConfigDict(frozen=True)

    @field_validator("*", mode="after")
    @classmethod
    def _ends_after_it_begins(cls, value: Any, info: ValidationInfo) -> Any:
        name = str(info.field_name)
        begins = info.data.get(f"{name.removesuffix('_to')}_from") if name.endswith("_to") else None
        if begins is not None and value is not None and value < begins:
            raise PydanticCustomError("range_reversed", "结束日期早于开始日期，请改正")
        return value


@dataclass(frozen=True)
class PageRequest:
    """``sort`` is like ``-deadline,type``; empty means the list's own order. ``exporting`` reads the list to its end: nobody
    asks its pages for their total."""

    limit: int = 50
    cursor: str | None = None
    sort: str = ""
    exporting: bool = False


@dataclass(frozen=True)
class Rows(Generic[T]):
    """What a repository gives back: rows of this page, cursor of the next, how many in all."""

    items: Sequence[T]
    next_cursor: str | None
    total: int
    total_is_exact: bool


def _bad(field: str, message: str) -> InvalidInput:
    return InvalidInput(errors=[FieldError(field, f"invalid_{field}", message)])


def _order(sort: str, default: str, columns: Columns) -> list[tuple[str, bool]]:
    """[(column name, descending)], ending in the key so that no two rows are equal."""
    parts = [part.strip() for part in (sort or default).split(",") if part.strip()]
    order = [(part.removeprefix("-"), part.startswith("-")) for part in parts]
    for name, _ in order:
        if name not in columns:
            raise _bad("sort", f"不能按“{name}”排序，可用：{'、'.join(columns)}")
    return order if any(name == "id" for name, _ in order) else [*order, ("id", False)]


def _encode(values: Sequence[object]) -> str:
    written = [value.isoformat() if isinstance(value, date) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(written).encode()).decode().rstrip("=")


_READERS: dict[type, Callable[[str], object]] = {
    bool: lambda value: value == "True",
    date: date.fromisoformat,
    datetime: lambda value: datetime.fromisoformat(value).astimezone(UTC),
}


def _read(column: Sortable, written: object) -> object:
    """One value of a cursor as its column holds it. Raises ValueError: a cursor comes from outside and may hold anything."""
    if not isinstance(written, str) or "\0" in written:
        raise ValueError(written)
    written.encode()  # a lone surrogate cannot be sent to the database
    kind = column.type.python_type
    return _READERS.get(kind, kind)(written)


def _decode(cursor: str, columns: Sequence[Sortable]) -> list[object]:
    try:
        written = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(written, list):
            raise ValueError(written)
        if len(written) != len(columns):
            raise _bad("cursor", "翻页标记与排序方式不符，请从第一页重新开始")
        return [_read(column, value) for column, value in zip(columns, written, strict=True)]
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise _bad("cursor", "翻页标记无效，请从第一页重新开始") from error


def _after(order: Sequence[tuple[str, bool]], columns: Columns, values: Sequence[object]) -> ColumnElement[bool]:
    """Rows behind ``values``: (a > x) or (a = x and b > y) or …, each column in its own direction."""
    alternatives: list[ColumnElement[bool]] = []
    for index, (name, descending) in enumerate(order):
        column = columns[name]
        equal = [columns[order[at][0]] == values[at] for at in range(index)]
        beyond = column < values[index] if descending else column > values[index]
        alternatives.append(and_(*equal, beyond))
    return or_(*alternatives)


@overload
async def fetch_page(
    session: AsyncSession, statement: Select[T], *, columns: Columns, default_sort: str, page: PageRequest
) -> Rows[T]: ...


@overload
async def fetch_page(
    session: AsyncSession,
    statement: Select[*Ts],
    *,
    columns: Columns,
    default_sort: str,
    page: PageRequest,
    row: Callable[[*Ts], T],
) -> Rows[T]: ...


async def fetch_page(
    session: AsyncSession,
    statement: Select[*tuple[Any, ...]],
    *,
    columns: Columns,
    default_sort: str,
    page: PageRequest,
    row: Callable[..., T] | None = None,
) -> Rows[T]:
    """One page of ``statement``, which selects one entity, or columns that ``row`` names, and has no order of its own. ``columns`` holds
    ``id`` too. Raises ``InvalidInput`` for an unknown sort or a broken cursor."""
    order = _order(page.sort, default_sort, columns)
    limit = max(1, min(page.limit, EXPORTED_LIMIT if page.exporting else MAX_LIMIT))
    keyed = statement.add_columns(*(columns[name].label(f"_key_{at}") for at, (name, _) in enumerate(order)))
    if page.cursor:
        keyed = keyed.where(_after(order, columns, _decode(page.cursor, [columns[name] for name, _ in order])))
    keyed = keyed.order_by(*(columns[n].desc() if down else columns[n].asc() for n, down in order)).limit(limit + 1)
    # A list's filters make rare and common rows of the same statement: a plan that is kept for all of them suits none.
    await session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    rows = (await session.execute(keyed)).all()
    width = len(order)
    shown = rows[:limit]
    entities: list[T] = [row(*found[:-width]) if row else found[0] for found in shown]
    cursor = _encode(list(shown[-1][-width:])) if len(rows) > limit else None
    if page.exporting:
        return Rows(entities, cursor, len(shown), False)
    whole = page.cursor is None and len(rows) <= limit
    total, exact = (len(shown), True) if whole else await _total(session, statement)
    return Rows(entities, cursor, total, exact)


class _Explain(Executable, ClauseElement):
    """The planner's view of a statement, with the statement's own parameters."""

    inherit_cache = False

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement


@compiles(_Explain)
def _explained(element: _Explain, compiler: SQLCompiler, **options: object) -> str:
    return f"EXPLAIN (FORMAT JSON) {compiler.process(element.statement, **options)}"


async def _total(session: AsyncSession, statement: Select[Any]) -> tuple[int, bool]:
    """(how many rows, whether that is exact). Counting up to the bound is left out where the planner expects it to take long."""
    matching = statement.with_only_columns(text("1"), maintain_column_froms=True).order_by(None)
    bounded = select(func.count()).select_from(matching.limit(EXACT_UP_TO + 1).subquery())
    (plan,) = (await session.scalars(_Explain(bounded))).one()
    if plan["Plan"]["Total Cost"] > LONG_COUNT:
        return _estimate(plan["Plan"]), False
    counted = await session.scalar(bounded) or 0
    return (counted, True) if counted <= EXACT_UP_TO else (max(_estimate(plan["Plan"]), counted), False)


def _estimate(node: dict[str, Any]) -> int:
    """The rows that the planner expects below the counting and its bound."""
    while node["Node Type"] in {"Aggregate", "Limit", "Subquery Scan"} and node.get("Plans"):
        node = node["Plans"][0]
    return int(node["Plan Rows"])
