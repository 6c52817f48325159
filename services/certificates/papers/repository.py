"""Every query about papers that can be checked."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.certificates.papers.models import Paper


async def add(session: AsyncSession, **values: object) -> None:
    """Takes the paper in, unless it is there already."""
    await session.execute(insert(Paper).values(**values).on_conflict_do_nothing())


async def revoke(session: AsyncSession, source_id: UUID, kinds: Collection[str], day: date) -> None:
    """All of these kinds that have been given for this source are no longer good."""
    standing = update(Paper).where(Paper.source_id == source_id, Paper.kind.in_(kinds), Paper.revoked_on.is_(None))
    await session.execute(standing.values(revoked_on=day).execution_options(synchronize_session=False))


async def get(session: AsyncSession, paper_id: UUID) -> Paper | None:
    return await session.get(Paper, paper_id)


async def by_number(session: AsyncSession, number: str) -> Paper | None:
    """The newest with this number."""
    found: Paper | None = await session.scalar(
        select(Paper).where(Paper.number == number).order_by(Paper.revision.desc()).limit(1)
    )
    return found


async def is_replaced(session: AsyncSession, paper: Paper) -> bool:
    """Whether a later state of the same paper has been given."""
    newer = aliased(Paper)
    later = exists().where(
        newer.kind == paper.kind, newer.source_id == paper.source_id, newer.revision > paper.revision
    )
    return bool(await session.scalar(select(later)))
