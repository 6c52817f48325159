"""The figures of a region as of a day, told apart by one thing and narrowed by the others (STAFF-12)."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.factors.catalogue import name_of
from services.declaration.factors.classes import CLASSES
from services.declaration.figures import figures_repository
from services.declaration.figures.asking import narrowed
from services.declaration.figures.figures_repository import Narrowed, Sums
from services.declaration.figures.filters import Dimension, FigureFilter
from services.declaration.figures.measures import MEASURES, SUMS, Measure
from services.declaration.figures.schemas import (
    DeclarationFigure,
    DeclarationFigureRow,
    DeclarationFigures,
    DeclarationMeasure,
    Filters,
)
from services.declaration.regions.repository import names_of
from shared.addresses import BY_NAME
from shared.clock import now_utc
from shared.identity import Actor
from shared.reference.tables import label

UNITS: Final = BY_NAME["declaration-figure-units"].path
YEARS_SHOWN: Final = 10
_WHOLE_CODE: Final = 6
_EMPTY: Final = "未填写"
_OF_DECLARATIONS: Final = frozenset({Dimension.INDUSTRY, Dimension.FACTOR, Dimension.SIZE})
NOTES: Final = (
    "数字来自当天有效的申报：已审核，未被后来的申报取代，未撤销、未注销。",
    "单位迁移或地区合并后，以往的数字也按单位现在所属的地区统计。",
    "单位登记时不分行业、规模和危害因素，选了这些条件时没有登记单位数和申报率。",
    "涉密单位计入各项数字；本统计不含产品。",
)


async def figures(
    session: AsyncSession, *, actor: Actor, dimension: Dimension, wanted: FigureFilter
) -> DeclarationFigures:
    """Raises ``InvalidInput``."""
    asked = await narrowed(session, actor, wanted)
    found, whole = await _rows(session, dimension, asked)
    made_at, complete = await figures_repository.state(session, now_utc())
    own = asked.scope.ljust(_WHOLE_CODE, "0")
    parts = found if dimension is Dimension.REGION else ()
    regions = await names_of(session, {own, *(each.ljust(_WHOLE_CODE, "0") for each in parts)})
    return DeclarationFigures(
        day=asked.day,
        made_at=made_at,
        complete=complete,
        region_code=own,
        region_label=regions.get(own, own),
        dimension=dimension,
        above=_filters(asked, region_code=asked.scope[:-2]) if len(asked.scope) > len(actor.region_prefix) else None,
        notes=list(NOTES),
        measures=[DeclarationMeasure.of(each) for each in MEASURES],
        rows=[_row(dimension, key, sums, asked, regions) for key, sums in found.items() if any(sums.values())],
        total=DeclarationFigureRow(
            key="", label="合计", below=None, figures=_figures(whole, asked, _filters(asked), known=True)
        ),
    )


async def _rows(session: AsyncSession, dimension: Dimension, asked: Narrowed) -> tuple[Mapping[str, Sums], Sums]:
    """(by key, all together): a unit has one region, industry and size, and several factors."""
    if dimension is Dimension.YEAR:
        years = await figures_repository.by_year(session, asked, YEARS_SHOWN)
        return years, years[str(asked.day.year)]
    if dimension is Dimension.REGION and len(asked.scope) == _WHOLE_CODE:
        whole = await figures_repository.whole(session, asked)
        return {asked.scope: whole}, whole
    found = await figures_repository.by(session, dimension, asked)
    shown = {key: sums for key, sums in found.items() if key or sums["declared"]}
    if dimension is Dimension.FACTOR:
        return shown, await figures_repository.whole(session, asked)
    return shown, {name: sum(each[name] for each in found.values()) for name in SUMS}


def _filters(asked: Narrowed, **changed: str) -> Filters:
    """As a list or these figures are asked for."""
    given = {
        "day": asked.day.isoformat(),
        "region_code": asked.scope,
        "industry": asked.industry,
        "size": asked.size,
        "factor": asked.factor or asked.factor_class,
    }
    return {name: value for name, value in {**given, **changed}.items() if value}


def _row(
    dimension: Dimension, key: str, sums: Sums, asked: Narrowed, regions: Mapping[str, str]
) -> DeclarationFigureRow:
    name, narrows, below = _PARTS[dimension](key, asked, regions)
    filters = _filters(asked, **narrows) if key else None
    known = dimension not in _OF_DECLARATIONS
    of_factor = dimension is Dimension.FACTOR
    return DeclarationFigureRow(
        key=key,
        label=name if key else _EMPTY,
        below=filters if below and key else None,
        figures=_figures(sums, asked, filters, known=known, of_factor=of_factor),
    )


Part = tuple[str, dict[str, str], bool]


def _region(key: str, asked: Narrowed, regions: Mapping[str, str]) -> Part:
    """By its own name: that of the region above stands over all of them. A county has no parts, and figures of its own."""
    code = key.ljust(_WHOLE_CODE, "0")
    name, above = regions.get(code, code), regions.get(asked.scope.ljust(_WHOLE_CODE, "0"), "")
    return name.removeprefix(above) or name, {"region_code": key}, key != asked.scope


def _industry(key: str, _asked: Narrowed, _regions: Mapping[str, str]) -> Part:
    return label("industries", key) or key, {"industry": key}, len(key) == 1


def _factor(key: str, _asked: Narrowed, _regions: Mapping[str, str]) -> Part:
    if key in CLASSES:
        return str(CLASSES[key].label), {"factor": key}, True
    return name_of(key), {"factor": key}, False


def _size(key: str, _asked: Narrowed, _regions: Mapping[str, str]) -> Part:
    return label("enterprise_sizes", key) or key, {"size": key}, False


def _year(key: str, asked: Narrowed, _regions: Mapping[str, str]) -> Part:
    day = min(date(int(key), 12, 31), asked.day)
    return f"{key}年" if day < asked.day else f"{key}年（截至{day:%m-%d}）", {"day": day.isoformat()}, False


_PARTS: Final = {
    Dimension.REGION: _region,
    Dimension.INDUSTRY: _industry,
    Dimension.FACTOR: _factor,
    Dimension.SIZE: _size,
    Dimension.YEAR: _year,
}


def _figures(
    sums: Sums, asked: Narrowed, filters: Filters | None, *, known: bool, of_factor: bool = False
) -> list[DeclarationFigure]:
    """``known`` says whether of such a row the units without a declaration are known."""
    known = known and not (asked.industry or asked.size or asked.factor_class)
    of_factor = of_factor or bool(asked.factor_class)
    return [
        DeclarationFigure(
            key=each.key,
            label=each.label,
            count=_count(each, sums) if (known or each.by_declaration) and (each.by_factor or not of_factor) else None,
            link=UNITS,
            filters=None if each.list_of is None or filters is None else {**filters, **each.list_of},
        )
        for each in MEASURES
    ]


def _count(measure: Measure, sums: Sums) -> int | float | None:
    if measure.less:
        return sums[measure.less[0]] - sums[measure.less[1]]
    if measure.share:
        part, whole = (sums[each] for each in measure.share)
        return round(100 * part / whole, 1) if whole else None
    return sums[measure.key]
