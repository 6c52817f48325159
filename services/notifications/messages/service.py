"""Use cases of the inbox: what a person reads and marks as read, and how a notice's messages come into it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.contacts.models import Account
from services.notifications.messages import repository
from services.notifications.messages.models import Message
from shared.db.session import note_cached
from shared.identifiers import new_id
from shared.identity import Actor

if TYPE_CHECKING:
    from services.notifications.notices.models import Notice

# The key in Redis that says another thing after each commit that brought messages: open inboxes look then.
NEWS, NEWS_SECONDS = "notifications:news", 60


async def add_messages(session: AsyncSession, notice: "Notice", accounts: Sequence[Account]) -> Sequence[Message]:
    """One message of ``notice`` for each account; returns the new ones, so that a batch that is handed out again adds nothing."""
    rows: list[dict[str, object]] = [
        {
            "id": new_id(),
            "notice_id": notice.id,
            "source_event_id": notice.source_event_id,
            "account_id": account.id,
            "organisation_id": account.organisation_id,
            "kind": notice.kind,
            "title": notice.title,
            "body": notice.body,
            "link": notice.link,
            "fold_key": notice.fold_key,
            "fold_title": notice.fold_title,
            "fold_link": notice.fold_link,
        }
        for account in accounts
    ]
    note_cached(session, NEWS, (new_id().hex, NEWS_SECONDS))
    return await repository.add(session, rows)


async def mark_message_read(session: AsyncSession, *, actor: Actor, message_id: UUID) -> Message:
    """Notes that the actor has read the message; the first time stays. Raises ``NotFound`` for another's."""
    message = await repository.require_message(session, actor, message_id)
    await repository.mark_read(session, actor, message_id)
    await session.refresh(message)
    return message
