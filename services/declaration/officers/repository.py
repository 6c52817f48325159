"""Every query about officers."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.officers.models import Officer
from shared.db.directory import keep_latest


async def keep(session: AsyncSession, **values: object) -> None:
    """Inserts or replaces the row, unless it already shows later news (``changed_at``)."""
    await keep_latest(session, Officer, **values)


async def among(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Officer]:
    """Those of these accounts that are an officer's."""
    return {each.id: each for each in await session.scalars(select(Officer).where(Officer.id.in_(ids)))}
