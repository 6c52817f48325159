"""One text message or e-mail: where it goes, what it says, and how far it has come. A row of work whose id is also the key by which the
provider knows it, so that sending it again is the same message.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import NotificationsBase
from services.notifications.deliveries.workflow import DELIVERY, DeliveryStatus
from services.notifications.kinds import Channel
from shared.db.base import Keyed, Timed
from shared.db.types import BlindIndex, EncryptedText, code_of
from shared.tasks.texting import Circuit, Texting


class Delivery(Keyed, Texting, Timed, NotificationsBase):
    """``address`` is a mobile number or an e-mail address, encrypted (PLAT-05); ``subject`` is empty for text messages; ``kind`` and
    ``fields`` are what a provider's template is chosen by and filled with. After ``useless_at`` nobody wants it any more; its reader can
    choose to have no more that are ``optional``. A text message without a receipt is asked about at ``ask_at``, ``asked`` times so far;
    ``reported`` is the receipt's word."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("message_id", "channel"),
        Index("ix_deliveries_due", "due_at", "id", postgresql_where="done_at IS NULL"),
        Index("ix_deliveries_useless", "useless_at", postgresql_where="done_at IS NULL"),
        Index("ix_deliveries_ask", "ask_at", postgresql_where="ask_at IS NOT NULL"),
        Index("ix_deliveries_reference", "provider", "provider_reference"),
        Index("ix_deliveries_created_at_id", "created_at", "id"),
        Index("ix_deliveries_troubled", "updated_at", postgresql_where="status IN ('failed', 'unclear')"),
        {"info": {"label": "短信和邮件"}},
    )

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"))
    channel: Mapped[Channel] = mapped_column(code_of(Channel))
    address: Mapped[str] = mapped_column(EncryptedText)
    subject: Mapped[str]
    text: Mapped[str]
    status: Mapped[DeliveryStatus] = mapped_column(code_of(DeliveryStatus), default=DELIVERY.initial)
    provider_reference: Mapped[str | None]
    kind: Mapped[str] = mapped_column(default="", server_default="")
    fields: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict, server_default="{}")
    useless_at: Mapped[datetime | None]
    optional: Mapped[bool] = mapped_column(default=False, server_default="false")
    ask_at: Mapped[datetime | None]
    asked: Mapped[int] = mapped_column(default=0, server_default="0")
    reported: Mapped[str | None]
    delivered_at: Mapped[datetime | None]


class Receipt(Keyed, NotificationsBase):
    """What a provider has called back about a message, as it came: it may be here before the message's own row knows its reference, and a
    second one of the same message says nothing new. ``message_id`` is our own id where the provider gives it back; one that is about no
    delivery is passed on to auth at ``passed_on_at``. Holds no number."""

    __tablename__ = "receipts"
    __table_args__ = (
        UniqueConstraint("provider", "reference"),
        Index("ix_receipts_open", "received_at", postgresql_where="matched_at IS NULL"),
        Index("ix_receipts_strange", "received_at", postgresql_where="matched_at IS NULL AND passed_on_at IS NULL"),
    )

    provider: Mapped[str]
    reference: Mapped[str]
    message_id: Mapped[UUID | None]
    delivered: Mapped[bool]
    code: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    matched_at: Mapped[datetime | None]
    passed_on_at: Mapped[datetime | None]


class ProviderCircuit(Circuit, NotificationsBase):
    """Which providers rest, as the workers of notifications have found."""

    __tablename__ = "provider_circuits"


class DayCount(NotificationsBase):
    """How many messages an address was sent on a Beijing day: what the cap is held against. Goes after two days."""

    __tablename__ = "day_counts"

    address_index: Mapped[bytes] = mapped_column(BlindIndex(), primary_key=True)
    channel: Mapped[Channel] = mapped_column(code_of(Channel), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]


class Usage(NotificationsBase):
    """Pieces of text message that providers have taken on a Beijing day: what is paid for, and held against the month's budget."""

    __tablename__ = "usage"

    day: Mapped[date] = mapped_column(primary_key=True)
    pieces: Mapped[int]


class DigestLine(NotificationsBase):
    """A message whose mail waits for the mail that has the messages of a day; goes with it."""

    __tablename__ = "digest_lines"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(index=True)
    due_at: Mapped[datetime] = mapped_column(index=True)


class Trouble(NotificationsBase):
    """An account whose address does not work on a channel, since when and why: a provider or a receipt has said so, of a delivery or (then
    without ``delivery_id``) of auth's own message. It ends when something arrives there, or when the account has another ``address``."""

    __tablename__ = "troubles"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[Channel] = mapped_column(code_of(Channel), primary_key=True)
    address: Mapped[str] = mapped_column(EncryptedText)
    error: Mapped[str]
    delivery_id: Mapped[UUID | None]
    since: Mapped[datetime] = mapped_column(server_default=func.now())
