"""By which days training plans: the calendar that is installed, and over it what the province keeps (BEY-10)."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.plans import calendar_repository as repository
from shared.events.declaration import CalendarYearKept
from shared.workdays import Calendar


async def calendar_of(session: AsyncSession) -> Calendar:
    """What this installation knows of working days."""
    return await repository.load(session)


async def keep_calendar(session: AsyncSession, event: CalendarYearKept) -> None:
    """The year as the province has it now."""
    await repository.replace(session, event.year, complete=event.complete, days=event.days)
