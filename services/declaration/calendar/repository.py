"""Every query about the calendar of working days."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.calendar.models import CalendarDay, CalendarYear
from shared.workdays import Calendar


async def hold(session: AsyncSession) -> None:
    """Whoever keeps the calendar does so alone until the end of the transaction, so that what is told of it comes in the order in which it
    was kept."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("calendar", 0))))


async def load(session: AsyncSession) -> Calendar:
    """All that is told here; some tens of days a year."""
    days = await session.execute(select(CalendarDay.day, CalendarDay.works))
    years = await session.scalars(select(CalendarYear.year))
    return Calendar(days=dict(days.all()), years=frozenset(years))


async def days_of(session: AsyncSession, year: int) -> Sequence[CalendarDay]:
    """What is told of single days of that year, in their order."""
    within = CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))
    return (await session.scalars(select(CalendarDay).where(within).order_by(CalendarDay.day))).all()


async def get_day(session: AsyncSession, day: date) -> CalendarDay | None:
    return await session.get(CalendarDay, day)


async def get_year(session: AsyncSession, year: int) -> CalendarYear | None:
    return await session.get(CalendarYear, year)


async def keep_day(session: AsyncSession, day: date, *, works: bool, name: str, by: str) -> None:
    values = {"works": works, "name": name, "kept_by_name": by}
    row = insert(CalendarDay).values(day=day, **values)
    await session.execute(row.on_conflict_do_update(index_elements=["day"], set_=values))


async def drop_day(session: AsyncSession, day: date) -> None:
    await session.execute(delete(CalendarDay).where(CalendarDay.day == day))


async def keep_year(session: AsyncSession, year: int, by: str) -> None:
    values = {"kept_by_name": by}
    row = insert(CalendarYear).values(year=year, **values)
    await session.execute(row.on_conflict_do_update(index_elements=["year"], set_=values))


async def drop_year(session: AsyncSession, year: int) -> None:
    await session.execute(delete(CalendarYear).where(CalendarYear.year == year))
