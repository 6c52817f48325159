"""Reading the sums of a region as of a day (STAFF-12): what there is now, less what days, months and years after it have changed. So the
figures of today are one row for each thing that is told apart, and those of any day some more, however many units there are.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.figures.filters import Dimension
from services.declaration.figures.measures import SUMS
from services.declaration.figures.models import FigureCell, FigureDelta, FigureRun
from shared.db.paging import Sortable

_YEARS = (1000, 9999)
_SECTION, _DIVISION = 1, 3


class Narrowed(NamedTuple):
    """What is asked for, as the cells know it: ``factor`` "" with ``factor_class`` is the class, both "" all of it."""

    day: date
    scope: str
    industry: str
    size: str
    factor_class: str
    factor: str


Sums = dict[str, int]


def _since(day: date) -> ColumnElement[bool]:
    """The rest of its month after the day, the rest of its year after the month, the years after that."""
    of_month, of_year = day.year * 100 + day.month, day.year * 100
    return or_(
        FigureCell.period.between(of_month * 100 + day.day + 1, of_month * 100 + 31),
        FigureCell.period.between(of_month + 1, of_year + 12),
        FigureCell.period.between(day.year + 1, _YEARS[1]),
    )


def _sums(sign: ColumnElement[int]) -> list[ColumnElement[Any]]:
    return [func.coalesce(func.sum(getattr(FigureCell, name) * sign), 0).label(name) for name in SUMS]


def _conditions(wanted: Narrowed) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.industry:
        exactly = FigureCell.division == wanted.industry
        found.append(exactly if len(wanted.industry) == _DIVISION else FigureCell.division.startswith(wanted.industry))
    if wanted.size:
        found.append(FigureCell.size == wanted.size)
    return found


def _of_factor(wanted: Narrowed) -> ColumnElement[bool]:
    return and_(FigureCell.factor_class == wanted.factor_class, FigureCell.factor == wanted.factor)


def _key(dimension: Dimension, wanted: Narrowed) -> tuple[Sortable, list[ColumnElement[bool]]]:
    """What the rows are told apart by, and which cells they are of."""
    here = FigureCell.scope == wanted.scope
    match dimension:
        case Dimension.REGION:
            return FigureCell.scope, [FigureCell.above == wanted.scope, _of_factor(wanted)]
        case Dimension.INDUSTRY:
            digits = _DIVISION if wanted.industry else _SECTION
            return func.substr(FigureCell.division, 1, digits), [here, _of_factor(wanted)]
        case Dimension.SIZE:
            return FigureCell.size, [here, _of_factor(wanted)]
        case _ if wanted.factor_class:
            one = [FigureCell.factor == wanted.factor] if wanted.factor else [FigureCell.factor != ""]
            return FigureCell.factor, [here, FigureCell.factor_class == wanted.factor_class, *one]
        case _:
            return FigureCell.factor_class, [here, FigureCell.factor_class != "", FigureCell.factor == ""]


async def by(session: AsyncSession, dimension: Dimension, wanted: Narrowed) -> dict[str, Sums]:
    """{key: sums} as of the day, in the order of the keys; not by year."""
    key, cells = _key(dimension, wanted)
    sign = case((FigureCell.period == 0, 1), else_=-1)
    as_of = or_(FigureCell.period == 0, _since(wanted.day))
    statement = select(key, *_sums(sign)).where(*cells, as_of, *_conditions(wanted)).group_by(key).order_by(key)
    return {row[0]: dict(zip(SUMS, map(int, row[1:]), strict=True)) for row in await session.execute(statement)}


async def whole(session: AsyncSession, wanted: Narrowed) -> Sums:
    """All of the region as of the day."""
    sign = case((FigureCell.period == 0, 1), else_=-1)
    as_of = or_(FigureCell.period == 0, _since(wanted.day))
    cells = [FigureCell.scope == wanted.scope, _of_factor(wanted), as_of, *_conditions(wanted)]
    row = (await session.execute(select(*_sums(sign)).where(*cells))).one()
    return dict(zip(SUMS, map(int, row), strict=True))


async def by_year(session: AsyncSession, wanted: Narrowed, most: int) -> dict[str, Sums]:
    """{year: sums at its end}, the last as of the day; of at most so many years."""
    cells = [FigureCell.scope == wanted.scope, _of_factor(wanted), FigureCell.period.between(*_YEARS)]
    one = case((FigureCell.period > 0, 1))
    statement = select(FigureCell.period, *_sums(one)).where(*cells, *_conditions(wanted)).group_by(FigureCell.period)
    changes = {row[0]: dict(zip(SUMS, map(int, row[1:]), strict=True)) for row in await session.execute(statement)}
    here = await whole(session, wanted)
    begun = await whole(session, wanted._replace(day=date(wanted.day.year - 1, 12, 31)))
    found = {str(wanted.day.year): here}
    for year in range(wanted.day.year - 1, max(min(changes, default=9999), wanted.day.year - most + 1) - 1, -1):
        found[str(year)] = begun
        begun = {name: begun[name] - changes.get(year, {}).get(name, 0) for name in SUMS}
    return dict(sorted(found.items()))


async def state(session: AsyncSession, now: datetime) -> tuple[datetime, bool]:
    """(up to when changes are in the figures: since the oldest that is not folded, else until now; whether every unit has been counted
    once)."""
    oldest = select(func.min(FigureDelta.made_at)).scalar_subquery()
    row = (await session.execute(select(oldest, exists().where(FigureRun.done_at.is_not(None))))).one()
    return row[0] or now, row[1]


async def regions_among(session: AsyncSession, scopes: Sequence[str]) -> set[str]:
    """Those of these of which there is a figure."""
    return set(await session.scalars(select(FigureCell.scope).where(FigureCell.scope.in_(scopes)).distinct()))
