"""Where a mail comes back to that cannot be delivered: an address of its own for each delivery, signed, so that what comes back says whose
it was and nobody can make it up. It names the mailbox, too, by three bytes: what comes back from an old one says nothing of a new one.
"""

import base64
import hashlib
from uuid import UUID

from shared.crypto import read_short, sign_short

_PURPOSE = b"b"
_ID_BYTES, _MAILBOX_BYTES = 16, 3
LONGEST_HEAD = 14  # of the 64 characters before the @, the token and its sign take 50


def return_path(keys: tuple[str, ...], bounces: str, delivery_id: UUID, mailbox: str) -> str:
    """``bounces+token@…``; in small letters and digits alone, because servers on the way may change the others."""
    signed = sign_short(keys, _PURPOSE + delivery_id.bytes + _mark(mailbox))
    raw = base64.urlsafe_b64decode(signed + "=" * (-len(signed) % 4))
    head, _, domain = bounces.partition("@")
    return f"{head}+{base64.b32encode(raw).decode().rstrip('=').lower()}@{domain}"


def read_return_path(keys: tuple[str, ...], bounces: str, address: str) -> tuple[UUID, bytes] | None:
    """(delivery, mark of its mailbox) of such an address; None for any other."""
    head, _, domain = bounces.lower().partition("@")
    local, _, there = address.strip().lower().rpartition("@")
    plus, _, token = local.rpartition("+")
    if (plus, there) != (head, domain) or not token.isascii():
        return None
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except ValueError:
        return None
    payload = read_short(keys, base64.urlsafe_b64encode(raw).decode().rstrip("="))
    if payload is None or payload[:1] != _PURPOSE or len(payload) != 1 + _ID_BYTES + _MAILBOX_BYTES:
        return None
    return UUID(bytes=payload[1 : 1 + _ID_BYTES]), payload[1 + _ID_BYTES :]


def is_marked(mark: bytes, mailbox: str) -> bool:
    """Whether the mark is of that mailbox."""
    return mark == _mark(mailbox)


def _mark(mailbox: str) -> bytes:
    return hashlib.sha256(mailbox.strip().lower().encode()).digest()[:_MAILBOX_BYTES]
