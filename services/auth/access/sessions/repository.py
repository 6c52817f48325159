"""Every query about login sessions. A session is its account's own: nobody lists those of others here."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import String, Uuid, column, func, select, update, values
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, lazyload

from services.auth.access.sessions.models import LoginSession
from shared.db.rows import named_rows
from shared.tasks.retention import forget


async def get_by_hash(session: AsyncSession, hashed: str) -> LoginSession | None:
    """The session of a token, ended or not, with its account and organisation."""
    found: LoginSession | None = await session.scalar(select(LoginSession).where(LoginSession.token_hash == hashed))
    return found


async def touch(session: AsyncSession, session_id: UUID) -> bool:
    """Notes that the session is in use; False when it has ended."""
    touched = await session.scalar(
        update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.ended_at.is_(None))
        .values(last_seen_at=func.now())
        .returning(LoginSession.id)
    )
    return touched is not None


async def get_open(session: AsyncSession, account_id: UUID) -> LoginSession | None:
    """The one session of the account that nobody has ended; it may be too old."""
    found: LoginSession | None = await session.scalar(
        select(LoginSession)
        .where(LoginSession.account_id == account_id, LoginSession.ended_at.is_(None))
        .options(lazyload(LoginSession.account))
    )
    return found


async def get_before(session: AsyncSession, own: LoginSession) -> LoginSession | None:
    """The account's session before this one."""
    found: LoginSession | None = await session.scalar(
        select(LoginSession)
        .where(
            LoginSession.account_id == own.account_id,
            LoginSession.id != own.id,
            LoginSession.created_at <= own.created_at,
        )
        .order_by(LoginSession.created_at.desc(), LoginSession.id.desc())
        .limit(1)
        .options(lazyload(LoginSession.account))
    )
    return found


async def end_open(
    session: AsyncSession, account_id: UUID, reason: str, *, sparing: UUID | None = None
) -> Sequence[LoginSession]:
    """Ends what is open, but the one to be spared; gives what this call has ended."""
    statement = update(LoginSession).where(LoginSession.account_id == account_id, LoginSession.ended_at.is_(None))
    if sparing is not None:
        statement = statement.where(LoginSession.id != sparing)
    ended = await session.scalars(statement.values(ended_at=func.now(), ended_reason=reason).returning(LoginSession))
    return ended.all()


class EndedSession(NamedTuple):
    account_id: UUID
    session_id: UUID
    token_hash: str
    reason: str | None


async def end_all_open(session: AsyncSession, reasons: Mapping[UUID, str]) -> list[EndedSession]:
    """Ends the open sessions of these accounts, each with what its holder is told, in one statement. Gives what it has ended."""
    told = values(column("account_id", Uuid), column("reason", String), name="told").data(list(reasons.items()))
    ended = (
        update(LoginSession)
        .where(LoginSession.account_id == told.c.account_id, LoginSession.ended_at.is_(None))
        .values(ended_at=func.now(), ended_reason=told.c.reason)
        .returning(LoginSession.account_id, LoginSession.id, LoginSession.token_hash, LoginSession.ended_reason)
        .execution_options(synchronize_session=False)
    )
    return await named_rows(session, ended, EndedSession) if reasons else []


async def forget_old(session: AsyncSession, age: timedelta) -> int:
    """Takes away sessions that ended so long ago, but for each account's newest, by which its last sign-in is known; how many."""
    later = aliased(LoginSession)
    followed = select(later.id).where(later.account_id == LoginSession.account_id, later.id > LoginSession.id).exists()
    over = select(LoginSession.id).where(LoginSession.ended_at < func.now() - age, followed)
    return await forget(session, LoginSession.id, over, age)
