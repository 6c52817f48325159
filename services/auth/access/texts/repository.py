"""Every query about outgoing text messages. Nobody lists them: what was sent is in the history of the record that it was about."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.texts.models import Text
from shared.tasks.work import claim, finish, put_back

LEASE_SECONDS = 30
MAX_ATTEMPTS = 6
BATCH = 32


async def claim_due(session: AsyncSession) -> Sequence[Text]:
    """The next due messages, leased."""
    return await claim(session, Text, limit=BATCH, lease_seconds=LEASE_SECONDS, max_attempts=MAX_ATTEMPTS)


async def end(session: AsyncSession, row: Text, *, reference: str | None, error: str | None) -> None:
    """The message was sent, or never will be: its words and its number go."""
    if await finish(session, row):
        values = {
            "reference": reference,
            "last_error": error,
            "failed": error is not None,
            "words": None,
            "phone": None,
        }
        await session.execute(update(Text).where(Text.id == row.id).values(**values))


async def postpone(session: AsyncSession, row: Text, *, error: str, delay_seconds: float) -> None:
    """The provider is away: again later."""
    await put_back(session, row, error=error, delay_seconds=delay_seconds)


async def end_hopeless(session: AsyncSession) -> Sequence[Text]:
    """Ends what nobody wants any more, and what has used up its attempts because its worker died each time; gives what was ended."""
    lapsed = or_(Text.leased_until.is_(None), Text.leased_until < func.now())
    useless = Text.useless_at <= func.now()
    reason = case((useless, "too late"), else_="the worker was lost while sending")
    ended = await session.scalars(
        update(Text)
        .where(Text.done_at.is_(None), lapsed, or_(useless, Text.attempts >= MAX_ATTEMPTS))
        .values(**_ended(), last_error=reason)
        .returning(Text)
    )
    return ended.all()


async def withdraw(session: AsyncSession, ids: Collection[UUID]) -> None:
    """Ends those of these messages that are still to be sent."""
    unsent = update(Text).where(Text.id.in_(ids), Text.done_at.is_(None))
    await session.execute(unsent.values(**_ended(), last_error="withdrawn"))


def _ended() -> dict[str, object]:
    return {"done_at": func.now(), "leased_until": None, "failed": True, "words": None, "phone": None}


async def forget_old(session: AsyncSession) -> None:
    """Lets go of rows that were ended a month ago."""
    old = func.now() - timedelta(days=31)
    await session.execute(delete(Text).where(Text.id.in_(select(Text.id).where(Text.done_at < old).limit(5000))))
