"""Every query about activations, by link or by code. Whoever holds a token sees the account that it is for, and nothing else."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.activations.models import Activation
from shared.web.callers import token_hash


async def get_open(session: AsyncSession, token: str) -> Activation | None:
    """The activation of this token, locked, with its account; None when it was used, replaced or has expired."""
    found: Activation | None = await session.scalar(
        select(Activation)
        .where(
            Activation.token_hash == token_hash(token),
            Activation.ended_at.is_(None),
            Activation.expires_at > func.now(),
        )
        .with_for_update(of=Activation)
    )
    return found


async def open_until(session: AsyncSession, account_id: UUID) -> datetime | None:
    """When the account's activation expires, if it is still good."""
    mine = Activation.account_id == account_id, Activation.ended_at.is_(None), Activation.expires_at > func.now()
    found: datetime | None = await session.scalar(select(Activation.expires_at).where(*mine))
    return found


async def end_open(session: AsyncSession, account_id: UUID) -> None:
    """An account has one activation: the one before is over."""
    open_one = update(Activation).where(Activation.account_id == account_id, Activation.ended_at.is_(None))
    await session.execute(open_one.values(ended_at=func.now()))
