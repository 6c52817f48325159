"""Keeps the periods from which the figures are summed in the transaction of what changes them: an approval, its revocation, news of a unit.
A unit that has moved, or whose region was merged into another, takes its past with it: past figures stand under the region of today.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.clock.repository import lock_clocks
from services.declaration.figures import repository
from shared.clock import beijing_today, now_utc


async def follow(session: AsyncSession, employer_id: UUID) -> None:
    """The unit's periods, as everything in this transaction makes them. Under the lock of the unit's clock, which is the last of all."""
    await session.flush()
    await lock_clocks(session, [employer_id], wait=True)
    await repository.keep(session, [employer_id], beijing_today(now_utc()))


async def correct(session: AsyncSession, ids: Collection[UUID], now: datetime) -> int:
    """Looks at these units anew; how many periods were not as they should be. Whose unit another is reckoning sees what this would."""
    held = await lock_clocks(session, ids, wait=False)
    return await repository.keep(session, held, beijing_today(now)) if held else 0
