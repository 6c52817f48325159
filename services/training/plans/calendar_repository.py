"""Every query about the calendar of working days."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.plans.calendar_models import CalendarDay, CalendarYear
from shared.workdays import Calendar


async def load(session: AsyncSession) -> Calendar:
    """All that is told; some tens of days a year."""
    days = await session.execute(select(CalendarDay.day, CalendarDay.works))
    years = await session.scalars(select(CalendarYear.year))
    return Calendar(days=dict(days.all()), years=frozenset(years))


async def replace(session: AsyncSession, year: int, *, complete: bool, days: Mapping[date, bool]) -> None:
    """What is told of ``year`` from now on."""
    within = CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))
    await session.execute(delete(CalendarDay).where(within))
    await session.execute(delete(CalendarYear).where(CalendarYear.year == year))
    if days:
        await session.execute(insert(CalendarDay), [{"day": day, "works": works} for day, works in days.items()])
    if complete:
        await session.execute(insert(CalendarYear).values(year=year))
