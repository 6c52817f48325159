"""What an account has chosen for a kind of message and a channel (BEY-03). Without a row its wishes for the channel as a whole hold
(AUTH-18)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import NotificationsBase
from services.notifications.kinds import Channel, MessageKind
from shared.db.types import code_of


class Preference(NotificationsBase):
    __tablename__ = "preferences"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[MessageKind] = mapped_column(code_of(MessageKind), primary_key=True)
    channel: Mapped[Channel] = mapped_column(code_of(Channel), primary_key=True)
    wanted: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
