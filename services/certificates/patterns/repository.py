"""Queries of number patterns and of the series that came out of them. There is a handful of patterns, and a series for each year, region
and type at most. What one province keeps, everybody who may call sees.
"""

import re
from collections.abc import Mapping, Sequence
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.issue.models import NumberPattern, NumberSeries
from services.certificates.issue.numbering import PLACEHOLDERS
from shared.db.history import RecordType
from shared.errors import NotFound

RECORD = RecordType("number_pattern")


class PatternNotFound(NotFound):
    code = "number_pattern_not_found"
    detail = "该培训班类型没有单独的编号规则，现按通用规则（*）编号，可以为其新增规则"


def record_id(plan_type: str) -> UUID:
    """The id under which the history knows a pattern: its key is a code."""
    return uuid5(NAMESPACE_OID, f"{RECORD.name}:{plan_type}")


async def list_patterns(session: AsyncSession) -> Sequence[NumberPattern]:
    return (await session.scalars(select(NumberPattern).order_by(NumberPattern.plan_type))).all()


async def get_pattern(session: AsyncSession, plan_type: str) -> NumberPattern | None:
    return await session.get(NumberPattern, plan_type, populate_existing=True)


async def require_pattern(session: AsyncSession, plan_type: str) -> NumberPattern:
    """Raises ``PatternNotFound``."""
    found = await get_pattern(session, plan_type)
    if found is None:
        raise PatternNotFound
    return found


async def last_serials(session: AsyncSession) -> dict[str, int]:
    """The serial given last by filled prefix, the last prefix first."""
    rows = await session.scalars(select(NumberSeries).order_by(NumberSeries.prefix.desc()))
    return {each.prefix: each.last for each in rows}


def series_of(prefix: str, serials: Mapping[str, int]) -> list[tuple[str, int]]:
    """The series that a pattern with this prefix can have filled."""
    shape = re.escape(prefix)
    for placeholder, digits in PLACEHOLDERS.items():
        shape = shape.replace(re.escape(placeholder), digits)
    fits = re.compile(shape)
    return [(filled, last) for filled, last in serials.items() if fits.fullmatch(filled)]
