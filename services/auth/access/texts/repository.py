"""Every query about outgoing text messages, but for what became of them once they were sent (``arrivals``)."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.texts.kinds import kind_of
from services.auth.access.texts.models import Text, TextCircuit
from shared.blind_index import is_same
from shared.db.types import blind_index
from shared.sms import Route
from shared.tasks.texting import Ending, Handed, hand_over, next_try, note_health
from shared.tasks.work import Attempts, claim, finish, put_back, unheld

LEASE_SECONDS = 30
# A code is waited for and soon useless; what lasts, such as an activation or a decision, outlives an afternoon without a provider.
LASTING = Attempts(most=6, first_pause=30, factor=4)
HURRIED = replace(LASTING, first_pause=1, factor=2)
BATCH = 32
# When a message without a receipt is asked about, each counted from the time before. A code lives five minutes: an hour says all.
ASKED_AFTER = (timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=50))
LOST_LATELY = timedelta(hours=1)


async def claim_due(session: AsyncSession, route: Route) -> Sequence[Handed[Text]]:
    """The next due messages, leased, each with its provider written down: not the one whose last message there was lost."""
    rows = await claim(session, Text, LASTING, limit=BATCH, lease_seconds=LEASE_SECONDS)
    lost = await _lost_lately(session, rows) if rows and len(route.providers) > 1 else {}
    return await hand_over(session, TextCircuit, route, {row: kind_of(row.about) for row in rows}, avoid=lost)


async def _lost_lately(session: AsyncSession, rows: Collection[Text]) -> dict[UUID, str]:
    """Whose message to the same number did not arrive within the hour, by the row that waits: its holder has asked again."""
    indexes = {row.id: blind_index(row.phone) for row in rows if row.phone}
    lost = select(Text.phone_index, Text.provider).where(
        Text.phone_index.in_(set(indexes.values())),
        Text.failed,
        Text.reported.is_not(None),
        Text.provider.is_not(None),
        Text.done_at > func.now() - LOST_LATELY,
    )
    found = (await session.execute(lost.order_by(Text.done_at))).all()
    return {row: str(name) for row, index in indexes.items() for of, name in found if of and is_same(of, index)}


async def note_providers(session: AsyncSession, endings: Collection[Ending]) -> None:
    """What these attempts say of their providers."""
    await note_health(session, TextCircuit, endings)


async def end_sent(
    session: AsyncSession, row: Text, *, reference: str | None, reported: str | None, asks: bool
) -> None:
    """The message was sent: its words go, and so does its number, unless its provider is to be asked about it."""
    asked = {"ask_at": func.now() + ASKED_AFTER[0]} if asks else {"phone": None}
    arrived = {} if reported is None else {"reported": reported, "delivered_at": func.now()}
    await _end(session, row, {"reference": reference, "last_error": None, **asked, **arrived})


async def end_failed(session: AsyncSession, row: Text, *, error: str, reported: str | None) -> None:
    """The message never will be sent; ``reported`` is the word of a provider that will not have it."""
    await _end(session, row, {"last_error": error, "failed": True, "phone": None, "reported": reported})


async def _end(session: AsyncSession, row: Text, values: dict[str, object]) -> None:
    if await finish(session, row):
        ended = update(Text).where(Text.id == row.id).values(words=None, fields=None, **values)
        await session.execute(ended)


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
