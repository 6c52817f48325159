"""Tickets: what somebody holds who has just proved something here, a picture check or a password, and need not prove it again for the
next step. Sealed, bound to one action and, where it matters, to one subject; good for a short time and for one use.
"""

import secrets
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ValidationError

from services.auth.access.challenges.actions import Action
from shared.clock import now_utc
from shared.crypto import DecryptionFailed
from shared.db.types import field_cipher


class Ticket(BaseModel):
    """``subject`` "" serves whoever holds it."""

    action: Action
    subject: str
    expires_at: datetime
    nonce: str


def make_ticket(action: Action, *, seconds: int, subject: str = "") -> str:
    """The text of a fresh ticket."""
    expires_at = now_utc() + timedelta(seconds=seconds)
    ticket = Ticket(action=action, subject=subject, expires_at=expires_at, nonce=secrets.token_hex(16))
    return field_cipher().encrypt(f"ticket:{ticket.model_dump_json()}").decode("ascii")


def read_ticket(text: str) -> Ticket | None:
    """The ticket, expired or not; None when it is none of ours."""
    try:
        kind, _, content = field_cipher().decrypt(text.encode("ascii")).partition(":")
        ticket = Ticket.model_validate_json(content)
    except (DecryptionFailed, UnicodeEncodeError, ValidationError):
        return None
    return ticket if kind == "ticket" else None


def is_over(ticket: Ticket) -> bool:
    """Whether it is too old."""
    return ticket.expires_at <= datetime.now(UTC)
