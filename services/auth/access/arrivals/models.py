"""What providers have said of auth's own messages, as notifications has passed it on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from services.auth.base import AuthBase
from shared.db.base import Keyed


class TextReceipt(Keyed, AuthBase):
    """It may be here before the message's own row knows its reference, and a second one of the same message says nothing new.
    ``message_id`` is our own id where the provider gives it back. Holds no number; goes after a day."""

    __tablename__ = "text_receipts"
    __table_args__ = (
        UniqueConstraint("provider", "reference"),
        Index("ix_text_receipts_open", "received_at", postgresql_where="matched_at IS NULL"),
    )

    provider: Mapped[str]
    reference: Mapped[str]
    message_id: Mapped[UUID | None]
    delivered: Mapped[bool]
    code: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    matched_at: Mapped[datetime | None]
