"""A provider that speaks plain HTTP: ``POST {id, phone, text}``, answered with ``{reference}``. The id is the key by which it knows a
message again; the catcher of a demo speaks the same.
"""

import httpx

from shared.sms.messages import (
    Asked,
    CannotAsk,
    ChannelDown,
    MessageRefused,
    NoAnswer,
    Report,
    Sms,
    exchange,
    object_of,
    storable,
)

# Ours to put right (a wrong address or key, an account without credit) or theirs to recover from, not the message's fault.
_LATER = {401, 402, 403, 404, 405, 425, 429, 503}


class PlainProvider:
    """The provider at ``url``; an empty one takes nothing."""

    name = "http"
    knows_again = True
    lists_all = False

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def takes(self, kind: str) -> bool:
        return True

    async def send(self, client: httpx.AsyncClient, sms: Sms) -> str:
        if not self._url:
            raise ChannelDown("no SMS provider is set")
        body = {"id": str(sms.id), "phone": sms.phone, "text": sms.text}
        try:
            request = client.build_request("POST", self._url, json=body, headers=self._headers)
        except httpx.InvalidURL as error:
            raise ChannelDown(type(error).__name__) from None
        answer = await exchange(client, request)
        said = f"HTTP {answer.status_code}"
        if answer.status_code in _LATER or answer.is_redirect:
            raise ChannelDown(said)
        if answer.is_server_error or answer.status_code == 408:
            raise NoAnswer(said)
        if not answer.is_success:
            raise MessageRefused(said)
        return storable(object_of(answer).get("reference")) or str(sms.id)

    async def ask(self, client: httpx.AsyncClient, asked: Asked) -> Report | None:
        raise CannotAsk("the provider is not asked, but sent the same id again")


def plain_sms(url: str, token: str) -> PlainProvider:
    """The provider at ``url``."""
    return PlainProvider(url, token)
