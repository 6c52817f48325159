"""What figures are asked for, checked and as the cells know it. Every refusal names its field and what to choose instead."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.factors.catalogue import Factor, editions
from services.declaration.factors.classes import CLASSES
from services.declaration.figures.figures_repository import Narrowed, regions_among
from services.declaration.figures.filters import FigureFilter
from services.declaration.figures.repository import days_since
from services.declaration.industries.service import is_known
from services.declaration.regions.repository import names_of
from shared.clock import beijing_today, now_utc
from shared.errors import FieldError, InvalidInput
from shared.identity import Actor
from shared.reference.tables import row


def factor_of(code: str) -> Factor | None:
    """In the newest edition that has it."""
    found = (each.get(code) for each in reversed(editions()))
    return next((each for each in found if each), None)


async def narrowed(session: AsyncSession, actor: Actor, wanted: FigureFilter) -> Narrowed:
    """Raises ``InvalidInput`` for a day ahead, a region that is unknown or not the caller's, an unknown industry, size or factor."""
    today = beijing_today(now_utc())
    scope = wanted.region_code or actor.region_prefix
    errors = [*_day_errors(wanted, today.isoformat(), await days_since(session)), *_code_errors(wanted)]
    if not actor.region_prefix or not scope.startswith(actor.region_prefix):
        errors.append(FieldError("region_code", "region_not_yours", "请选择本地区内的地区"))
    elif scope != actor.region_prefix and not await _known_region(session, scope):
        errors.append(FieldError("region_code", "region_unknown", f"没有代码为 {scope} 的地区，请从列表中选择"))
    if wanted.industry and not await is_known(session, wanted.industry):
        errors.append(
            FieldError("industry", "industry_unknown", f"没有代码为 {wanted.industry} 的行业，请从列表中选择")
        )
    if errors:
        raise InvalidInput(errors=errors)
    factor = factor_of(wanted.factor)
    return Narrowed(
        day=wanted.day or today,
        scope=scope,
        industry=wanted.industry,
        size=wanted.size,
        factor_class=factor.class_code.value if factor else wanted.factor,
        factor=factor.code if factor else "",
    )


def _day_errors(wanted: FigureFilter, today: str, since: date | None) -> Iterator[FieldError]:
    if wanted.day and wanted.day.isoformat() > today:
        yield FieldError("day", "date_in_future", f"日期不能晚于今天（{today}），请重新选择")
    if wanted.day and since and wanted.day < since and wanted.day != (end := _month_end(wanted.day)):
        told = f"{since} 以前的申报数字只保留到每月最后一天，请选择 {end}，或 {since} 以后的日期"
        yield FieldError("day", "day_not_kept", told)


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _code_errors(wanted: FigureFilter) -> Iterator[FieldError]:
    if wanted.size and row("enterprise_sizes", wanted.size) is None:
        yield FieldError("size", "size_unknown", "没有这一企业规模，请从列表中选择")
    if wanted.factor and wanted.factor not in CLASSES and factor_of(wanted.factor) is None:
        yield FieldError("factor", "factor_unknown", "目录中没有这一危害因素，请从列表中选择")


async def _known_region(session: AsyncSession, scope: str) -> bool:
    code = scope.ljust(6, "0")
    return code in await names_of(session, {code}) or bool(await regions_among(session, [scope]))
