"""What is asked of a provider of text messages, and how it may answer (BEY-12). The words of a fault name the fault only: no number and no
text ever gets into an error (PLAT-05).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

import httpx

REFERENCE_LENGTH = 100


class ChannelDown(Exception):
    """The provider does not take anything now; the rest of the batch need not be tried."""


class NotHere(ChannelDown):
    """The provider does not take this message, now or ever, and says nothing of others: a limit of its own, a template that does not fit.
    Another provider may take it."""


class NoAnswer(ChannelDown):
    """The message may have been taken: it was handed over, and no answer came. Nobody else may have it before that is known."""


class CannotAsk(Exception):
    """The provider does not say what became of a message."""


class MessageRefused(Exception):
    """No provider will ever take this message: a wrong number, a mailbox that does not exist."""


@dataclass(frozen=True)
class Sms:
    """One text message; its ``repr`` shows neither phone nor text. ``kind`` and ``fields`` are what a provider's template is chosen by and
    filled with; ``text`` is the same in our words, signature first."""

    id: UUID
    phone: str = field(repr=False)
    text: str = field(repr=False)
    kind: str = ""
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Asked:
    """The message whose fate is asked for: handed over at ``handed_at``; ``reference`` is None where the provider never answered."""

    id: UUID
    phone: str = field(repr=False)
    handed_at: datetime
    reference: str | None = None


class Verdict(StrEnum):
    TAKEN = "taken"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True)
class Report:
    """What a provider says of a message that it took; ``code`` is its word for it, such as DELIVERED."""

    reference: str
    verdict: Verdict
    code: str = ""


class Provider(Protocol):
    """``knows_again``: the same id is the same message there, however often it is sent. ``lists_all``: a message that it does not name when
    asked was not taken."""

    @property
    def name(self) -> str: ...

    @property
    def knows_again(self) -> bool: ...

    @property
    def lists_all(self) -> bool: ...

    def takes(self, kind: str) -> bool:
        """Whether it has words for that kind."""
        ...

    async def send(self, client: httpx.AsyncClient, sms: Sms) -> str:
        """The provider's reference. Raises ``ChannelDown``, ``NotHere``, ``NoAnswer`` or ``MessageRefused``."""
        ...

    async def ask(self, client: httpx.AsyncClient, asked: Asked) -> Report | None:
        """What became of the message; None when it is not known there. Raises ``ChannelDown`` or ``CannotAsk``."""
        ...


# Nothing has left: neither a connection nor an address.
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.InvalidURL, httpx.UnsupportedProtocol)


async def exchange(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """The answer to ``request``, whatever it says. Raises ``ChannelDown`` when nothing was handed over, ``NoAnswer`` when it was."""
    try:
        return await client.send(request)
    except _NEVER_LEFT as error:
        raise ChannelDown(type(error).__name__) from None
    except httpx.HTTPError as error:
        raise NoAnswer(type(error).__name__) from None


def object_of(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; empty for anything else."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def storable(value: object) -> str:
    """Whatever a provider says here, it can be stored."""
    said = str(value or "")
    return said[:REFERENCE_LENGTH] if said.isprintable() else ""
