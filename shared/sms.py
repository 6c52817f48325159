"""Text messages through a provider that speaks HTTP: ``POST {id, phone, text}``, answered with ``{reference}``. The id is the key by which
the provider knows a message again; the catcher speaks the same. The words of a fault name the fault only: no number and no text ever gets
into an error (PLAT-05). Who sends what, and how often it is tried, is the services' business.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

import httpx

from shared.settings import PlatformSettings

# Ours to put right (a wrong address or key, an account without credit) or theirs to recover from, not the message's fault.
_LATER = {401, 402, 403, 404, 405, 408, 425, 429}
_REFERENCE_LENGTH = 100


class ChannelDown(Exception):
    """The provider does not take anything now; the rest of the batch need not be tried."""


class MessageRefused(Exception):
    """The provider will never take this message: a wrong number, a mailbox that does not exist."""


@dataclass(frozen=True)
class Sms:
    """One text message; its ``repr`` shows neither phone nor text."""

    id: UUID
    phone: str = field(repr=False)
    text: str = field(repr=False)


SendSms = Callable[[httpx.AsyncClient, Sms], Awaitable[str]]


def sms_provider(settings: PlatformSettings) -> SendSms:
    """The provider that the settings name: theirs, or the catcher of a demo, or none, and then every send is ``ChannelDown``."""
    caught = f"{settings.catcher_url}/sms" if settings.demo and settings.catcher_url else ""
    return http_sms(settings.sms_url or caught, settings.sms_token)


def http_sms(url: str, token: str) -> SendSms:
    """A sender for the provider at ``url``. It returns the provider's reference and raises ``ChannelDown`` or ``MessageRefused``."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def send(client: httpx.AsyncClient, sms: Sms) -> str:
        if not url:
            raise ChannelDown("no SMS provider is set")
        body = {"id": str(sms.id), "phone": sms.phone, "text": sms.text}
        try:
            answer = await client.post(url, json=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ChannelDown(type(error).__name__) from error
        if answer.status_code in _LATER or answer.is_redirect or answer.is_server_error:
            raise ChannelDown(f"HTTP {answer.status_code}")
        if not answer.is_success:
            raise MessageRefused(f"HTTP {answer.status_code}")
        return _reference(answer) or str(sms.id)

    return send


def _reference(answer: httpx.Response) -> str:
    """Whatever a provider says here, it can be stored."""
    try:
        reference = str(answer.json()["reference"] or "")
    except (ValueError, KeyError, TypeError):
        return ""
    return reference[:_REFERENCE_LENGTH] if reference.isprintable() else ""
