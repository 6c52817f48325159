"""Sending a text message of auth's own: written down in the transaction of what it is about, sent by the fast worker. The words never
stand in a log, an event or a task argument (PLAT-05).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.texts import repository
from services.auth.access.texts.models import Text
from services.auth.hints import SEND_TEXTS
from shared.db.session import note_hint
from shared.identifiers import new_id
from shared.logging import correlation_id, get_logger
from shared.settings import platform_settings

log = get_logger(__name__)


def send_text(
    session: AsyncSession,
    *,
    about: str,
    phone: str,
    words: str,
    record_id: UUID | None = None,
    useless_at: datetime | None = None,
) -> UUID:
    """Notes a message that leaves after the commit; ``words`` without the signature, which is put before them. Returns its id."""
    row = Text(
        id=new_id(),
        about=about,
        record_id=record_id,
        phone=phone,
        words=f"【{platform_settings().sms_signature}】{words}",
        useless_at=useless_at,
        correlation_id=correlation_id.get(),
    )
    session.add(row)
    note_hint(session, SEND_TEXTS)
    return row.id


async def claim_batch(session: AsyncSession) -> Sequence[Text]:
    """The next due messages. Those whose worker died at the last attempt, and those that nobody wants any more, are ended first."""
    for lost in await repository.end_hopeless(session):
        log.error("text_failed", text_id=str(lost.id), about=lost.about, error=lost.last_error)
    return await repository.claim_due(session)


async def withdraw_texts(session: AsyncSession, ids: Collection[UUID]) -> None:
    """Those of these messages that have not left yet never will: something newer has taken their place."""
    if ids:
        await repository.withdraw(session, ids)


async def sent(session: AsyncSession, row: Text, reference: str) -> None:
    """The provider has taken it."""
    await repository.end(session, row, reference=reference, error=None)


async def later(session: AsyncSession, row: Text, error: str) -> None:
    """The provider is away; waits longer each time and is given up at last."""
    if not await repository.postpone(session, row, error=error):
        await give_up(session, row, error)


async def give_up(session: AsyncSession, row: Text, error: str) -> None:
    """The provider will never take it, or has been away for too long."""
    log.error("text_failed", text_id=str(row.id), about=row.about, error=error)
    await repository.end(session, row, reference=None, error=error)


async def forget_old_texts(session: AsyncSession) -> None:
    """Lets go of what was ended a month ago."""
    await repository.forget_old(session)
