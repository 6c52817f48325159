"""Every query about programs' tokens. An organisation sees its own, whoever of its people made them."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import lazyload

from services.auth.access.tokens.models import ProgramToken
from shared.errors import NotFound


async def list_of_organisation(session: AsyncSession, organisation_id: UUID, number: int) -> Sequence[ProgramToken]:
    """Those in use first, then the newest."""
    rows = await session.scalars(
        select(ProgramToken)
        .where(ProgramToken.organisation_id == organisation_id)
        .order_by(ProgramToken.ended_at.is_not(None), ProgramToken.created_at.desc(), ProgramToken.id)
        .limit(number)
    )
    return rows.all()


async def count_live(session: AsyncSession, organisation_id: UUID) -> int:
    """How many nobody has ended."""
    live = ProgramToken.organisation_id == organisation_id, ProgramToken.ended_at.is_(None)
    return await session.scalar(select(func.count()).select_from(ProgramToken).where(*live)) or 0


async def require_own(session: AsyncSession, organisation_id: UUID, token_id: UUID) -> ProgramToken:
    """Locked. Raises NotFound, also for another organisation's."""
    own = ProgramToken.id == token_id, ProgramToken.organisation_id == organisation_id
    found: ProgramToken | None = await session.scalar(
        select(ProgramToken).where(*own).options(lazyload(ProgramToken.account)).with_for_update()
    )
    if found is None:
        raise NotFound
    return found


async def get_by_hash(session: AsyncSession, hashed: str) -> ProgramToken | None:
    """The token, ended or not, with its account and organisation."""
    found: ProgramToken | None = await session.scalar(select(ProgramToken).where(ProgramToken.token_hash == hashed))
    return found


async def touch(session: AsyncSession, token_id: UUID, address: str, every: timedelta) -> None:
    """Notes that it is in use, and from where."""
    ago = func.now() - every
    due = or_(ProgramToken.last_used_at.is_(None), ProgramToken.last_used_at <= ago)
    await session.execute(
        update(ProgramToken)
        .where(ProgramToken.id == token_id, due)
        .values(last_used_at=func.now(), last_used_address=address)
        .execution_options(synchronize_session=False)
    )


async def end_live(session: AsyncSession, account_ids: Collection[UUID], reason: str) -> Sequence[ProgramToken]:
    """Ends what these accounts have in use; gives what this call has ended."""
    ended = await session.scalars(
        update(ProgramToken)
        .where(ProgramToken.account_id.in_(account_ids), ProgramToken.ended_at.is_(None))
        .values(ended_at=func.now(), ended_reason=reason)
        .returning(ProgramToken)
        .options(lazyload(ProgramToken.account))
    )
    return ended.all()
