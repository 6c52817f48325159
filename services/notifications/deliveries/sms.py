"""Text messages through a provider that speaks HTTP: ``POST {id, phone, text}``, answered with ``{reference}``. The id is the key by which
the provider knows a message again; the catcher speaks the same.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

import httpx

from services.notifications.deliveries.faults import ChannelDown, MessageRefused

# Ours to put right or theirs to recover from, not the message's fault.
_LATER = {401, 403, 404, 408, 425, 429}


@dataclass(frozen=True)
class Sms:
    """One text message; its ``repr`` shows neither phone nor text."""

    id: UUID
    phone: str = field(repr=False)
    text: str = field(repr=False)


SendSms = Callable[[httpx.AsyncClient, Sms], Awaitable[str]]


def http_sms(url: str, token: str) -> SendSms:
    """A sender for the provider at ``url``. It returns the provider's reference and raises ``ChannelDown`` or ``MessageRefused``."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def send(client: httpx.AsyncClient, sms: Sms) -> str:
        if not url:
            raise ChannelDown("no SMS provider is set")
        body = {"id": str(sms.id), "phone": sms.phone, "text": sms.text}
        try:
            answer = await client.post(url, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise ChannelDown(type(error).__name__) from error
        if answer.status_code in _LATER or answer.is_server_error:
            raise ChannelDown(f"HTTP {answer.status_code}")
        if not answer.is_success:
            raise MessageRefused(f"HTTP {answer.status_code}")
        return _reference(answer) or str(sms.id)

    return send


def _reference(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["reference"])
    except (ValueError, KeyError, TypeError):
        return ""
