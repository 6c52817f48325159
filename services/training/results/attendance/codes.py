"""The code on the wall (BEY-15): a short signed token that is good for five minutes, so that it cannot be passed on to somebody who is not
there. It carries the class session and the minute in which it was made; the training day is that minute's date in Beijing.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

import segno

from shared.clock import beijing_today
from shared.crypto import read_short, sign_short

VALID_MINUTES: Final = 5
_ID_BYTES = 16
_MINUTE_BYTES = 4


@dataclass(frozen=True)
class Code:
    """``minute`` counts from 1970."""

    class_session_id: UUID
    minute: int

    @property
    def day(self) -> date:
        return beijing_today(_instant(self.minute))

    @property
    def expires_at(self) -> datetime:
        return _instant(self.minute + VALID_MINUTES)

    def token(self, signing_key: tuple[str, ...]) -> str:
        payload = self.class_session_id.bytes + self.minute.to_bytes(_MINUTE_BYTES, "big")
        return sign_short(signing_key, payload)


def _instant(minute: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)


def _minute(now: datetime) -> int:
    return int(now.timestamp()) // 60


def new_code(class_session_id: UUID, now: datetime) -> Code:
    """The code of this minute: whoever asks twice in it gets the same."""
    return Code(class_session_id, _minute(now))


def read_code(token: str, signing_key: tuple[str, ...], now: datetime) -> Code | None:
    """The code behind a token; None when it was not made here, was changed, or is not good now."""
    payload = read_short(signing_key, token)
    if payload is None or len(payload) != _ID_BYTES + _MINUTE_BYTES:
        return None
    code = Code(UUID(bytes=payload[:_ID_BYTES]), int.from_bytes(payload[_ID_BYTES:], "big"))
    return code if 0 <= _minute(now) - code.minute < VALID_MINUTES else None


def qr_svg(url: str) -> str:
    """The QR of ``url`` as SVG to stand in a page, or to be a picture of its own; it grows with what it stands in."""
    drawn: str = segno.make_qr(url, error="m").svg_inline(border=4, omitsize=True, dark="#000", light="#fff")
    return drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
