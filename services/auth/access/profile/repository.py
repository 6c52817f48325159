"""The one query of the profile: an account's own newest sessions."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import lazyload

from services.auth.access.sessions.models import LoginSession


async def list_newest_sessions(session: AsyncSession, account_id: UUID, number: int) -> Sequence[LoginSession]:
    """The newest first, ended or not."""
    rows = await session.scalars(
        select(LoginSession)
        .where(LoginSession.account_id == account_id)
        .order_by(LoginSession.created_at.desc(), LoginSession.id.desc())
        .limit(number)
        .options(lazyload(LoginSession.account))
    )
    return rows.all()
