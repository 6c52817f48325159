"""Every query about the papers of declarations."""

from datetime import date
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.papers.models import DeclarationPaper
from services.declaration.papers.workflow import PaperKind


async def newest(session: AsyncSession, declaration_id: UUID, kind: PaperKind) -> DeclarationPaper | None:
    """The last of this kind that was made, also one that is void."""
    found: DeclarationPaper | None = await session.scalar(
        select(DeclarationPaper)
        .where(DeclarationPaper.declaration_id == declaration_id, DeclarationPaper.kind == kind)
        .order_by(DeclarationPaper.revision.desc())
        .limit(1)
    )
    return found


async def void(session: AsyncSession, declaration_id: UUID, kind: PaperKind, day: date) -> None:
    """Those of this kind are no longer good."""
    standing = update(DeclarationPaper).where(
        DeclarationPaper.declaration_id == declaration_id,
        DeclarationPaper.kind == kind,
        DeclarationPaper.voided_on.is_(None),
    )
    await session.execute(standing.values(voided_on=day))
