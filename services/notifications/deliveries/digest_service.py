"""One mail a day for those who want their mails together: what has come since the last one and has not been read in 消息中心 meanwhile."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.contacts.models import Account
from services.notifications.deliveries import digest_repository, repository
from services.notifications.deliveries.service import address_of
from services.notifications.hints import SEND_DUE
from services.notifications.kinds import Channel
from services.notifications.messages.models import Message
from shared.addresses import address
from shared.db.session import note_hint
from shared.identifiers import new_id
from shared.logging import correlation_id
from shared.settings import platform_settings

DIGEST = "digest"
# The rest is told by its number: a mail is no archive.
SHOWN = 50


async def send_digests(session: AsyncSession) -> bool:
    """Makes the mails of some accounts; False when none is due."""
    taken = await digest_repository.take_due(session)
    if not taken:
        return False
    of_account: dict[Account, list[Message]] = {}
    for message, account in await digest_repository.unread_of(session, taken):
        of_account.setdefault(account, []).append(message)
    rows = [
        {**_row(account, messages), "address": reached}
        for account, messages in of_account.items()
        if (reached := address_of(account, Channel.EMAIL)) is not None
    ]
    if rows:
        await repository.add(session, rows)
        note_hint(session, SEND_DUE)
    return True


def _row(account: Account, messages: Sequence[Message]) -> dict[str, object]:
    """It hangs on its newest message, which has no mail of its own."""
    return {
        "id": new_id(),
        "message_id": messages[-1].id,
        "channel": Channel.EMAIL,
        "subject": f"{len(messages)} 条未读消息",
        "text": _text(account, messages),
        "kind": DIGEST,
        "fields": {},
        "correlation_id": correlation_id.get(),
    }


def _text(account: Account, messages: Sequence[Message]) -> str:
    url = platform_settings().public_url
    told = [f"{each.title}\n{each.body}\n{url}{each.link}" for each in messages[:SHOWN]]
    if len(messages) > SHOWN:
        told.append(f"另有 {len(messages) - SHOWN} 条，请到消息中心查看：{url}{address('messages')}")
    ends = f"您选择了每日汇总；改为逐条接收或不再接收：{url}{address('notice-settings')}"
    return "\n\n".join((f"{account.person_name}，您好：", f"您有 {len(messages)} 条未读消息。", *told, ends)) + "\n"
