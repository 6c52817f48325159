"""E-mail by SMTP, over connections that are kept for the next batch; what is written on them, ``letter`` says."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import aiosmtplib

from services.notifications.deliveries.dkim_signing import signed
from services.notifications.deliveries.letter import Mail, letter, message_id
from services.notifications.deliveries.return_path import return_path
from services.notifications.settings import NotificationSettings
from shared.settings import PlatformSettings
from shared.sms import ChannelDown, MessageRefused, NotHere

TIMEOUT_SECONDS = 5
# Servers hang up on who is silent for some minutes.
IDLE_SECONDS = 60
_TLS: dict[str, tuple[bool, bool | None]] = {
    "auto": (False, None),
    "none": (False, False),
    "starttls": (False, True),
    "tls": (True, False),
}


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
        raise ChannelDown(_fault(error)) from None
    return client


def _fault(error: Exception) -> str:
    """What the operator can mend by its name; anything else by the library's. The library has one class for whatever a server lacks."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate not trusted"
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return f"sign-in refused, SMTP {error.code}"
    if type(error) is aiosmtplib.SMTPException:
        return "no sign-in offered" if "AUTH" in str(error) else "no encryption offered"
    return type(error).__name__


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
        sender, bounces = self._platform.mail_from, self._own.bounce_address
        try:
            written = signed(self._own, letter(mail, sender, self._platform.public_url))
        except ValueError:
            raise MessageRefused("the address cannot be written in a mail") from None
        comes_back_to = return_path(self._platform.signing_key, bounces, mail.id, mail.address) if bounces else sender
        try:
            await self._hand_over(comes_back_to, mail.address, written)
        except aiosmtplib.SMTPServerDisconnected as error:
            if self._fresh:
                raise NotHere(type(error).__name__) from None
            # The server had hung up on a connection that was kept; nothing of this mail can have been taken at its first word.
            self.client, self._fresh = await connect(self._platform, self._own), True
            return await self.send(mail)
        self._fresh = True
        return message_id(mail.id, sender)

    async def _hand_over(self, sender: str, recipient: str, written: bytes) -> None:
        try:
            await self.client.sendmail(sender, [recipient], written)
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
