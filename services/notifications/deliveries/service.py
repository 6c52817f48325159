"""How a message becomes deliveries, and how a delivery's attempt ends: sent, later, or given up and shown to a person (BEY-12).
The sending itself, with no session open, is in ``sending``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.contacts.models import Account
from services.notifications.deliveries import repository
from services.notifications.deliveries.models import Delivery
from services.notifications.deliveries.workflow import DeliveryAction
from services.notifications.kinds import Channel
from services.notifications.messages.models import Message
from shared.crypto import DecryptionFailed, Sealed
from shared.db.types import field_cipher
from shared.identifiers import new_id
from shared.logging import correlation_id, get_logger
from shared.settings import platform_settings
from shared.tasks.work import list_exhausted

# A text message is billed by pieces of 67 characters; the whole text stands in the inbox.
SMS_CHARACTERS = 200
log = get_logger(__name__)


@dataclass(frozen=True)
class Outcome:
    """How one attempt ended. ``error`` names the fault without the address (PLAT-05)."""

    action: DeliveryAction
    reference: str | None = None
    error: str | None = None


def _sms_text(message: Message, _account: Account) -> str:
    text = f"【{platform_settings().sms_signature}】{message.body}"
    return text if len(text) <= SMS_CHARACTERS else text[: SMS_CHARACTERS - 1] + "…"


def _mail_text(message: Message, account: Account) -> str:
    link = f"{platform_settings().public_url}{message.link}"
    return f"{account.person_name}，您好：\n\n{message.body}\n\n查看详情：{link}\n"


_SEALED: dict[Channel, Callable[[Account], str | None]] = {
    Channel.SMS: lambda account: account.phone_sealed,
    Channel.EMAIL: lambda account: account.email_sealed,
}
_WANTED: dict[Channel, Callable[[Account], bool]] = {
    Channel.SMS: lambda account: account.sms_notices,
    Channel.EMAIL: lambda account: account.email_notices,
}
_TEXT: dict[Channel, Callable[[Message, Account], str]] = {Channel.SMS: _sms_text, Channel.EMAIL: _mail_text}


def _address(account: Account, channel: Channel) -> str | None:
    token = _SEALED[channel](account)
    if token is None:
        return None
    try:
        return Sealed(token).open(field_cipher())
    except (DecryptionFailed, TypeError):
        # One unreadable address must not hold up the notice of everyone else; the inbox has the message.
        log.error("address_unreadable", account_id=str(account.id), channel=channel.value)
        return None


async def add_deliveries(
    session: AsyncSession,
    messages: Sequence[Message],
    accounts: Sequence[Account],
    channels: Sequence[Channel],
    *,
    must: bool = False,
) -> None:
    """One delivery per message and channel on which its account can be reached and, unless it ``must`` go, wants to be (BEY-03)."""
    by_id: dict[UUID, Account] = {account.id: account for account in accounts}
    rows = [
        {
            "id": new_id(),
            "message_id": message.id,
            "channel": channel,
            "address": address,
            "subject": message.title if channel is Channel.EMAIL else "",
            "text": _TEXT[channel](message, by_id[message.account_id]),
            "correlation_id": correlation_id.get(),
        }
        for message in messages
        for channel in channels
        if (must or _WANTED[channel](by_id[message.account_id]))
        and (address := _address(by_id[message.account_id], channel)) is not None
    ]
    if rows:
        await repository.add(session, rows)


async def claim_batch(session: AsyncSession) -> Sequence[Delivery]:
    """The next due deliveries. Those whose worker died at the last attempt are given up first."""
    for lost in await list_exhausted(session, Delivery, repository.ATTEMPTS, limit=repository.BATCH):
        await settle(session, lost, Outcome(DeliveryAction.PUT_BACK, error="the worker was lost while sending"))
    return await repository.claim_due(session)


async def settle(session: AsyncSession, delivery: Delivery, outcome: Outcome) -> None:
    """Writes down how the attempt ended. What could not be sent waits longer each time and is given up when its
    attempts are used up."""
    action = outcome.action
    if action is DeliveryAction.PUT_BACK and repository.ATTEMPTS.used_up(delivery.attempts):
        action = DeliveryAction.GIVE_UP
    if action is DeliveryAction.PUT_BACK:
        pause = repository.ATTEMPTS.pause_after(delivery.attempts)
        ending = {"due_at": repository.after(pause), "last_error": outcome.error}
    else:
        reference = outcome.reference or delivery.provider_reference
        ending = {"done_at": func.now(), "last_error": outcome.error, "provider_reference": reference}
    if not await repository.settle(session, delivery, action, **ending):
        log.warning("delivery_taken_over", delivery_id=str(delivery.id))
    elif action is DeliveryAction.GIVE_UP:
        log.error("delivery_failed", delivery_id=str(delivery.id), channel=delivery.channel.value, error=outcome.error)
