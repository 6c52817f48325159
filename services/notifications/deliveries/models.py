"""One text message or e-mail: where it goes, what it says, and how far it has come. A row of work whose id is also the key by which the
provider knows it, so that sending it again is the same message.
"""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import NotificationsBase
from services.notifications.deliveries.workflow import DELIVERY, DeliveryStatus
from services.notifications.kinds import Channel
from shared.db.base import Keyed, Timed
from shared.db.types import EncryptedText, code_of
from shared.tasks.work import Work


class Delivery(Keyed, Work, Timed, NotificationsBase):
    """``address`` is a mobile number or an e-mail address, encrypted (PLAT-05); ``subject`` is empty for text messages."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("message_id", "channel"),
        Index("ix_deliveries_due", "due_at", "id", postgresql_where="done_at IS NULL"),
    )

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"))
    channel: Mapped[Channel] = mapped_column(code_of(Channel))
    address: Mapped[str] = mapped_column(EncryptedText)
    subject: Mapped[str]
    text: Mapped[str]
    status: Mapped[DeliveryStatus] = mapped_column(code_of(DeliveryStatus), default=DELIVERY.initial)
    provider_reference: Mapped[str | None]
