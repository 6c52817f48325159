"""Every query about papers that can be checked."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import exists, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.certificates.papers.models import Paper, PaperFile


async def add(session: AsyncSession, **values: object) -> None:
    """Takes the paper in, unless it is there already."""
    await session.execute(insert(Paper).values(**values).on_conflict_do_nothing())


async def revoke(session: AsyncSession, source_id: UUID, kinds: Collection[str], day: date) -> None:
    """All of these kinds that have been given for this source are no longer good."""
    standing = update(Paper).where(Paper.source_id == source_id, Paper.kind.in_(kinds), Paper.revoked_on.is_(None))
    await session.execute(standing.values(revoked_on=day).execution_options(synchronize_session=False))


async def get(session: AsyncSession, paper_id: UUID) -> Paper | None:
    return await session.get(Paper, paper_id)


async def add_file(session: AsyncSession, paper_id: UUID, sha256: str) -> None:
    """Of a paper that is known here; of any other form nothing is kept."""
    known = select(literal(sha256), Paper.id).where(Paper.id == paper_id)
    row = insert(PaperFile).from_select(["sha256", "paper_id"], known)
    await session.execute(row.on_conflict_do_nothing())


async def by_digest(session: AsyncSession, sha256: str) -> Paper | None:
    """The paper whose file that is."""
    found: Paper | None = await session.scalar(
        select(Paper).join(PaperFile, PaperFile.paper_id == Paper.id).where(PaperFile.sha256 == sha256)
    )
    return found


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
