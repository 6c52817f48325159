"""How a message becomes deliveries, and how a delivery's attempt ends: sent, later, or given up and shown to a person (BEY-12).
The sending itself, with no session open, is in ``sending``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.contacts.models import Account
from services.notifications.deliveries import digest_repository, repository, trouble_repository
from services.notifications.deliveries.limits import cap_of, next_day, next_digest, next_opening, pieces_of
from services.notifications.deliveries.models import Delivery
from services.notifications.deliveries.workflow import DeliveryAction
from services.notifications.kinds import Channel
from services.notifications.messages.models import Message
from services.notifications.preferences.models import NoticeSetting
from services.notifications.preferences.repository import chosen_of, settings_of
from services.notifications.settings import notification_settings
from shared.clock import now_utc
from shared.crypto import DecryptionFailed, Sealed
from shared.db.types import blind_index, field_cipher
from shared.identifiers import new_id
from shared.logging import correlation_id, get_logger
from shared.settings import platform_settings
from shared.sms.templates import TEXT
from shared.tasks.work import list_exhausted

if TYPE_CHECKING:
    from services.notifications.notices.models import Notice

# A text message is billed by pieces of 67 characters; the whole text stands in the inbox.
SMS_CHARACTERS = 200
log = get_logger(__name__)


# When a text message without a receipt is asked about, counted from the time before.
ASKED_AFTER = (600.0, 7200.0, 86_400.0)


@dataclass(frozen=True)
class Outcome:
    """How one attempt ended. ``error`` names the fault without the address (PLAT-05); ``pause`` is in seconds, None as the attempts have
    it; ``changes`` are columns of the row's own. ``asks``: without a receipt its provider is asked about it."""

    action: DeliveryAction
    reference: str | None = None
    error: str | None = None
    pause: float | None = None
    changes: Mapping[str, object] = field(default_factory=dict)
    asks: bool = False


def sms_text(body: str) -> str:
    """As it goes out: the signature first, and no longer than is paid for."""
    text = f"【{platform_settings().sms_signature}】{body}"
    return text if len(text) <= SMS_CHARACTERS else text[: SMS_CHARACTERS - 1] + "…"


def mail_text(body: str, link: str, person_name: str) -> str:
    """As it goes out: to whom, and where there is more."""
    return f"{person_name}，您好：\n\n{body}\n\n查看详情：{platform_settings().public_url}{link}\n"


def _text(notice: "Notice", message: Message, account: Account, channel: Channel) -> str:
    """In the words of the notice for that channel, or else the message's."""
    if channel is Channel.SMS:
        return sms_text(notice.sms_text or message.body)
    return mail_text(notice.mail_text or message.body, message.link, account.person_name)


_SEALED: dict[Channel, Callable[[Account], str | None]] = {
    Channel.SMS: lambda account: account.phone_sealed,
    Channel.EMAIL: lambda account: account.email_sealed,
}
_WANTED: dict[Channel, Callable[[Account], bool]] = {
    Channel.SMS: lambda account: account.sms_notices,
    Channel.EMAIL: lambda account: account.email_notices,
}


def wants(account: Account, channel: Channel, chosen: Mapping[tuple[UUID, Channel], bool]) -> bool:
    """What it has chosen for this kind; without a choice, what it wants on that channel at all."""
    return chosen.get((account.id, channel), _WANTED[channel](account))


def address_of(account: Account, channel: Channel) -> str | None:
    """Where the account is reached on that channel, in clear; None where it is not."""
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
    notice: "Notice",
    messages: Sequence[Message],
    accounts: Sequence[Account],
    channels: Sequence[Channel],
) -> None:
    """One delivery per message and channel on which its account can be reached and, unless it must go, wants to be (BEY-03). What can wait
    for the day does, unless it has no sense by then; mails of those who want them together wait for the day's."""
    by_id: dict[UUID, Account] = {account.id: account for account in accounts}
    chosen = await chosen_of(session, list(by_id), notice.kind)
    own = await settings_of(session, list(by_id))
    rows, lines = [], []
    for message, channel in product(messages, channels):
        account, setting = by_id[message.account_id], own.get(message.account_id)
        address = address_of(account, channel) if notice.must or wants(account, channel, chosen) else None
        if address is None:
            continue
        if channel is Channel.EMAIL and setting and setting.digest and not notice.must:
            lines.append(message)
        else:
            rows.append(
                {**_row(notice, message, account, channel), "address": address} | _due(notice, channel, setting)
            )
    for waits in (False, True):
        if same := [row for row in rows if ("due_at" in row) is waits]:
            await repository.add(session, same)
    await digest_repository.hold(session, lines, due_at=next_digest(notification_settings(), now_utc()))


