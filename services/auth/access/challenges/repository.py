"""Every query about used proofs."""

from datetime import datetime

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.challenges.models import UsedProof


async def take(session: AsyncSession, digest: bytes, expires_at: datetime) -> bool:
    """True for the first to come with this proof, whoever else comes at the same time."""
    row = insert(UsedProof).values(digest=digest, expires_at=expires_at).on_conflict_do_nothing()
    return await session.scalar(row.returning(UsedProof.digest)) is not None


async def forget_expired(session: AsyncSession) -> None:
    """Lets go of proofs that are refused for their age alone."""
    await session.execute(delete(UsedProof).where(UsedProof.expires_at < func.now()))
