"""The mail server of a demo: takes whatever is handed to it and keeps it where people can read it. Nothing leaves the machine."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from typing import Any

from aiosmtpd.smtp import SMTP

from services.notifications.catcher import repository
from services.notifications.kinds import Channel
from services.notifications.settings import notification_settings
from shared.errors import Unavailable
from shared.logging import get_logger
from shared.runtime import Runtime

MAX_BYTES = 10 * 1024 * 1024
log = get_logger(__name__)


class _Catcher:
    """What the SMTP protocol calls when a mail has been handed over."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        key = message["Message-ID"] or sha256(envelope.content).hexdigest()
        try:
            async with self._runtime.database.unit_of_work() as session:
                for address in envelope.rcpt_tos:
                    await repository.keep(
                        session,
                        Channel.EMAIL,
                        f"{key} {address}",
                        address=address,
                        subject=_clean(str(message["Subject"] or "")),
                        text=_clean(_text_of(message)),
                    )
        except Unavailable:
            return "451 the catcher's database is away, try again later"
        return "250 kept"


def _text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    return body.get_content() if body is not None else ""


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()


@asynccontextmanager
async def catch_mail(runtime: Runtime) -> AsyncIterator[None]:
    """Listens as long as the app lives, in a demo only. Of several processes the first gets the port, the others go on without."""
    server = await _listen(runtime) if runtime.settings.demo else None
    try:
        yield
    finally:
        if server is not None:
            server.close()


async def _listen(runtime: Runtime) -> asyncio.Server | None:
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # below that it writes the addresses (PLAT-05)
    host = notification_settings().catcher_bind or runtime.settings.smtp_host
    catcher, loop = _Catcher(runtime), asyncio.get_running_loop()
    try:
        return await loop.create_server(
            lambda: SMTP(catcher, data_size_limit=MAX_BYTES, enable_SMTPUTF8=True, hostname="catcher", loop=loop),
            host,
            runtime.settings.smtp_port,
        )
    except OSError as error:
        log.info("mail_port_taken", port=runtime.settings.smtp_port, error=error.strerror)
        return None
