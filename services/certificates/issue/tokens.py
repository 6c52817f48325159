"""What the QR of a page says: the certificate's id and the page's edition, signed (BEY-05). Pages that were printed before editions were
told apart carry the id alone and stay good.
"""

from dataclasses import dataclass
from uuid import UUID

from shared.crypto import read_short, sign_short

_ID_BYTES = 16
# One byte does for 255 editions; a tenth of a QR's module is saved by not writing more.
_MOST_EDITION_BYTES = 3


@dataclass(frozen=True)
class PageToken:
    """``edition`` is None for a page of the time before editions."""

    certificate_id: UUID
    edition: int | None


def token_of_page(keys: tuple[str, ...], certificate_id: UUID, edition: int) -> str:
    """The signed payload of one page; ``edition`` counts from 1."""
    told = edition.to_bytes((edition.bit_length() + 7) // 8, "big")
    return sign_short(keys, certificate_id.bytes + told)


def read_token(keys: tuple[str, ...], token: str) -> PageToken | None:
    """What the token says; None when it was not signed here or was changed in any place."""
    payload = read_short(keys, token)
    if payload is None or not _ID_BYTES <= len(payload) <= _ID_BYTES + _MOST_EDITION_BYTES:
        return None
    told = payload[_ID_BYTES:]
    return PageToken(UUID(bytes=payload[:_ID_BYTES]), int.from_bytes(told, "big") if told else None)
