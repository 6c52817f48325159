"""E-mail by SMTP, one connection for a batch. The Message-ID is made from the delivery's id, so that a mail that goes twice after a crash
is known as the same one.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from uuid import UUID

import aiosmtplib

from services.notifications.settings import NotificationSettings
from shared.settings import PlatformSettings
from shared.sms import ChannelDown, MessageRefused

TIMEOUT_SECONDS = 5


@dataclass(frozen=True)
class Mail:
    """One e-mail; its ``repr`` shows neither address nor text."""

    id: UUID
    address: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)


def _envelope(mail: Mail, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail.address
    message["Subject"] = mail.subject
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    message.set_content(mail.text)
    return message


@asynccontextmanager
async def mail_connection(platform: PlatformSettings, own: NotificationSettings) -> AsyncIterator[aiosmtplib.SMTP]:
    """A signed-in connection to the mail server. Raises ``ChannelDown`` when there is none to be had."""
    client = aiosmtplib.SMTP(
        hostname=platform.smtp_host,
        port=platform.smtp_port,
        username=own.smtp_username or None,
        password=own.smtp_password or None,
        timeout=TIMEOUT_SECONDS,
    )
    try:
        await client.connect()
    except (aiosmtplib.SMTPException, OSError) as error:
        raise ChannelDown(type(error).__name__) from error
    try:
        yield client
    finally:
        client.close()


async def send_mail(client: aiosmtplib.SMTP, mail: Mail, sender: str) -> str:
    """Hands over one e-mail and returns its Message-ID. Raises ``ChannelDown`` or ``MessageRefused``."""
    try:
        message = _envelope(mail, sender)
    except ValueError as error:
        raise MessageRefused("the address cannot be written in a mail") from error
    try:
        await client.send_message(message)
    except aiosmtplib.SMTPRecipientsRefused as error:
        raise _refused(error.recipients[0].code) from None
    except aiosmtplib.SMTPSenderRefused as error:
        raise ChannelDown(f"sender refused, SMTP {error.code}") from None  # our setting, not this message
    except aiosmtplib.SMTPResponseException as error:
        raise _refused(error.code) from None
    except (aiosmtplib.SMTPNotSupported, ValueError):
        raise MessageRefused("the server does not take such an address") from None
    except (aiosmtplib.SMTPException, OSError) as error:
        raise ChannelDown(type(error).__name__) from None
    return str(message["Message-ID"])


def _refused(code: int) -> ChannelDown | MessageRefused:
    """The server's words are left out: they repeat the address."""
    return MessageRefused(f"SMTP {code}") if 500 <= code < 600 else ChannelDown(f"SMTP {code}")
