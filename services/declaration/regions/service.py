"""Keeps the regions in step with auth. News may come late (a parked event that is let go again): older never replaces newer."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.regions import repository
from shared.events.auth import RegionChanged
from shared.events.bookmarks import handled


async def keep_region(session: AsyncSession, event: RegionChanged) -> None:
    """Takes in what auth says of a region (ORG-13)."""
    await repository.keep(session, **event.model_dump(exclude={"kind"}), changed_at=handled.get().occurred_at)
