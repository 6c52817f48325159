"""Reads what rows are judged by, and writes what became of them, a batch at a time."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.legacy import repository
from services.declaration.legacy.columns import BY_KEY
from services.declaration.legacy.judging import Facts, Judged, judge
from services.declaration.legacy.models import LegacyRow
from services.declaration.legacy.places import Places
from services.declaration.legacy.reading import LegacyProblem
from services.declaration.regions.repository import leaves_below
from shared.clock import beijing_today, now_utc


async def places_of(session: AsyncSession, prefix: str) -> Places:
    """Where units of the province sit today."""
    return Places(prefix, await leaves_below(session, prefix, beijing_today(now_utc())))


async def facts_of(session: AsyncSession, import_id: UUID, rows: Sequence[LegacyRow], *, lock: bool = False) -> Facts:
    """All that these rows are judged by; with ``lock`` the units and the rows of earlier imports stay as they are."""
    codes = {row.credit_code for row in rows}
    if lock:
        await repository.hold_codes(session, codes)
    units = await repository.units_of(session, codes)
    if lock:
        await repository.lock_employers(session, {each.employer_id for found in units.values() for each in found})
        units = await repository.units_of(session, codes)
    return Facts(
        units,
        await repository.twins_of(session, import_id, codes),
        await repository.earlier_of(session, import_id, codes, lock=lock),
    )


def judge_all(rows: Sequence[LegacyRow], facts: Facts) -> list[tuple[LegacyRow, Judged]]:
    """Each row with what becomes of it."""
    return [(each, judge(each, facts)) for each in rows]


def values_of(places: dict[str, Any], row: LegacyRow, judged: Judged) -> dict[str, Any]:
    """The columns of the row that this judgement sets."""
    problems = list(row.problems)
    if judged.problem is not None:
        key, code, reason = judged.problem
        letter, title = places.get(key, ("", BY_KEY[key].titles[0]))
        found = LegacyProblem(key, f"{letter}{row.line}", title, row.cells.get(key, ""), code, reason)
        problems.append(asdict(found))
    unit = judged.unit
    reasons = "；".join(f"{each['cell']} {each['reason']}" for each in problems if each["refuses"])
    return {
        "id": row.id,
        "outcome": judged.outcome,
        "words": (judged.words or reasons)[:500],
        "problems": problems,
        "employer_id": unit.employer_id if unit else None,
        "region_code": unit.region_code if unit else row.region_code,
    }
