"""E-mail by SMTP, over connections that are kept for the next batch. The Message-ID is made from the delivery's id, so that a mail that
goes twice after a crash is known as the same one. Both parts, plain and HTML, are made from the same words; what can be chosen away says
how, for a press of the mail program's own button (RFC 8058).
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import formatdate
from html import escape
from uuid import UUID
from weakref import WeakKeyDictionary

import aiosmtplib

from services.notifications.settings import NotificationSettings
from shared.settings import PlatformSettings
from shared.sms import ChannelDown, MessageRefused, NotHere

TIMEOUT_SECONDS = 5
# Servers hang up on who is silent for some minutes.
IDLE_SECONDS = 60
_LINK = re.compile(r"https?://[^\s<>\"，。；]+")
_TLS: dict[str, tuple[bool, bool | None]] = {
    "auto": (False, None),
    "none": (False, False),
    "starttls": (False, True),
    "tls": (True, False),
}


@dataclass(frozen=True)
class Mail:
    """One e-mail; its ``repr`` shows neither address nor text. ``unsubscribe`` is the address that ends this kind, where it can be
    ended."""

    id: UUID
    address: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    unsubscribe: str | None = field(default=None, repr=False)


def html_of(text: str) -> str:
    """The same words for a mail program that shows HTML: paragraphs, and addresses that can be followed."""
    linked = [
        _LINK.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', escape(part, quote=True)).replace("\n", "<br>")
        for part in text.strip().split("\n\n")
    ]
    body = "".join(f"<p>{part}</p>" for part in linked)
    return f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"></head><body>{body}</body></html>'


def envelope(mail: Mail, sender: str) -> EmailMessage:
    """The mail as it is written on the wire. Raises ValueError when the address cannot be written in one."""
    message = EmailMessage(policy=WIRE)
    message["From"] = sender
    message["To"] = mail.address
    message["Subject"] = mail.subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text, cte="base64")
    message.add_alternative(html_of(mail.text), subtype="html", cte="base64")
    return message


@dataclass
class _Kept:
    client: aiosmtplib.SMTP
    used_at: float


# A connection belongs to the loop that made it; the pool is the process's, as its sockets are, and ends with it.
_POOLS: "WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[object, ...], list[_Kept]]]" = WeakKeyDictionary()


def _pool(platform: PlatformSettings, own: NotificationSettings) -> list[_Kept]:
    key = (platform.smtp_host, platform.smtp_port, own.smtp_username, own.smtp_security)
    return _POOLS.setdefault(asyncio.get_running_loop(), {}).setdefault(key, [])


async def connect(platform: PlatformSettings, own: NotificationSettings) -> aiosmtplib.SMTP:
    """A new signed-in connection to the mail server. Raises ``ChannelDown`` when there is none to be had."""
    use_tls, start_tls = _TLS[own.smtp_security]
    client = aiosmtplib.SMTP(
        hostname=platform.smtp_host,
        port=platform.smtp_port,
        username=own.smtp_username or None,
        password=own.smtp_password or None,
        timeout=TIMEOUT_SECONDS,
        use_tls=use_tls,
        start_tls=start_tls,
    )
    try:
        await client.connect()
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        client.close()
        raise ChannelDown(type(error).__name__) from None
    return client


@asynccontextmanager
async def mail_connection(platform: PlatformSettings, own: NotificationSettings) -> AsyncIterator["Line"]:
    """A line to the mail server, kept from before where one is there and still fresh. Raises ``ChannelDown`` when there is none."""
    pool, now = _pool(platform, own), time.monotonic()
    while pool:
        kept = pool.pop()
        if kept.client.is_connected and now - kept.used_at < IDLE_SECONDS:
            line = Line(platform, own, kept.client, fresh=False)
            break
        kept.client.close()
    else:
        line = Line(platform, own, await connect(platform, own), fresh=True)
    try:
        yield line
    except BaseException:
        line.client.close()
        raise
    if line.client.is_connected:
        pool.append(_Kept(line.client, time.monotonic()))


class Line:
    """One connection, made anew when the server has hung up: a mail that was cut off is that mail's trouble, not the next one's."""

    def __init__(
        self, platform: PlatformSettings, own: NotificationSettings, client: aiosmtplib.SMTP, *, fresh: bool
    ) -> None:
        self._platform, self._own, self.client, self._fresh = platform, own, client, fresh

    async def send(self, mail: Mail) -> str:
        """Hands over one e-mail and returns its Message-ID. Raises ``ChannelDown`` when the server is away, ``NotHere`` when this mail has
        to wait (greylisted, cut off), ``MessageRefused`` when it will never be taken."""
        if not self.client.is_connected:
            self.client, self._fresh = await connect(self._platform, self._own), True
        try:
            message = envelope(mail, self._platform.mail_from)
        except ValueError:
            raise MessageRefused("the address cannot be written in a mail") from None
        try:
            await self._hand_over(message)
        except aiosmtplib.SMTPServerDisconnected as error:
            if self._fresh:
                raise NotHere(type(error).__name__) from None
            # The server had hung up on a connection that was kept; nothing of this mail can have been taken at its first word.
            self.client, self._fresh = await connect(self._platform, self._own), True
            return await self.send(mail)
        self._fresh = True
        return str(message["Message-ID"])

    async def _hand_over(self, message: EmailMessage) -> None:
        try:
            await self.client.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refused(error.recipients[0].code) from None
        except aiosmtplib.SMTPSenderRefused as error:
            raise ChannelDown(f"sender refused, SMTP {error.code}") from None  # our setting, not this message
        except aiosmtplib.SMTPResponseException as error:
            raise _refused(error.code) from None
        except (aiosmtplib.SMTPNotSupported, ValueError):
            raise MessageRefused("the server does not take such an address") from None
        except aiosmtplib.SMTPServerDisconnected:
            raise
        except (aiosmtplib.SMTPException, OSError) as error:
            self.client.close()
            raise NotHere(type(error).__name__) from None


def _refused(code: int) -> ChannelDown | MessageRefused:
    """The server's words are left out: they repeat the address. 421 is the server's own end."""
    if code == 421:
        return ChannelDown(f"SMTP {code}")
    return MessageRefused(f"SMTP {code}") if 500 <= code < 600 else NotHere(f"SMTP {code}")
