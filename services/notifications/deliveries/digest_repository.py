"""Queries of mails that come together: which messages wait for whose mail, and what is left of them when it is due."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.contacts.models import Account
from services.notifications.deliveries.models import DigestLine
from services.notifications.messages.models import Message

# Mails that one transaction makes.
ACCOUNTS = 100


async def hold(session: AsyncSession, messages: Sequence[Message], *, due_at: datetime) -> None:
    """Keeps these messages for the mails of their accounts."""
    if messages:
        rows = [{"message_id": each.id, "account_id": each.account_id, "due_at": due_at} for each in messages]
        await session.execute(insert(DigestLine), rows)


async def take_due(session: AsyncSession) -> list[UUID]:
    """The messages of some accounts whose mails are due; they wait no longer, and nobody else gets them."""
    due = DigestLine.due_at <= func.now()
    accounts = select(DigestLine.account_id).where(due).distinct().limit(ACCOUNTS).scalar_subquery()
    taken = delete(DigestLine).where(DigestLine.account_id.in_(accounts), due).returning(DigestLine.message_id)
    return list(await session.scalars(taken.execution_options(synchronize_session=False)))


async def unread_of(session: AsyncSession, message_ids: Sequence[UUID]) -> Sequence[tuple[Message, Account]]:
    """Those of these messages that their accounts have not read, the oldest first."""
    found = (
        select(Message, Account)
        .join(Account, Account.id == Message.account_id)
        .where(Message.id.in_(message_ids), Message.read_at.is_(None), Account.active)
        .order_by(Message.created_at, Message.id)
    )
    return [(message, account) for message, account in await session.execute(found)]
