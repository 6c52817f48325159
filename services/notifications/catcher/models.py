"""What a demo's people and mailboxes would have received. Kept in the database, so that a restart loses nothing."""

from datetime import datetime

from sqlalchemy import UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import NotificationsBase
from services.notifications.kinds import Channel
from shared.db.base import Keyed
from shared.db.types import BlindIndex, EncryptedText, Source, blind_index, code_of, place_indexes


def address_index(address: str) -> bytes:
    """How a phone or mailbox is found here; upper and lower case are one."""
    return blind_index(address.lower())


class CaughtMessage(Keyed, NotificationsBase):
    """``key`` is the sender's id of the message; the same one again is not a second message."""

    __tablename__ = "caught_messages"
    __table_args__ = (UniqueConstraint("channel", "key"),)

    channel: Mapped[Channel] = mapped_column(code_of(Channel))
    key: Mapped[str]
    address: Mapped[str] = mapped_column(EncryptedText)
    address_index: Mapped[bytes] = mapped_column(BlindIndex(Source("address", address_index)))
    subject: Mapped[str]
    text: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


place_indexes("ix_caught_messages_address_index", CaughtMessage.address_index)
