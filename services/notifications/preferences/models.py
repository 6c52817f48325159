"""What an account has chosen for a kind of message and a channel (BEY-03), and when and how its messages may come. Without a row its
wishes for the channel as a whole hold (AUTH-18), and the hours of the platform."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, func
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


class NoticeSetting(NotificationsBase):
    """``quiet_from`` to ``quiet_until`` are hours of Beijing in which nothing is sent by SMS that can wait, None where the platform's
    hold; the same hour twice means that nothing waits. ``digest``: mails that can be chosen come together, once a day."""

    __tablename__ = "notice_settings"
    __table_args__ = (
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="both_hours"),
        CheckConstraint("quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23", name="hours"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    digest: Mapped[bool] = mapped_column(default=False, server_default="false")
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    @property
    def quiet(self) -> tuple[int, int] | None:
        """Its own hours, where it has some."""
        return None if self.quiet_from is None or self.quiet_until is None else (self.quiet_from, self.quiet_until)
