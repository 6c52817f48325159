"""Every query about outgoing text messages. Nobody lists them: what was sent is in the history of the record that it was about."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.texts.kinds import kind_of
from services.auth.access.texts.models import Text, TextCircuit
from shared.sms import Route
from shared.tasks.texting import Ending, Handed, hand_over, next_try, note_health
from shared.tasks.work import Attempts, claim, finish, put_back, unheld

LEASE_SECONDS = 30
# A code is waited for and soon useless; what lasts, such as an activation or a decision, outlives an afternoon without a provider.
LASTING = Attempts(most=6, first_pause=30, factor=4)
HURRIED = replace(LASTING, first_pause=1, factor=2)
BATCH = 32


async def claim_due(session: AsyncSession, route: Route) -> Sequence[Handed[Text]]:
    """The next due messages, leased, each with its provider written down."""
    rows = await claim(session, Text, LASTING, limit=BATCH, lease_seconds=LEASE_SECONDS)
    return await hand_over(session, TextCircuit, route, {row: kind_of(row.about) for row in rows})


async def note_providers(session: AsyncSession, endings: Collection[Ending]) -> None:
    """What these attempts say of their providers."""
    await note_health(session, TextCircuit, endings)


async def end(session: AsyncSession, row: Text, *, reference: str | None, error: str | None) -> None:
    """The message was sent, or never will be: its words and its number go."""
    if await finish(session, row):
        values = {
            "reference": reference,
            "last_error": error,
            "failed": error is not None,
            "words": None,
            "fields": None,
            "phone": None,
        }
        await session.execute(update(Text).where(Text.id == row.id).values(**values))


async def postpone(session: AsyncSession, row: Text, route: Route, ending: Ending) -> bool:
    """It has not gone, or nobody knows: again later, waiting longer each time, at once where another provider can have it. False when
    there is no attempt left."""
    attempts = HURRIED if row.useless_at else LASTING
    if attempts.used_up(row.attempts):
        return False
    pause, values = next_try(route, row, kind_of(row.about), ending, attempts.pause_after(row.attempts))
    await put_back(session, row, error=ending.error or "", delay_seconds=pause, **values)
    return True


async def end_hopeless(session: AsyncSession) -> Sequence[Text]:
    """Ends what nobody wants any more, and what has used up its attempts because its worker died each time; gives what was ended."""
    useless = Text.useless_at <= func.now()
    reason = case((useless, "too late"), else_="the worker was lost while sending")
    ended = await session.scalars(
        update(Text)
        .where(Text.done_at.is_(None), unheld(Text), or_(useless, Text.attempts >= LASTING.most))
        .values(**_ended(), last_error=reason)
        .returning(Text)
    )
    return ended.all()


async def oldest_waiting(session: AsyncSession, *, minutes: int) -> Text | None:
    """The message that has been waiting longest, if that is more than ``minutes``."""
    waiting = select(Text).where(Text.done_at.is_(None), Text.created_at < func.now() - timedelta(minutes=minutes))
    return (await session.scalars(waiting.order_by(Text.created_at).limit(1))).first()


async def withdraw(session: AsyncSession, ids: Collection[UUID]) -> None:
    """Ends those of these messages that are still to be sent."""
    unsent = update(Text).where(Text.id.in_(ids), Text.done_at.is_(None))
    await session.execute(unsent.values(**_ended(), last_error="withdrawn"))


def _ended() -> dict[str, object]:
    return {"done_at": func.now(), "leased_until": None, "failed": True, "words": None, "fields": None, "phone": None}


async def forget_old(session: AsyncSession) -> None:
    """Lets go of rows that were ended a month ago."""
    old = func.now() - timedelta(days=31)
    await session.execute(delete(Text).where(Text.id.in_(select(Text.id).where(Text.done_at < old).limit(5000))))
