"""Every query about what strangers have put up; the one that decides is a single statement."""

from datetime import date

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.uploads.models import PutUp


async def charge(session: AsyncSession, address: str, day: date, size: int, *, cap: int) -> int | None:
    """Counts these bytes for the address and the day, and gives the day's; None, and nothing is counted, when that would be more than
    ``cap``."""
    if size > cap:
        return None
    first = insert(PutUp).values(address=address, day=day, size=size)
    counted = first.on_conflict_do_update(
        index_elements=[PutUp.address, PutUp.day],
        set_={"size": PutUp.size + size},
        where=PutUp.size + size <= cap,
    )
    return await session.scalar(counted.returning(PutUp.size))


async def forget_before(session: AsyncSession, day: date) -> None:
    """Lets go of the days before."""
    await session.execute(delete(PutUp).where(PutUp.day < day))
