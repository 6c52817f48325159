"""Every query about the industries that were added or called otherwise. Anybody who is signed in may read them."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.industries.models import Industry


async def below(session: AsyncSession, parent: str) -> Sequence[Industry]:
    """Those that lie in ``parent``."""
    return (await session.scalars(select(Industry).where(Industry.parent == parent))).all()


async def parents_among(session: AsyncSession, codes: Collection[str]) -> set[str]:
    """Those of these codes in which another lies."""
    return set(await session.scalars(select(Industry.parent).where(Industry.parent.in_(codes)).distinct()))


async def by_codes(session: AsyncSession, codes: Collection[str]) -> dict[str, Industry]:
    """Those of these that there are, locked until the transaction ends."""
    held = select(Industry).where(Industry.code.in_(codes)).order_by(Industry.code).with_for_update()
    return {row.code: row for row in await session.scalars(held)}
