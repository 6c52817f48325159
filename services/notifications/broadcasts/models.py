"""An office's own notice to units: what it says, to whom, on which ways and until when; how far it has come stands in its notice."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import NotificationsBase
from services.notifications.broadcasts.workflow import BROADCAST, BroadcastStatus, Recipients
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import code_of


class Broadcast(Keyed, Timed, Versioned, NotificationsBase):
    """To units of the kind ``to`` within ``region_prefixes``, which lie in the office's own, and, with a ``plan_id``, of that plan alone.
    ``recipients`` is how many accounts that was when it was counted last; who they were stands under the broadcast's id in
    ``listed_accounts`` from when it was sent. Nothing of it is sent after ``last_day``."""

    __tablename__ = "broadcasts"
    __table_args__ = (Index(None, "organisation_id", "created_at", "id"),)

    status: Mapped[BroadcastStatus] = mapped_column(code_of(BroadcastStatus), default=BROADCAST.initial)
    title: Mapped[str]
    body: Mapped[str]
    to: Mapped[Recipients] = mapped_column(code_of(Recipients))
    region_prefixes: Mapped[list[str]] = mapped_column(ARRAY(String))
    plan_id: Mapped[UUID | None]
    plan_name: Mapped[str] = mapped_column(default="", server_default="")
    channels: Mapped[list[str]] = mapped_column(ARRAY(String))
    last_day: Mapped[date]
    recipients: Mapped[int] = mapped_column(default=0, server_default="0")
    author_id: Mapped[UUID]
    author_name: Mapped[str]
    organisation_id: Mapped[UUID]
    organisation_name: Mapped[str]
    approved_by_name: Mapped[str | None]
    sent_at: Mapped[datetime | None]
