"""Every query about drafts of forms: an account finds its own and no other."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.drafts.models import FormDraft


async def find(session: AsyncSession, account_id: UUID, key: str) -> FormDraft | None:
    """The account's draft of this form, held until the end of the unit of work."""
    own = select(FormDraft).where(FormDraft.account_id == account_id, FormDraft.key == key)
    return (await session.scalars(own.with_for_update())).one_or_none()


async def forget(session: AsyncSession, account_id: UUID, key: str) -> None:
    """Lets go of it; it may be gone already."""
    await session.execute(delete(FormDraft).where(FormDraft.account_id == account_id, FormDraft.key == key))


async def forget_all_but(session: AsyncSession, account_id: UUID, number: int) -> None:
    """Lets go of the account's drafts but for the newest ``number``."""
    newest = (
        select(FormDraft.id)
        .where(FormDraft.account_id == account_id)
        .order_by(FormDraft.updated_at.desc(), FormDraft.id.desc())
        .limit(number)
    )
    await session.execute(delete(FormDraft).where(FormDraft.account_id == account_id, FormDraft.id.not_in(newest)))


async def forget_older_than(session: AsyncSession, age: timedelta) -> None:
    """Lets go of what nobody has typed into for so long."""
    await session.execute(delete(FormDraft).where(FormDraft.updated_at < func.now() - age))