def _row(notice: "Notice", message: Message, account: Account, channel: Channel) -> dict[str, object]:
    return {
        "id": new_id(),
        "message_id": message.id,
        "channel": channel,
        "subject": notice.mail_subject or message.title if channel is Channel.EMAIL else "",
        "text": _text(notice, message, account, channel),
        "kind": notice.kind.value,
        "fields": {**notice.fields, TEXT: notice.sms_text or message.body} if channel is Channel.SMS else {},
        "useless_at": notice.useless_at,
        "optional": not notice.must,
        "correlation_id": correlation_id.get(),
    }


def _due(notice: "Notice", channel: Channel, setting: NoticeSetting | None) -> dict[str, object]:
    """When a text message that can wait is due; nothing where it is due at once."""
    if not notice.waits or channel is not Channel.SMS:
        return {}
    opens = next_opening(notification_settings(), now_utc(), setting.quiet if setting else None)
    return {"due_at": opens} if opens and (notice.useless_at is None or opens < notice.useless_at) else {}


async def claim_batch(session: AsyncSession) -> Sequence[Delivery]:
    """The next due deliveries. What has lost its sense, and what was lost with its worker at the last attempt, is ended first; what is more
    than an address gets in a day waits until tomorrow."""
    await repository.expire(session)
    for lost in await list_exhausted(session, Delivery, repository.ATTEMPTS, limit=repository.BATCH):
        await settle(session, lost, Outcome(DeliveryAction.PUT_BACK, error="the worker was lost while sending"))
    rows = await repository.claim_due(session)
    return await _within_caps(session, rows)


async def _within_caps(session: AsyncSession, rows: Sequence[Delivery]) -> Sequence[Delivery]:
    """Those that their addresses may still get today. A message is counted at its first attempt, and again when it has waited a day."""
    new = [row for row in rows if row.attempts == 1]
    settings, counted = notification_settings(), await repository.count_today(session, new)
    left, kept = {key: cap_of(settings, key[1]) - count for key, count in counted.items()}, []
    opens = next_day(settings, now_utc())
    for row in reversed(rows):  # the newest are more than the cap allows
        key = (blind_index(row.address.lower()), row.channel) if row.attempts == 1 else None
        if key is None or left[key] >= 0:
            kept.append(row)
            continue
        left[key] += 1
        waits = {"attempts": 0, "due_at": opens, "last_error": "the address has had its messages of the day"}
        await repository.settle(session, row, DeliveryAction.PUT_BACK, **waits)
    return kept[::-1]


async def settle(session: AsyncSession, delivery: Delivery, outcome: Outcome) -> None:
    """Writes down how the attempt ended. What could not be sent waits longer each time and is given up when its
    attempts are used up; it is unclear, then, where a provider may have it."""
    action, changes = outcome.action, dict(outcome.changes)
    if action is DeliveryAction.PUT_BACK and repository.ATTEMPTS.used_up(delivery.attempts):
        open_with = changes.get("provider", delivery.provider)
        action = DeliveryAction.LOSE_TRACK if open_with else DeliveryAction.GIVE_UP
    if action is DeliveryAction.PUT_BACK:
        pause = repository.ATTEMPTS.pause_after(delivery.attempts) if outcome.pause is None else outcome.pause
        ending = {"due_at": repository.after(pause), "last_error": outcome.error}
    else:
        reference = outcome.reference or delivery.provider_reference
        ending = {"done_at": func.now(), "last_error": outcome.error, "provider_reference": reference}
    if not await repository.settle(session, delivery, action, **{**changes, **ending}):
        log.warning("delivery_taken_over", delivery_id=str(delivery.id))
        return
    known = (outcome.error or "").startswith(trouble_repository.NOT_SENT)
    if outcome.action is DeliveryAction.GIVE_UP and not known:  # refused, and not only out of attempts
        await trouble_repository.note(session, delivery, outcome.error or "")
    if action in {DeliveryAction.GIVE_UP, DeliveryAction.LOSE_TRACK} and not known:
        log.error("delivery_failed", delivery_id=str(delivery.id), channel=delivery.channel.value, error=outcome.error)


async def settle_all(session: AsyncSession, outcomes: Mapping[Delivery, Outcome]) -> None:
    """``settle`` for many: what was sent in one statement, the others each. Counts what text messages cost."""
    sent = {row: each for row, each in outcomes.items() if each.action is DeliveryAction.CONFIRM}
    for asked in (True, False):
        same = {row: each.reference or "" for row, each in sent.items() if each.asks is asked}
        if same:
            changes = {"ask_at": repository.after(ASKED_AFTER[0])} if asked else {}
            if await repository.confirm(session, same, **changes) < len(same):
                log.warning("deliveries_taken_over", of=len(same))
    await trouble_repository.end(session, [row.id for row in sent if row.channel is Channel.EMAIL], only_taken=True)
    if pieces := sum(pieces_of(row.text) for row in sent if row.channel is Channel.SMS):
        await repository.count_pieces(session, pieces)
    for row, each in outcomes.items():
        if row not in sent:
            await settle(session, row, each)
