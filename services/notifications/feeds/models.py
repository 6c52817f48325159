"""The address that an account's calendar program subscribes to, and what it was told there: of which form each event is, a calendar program
wants to know, and no other service keeps it.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import NotificationsBase


class CalendarFeed(NotificationsBase):
    """One an account; the secret in its address is known by its hash alone. ``used_at`` is right to the hour."""

    __tablename__ = "calendar_feeds"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    used_at: Mapped[datetime | None]


class FeedEntry(NotificationsBase):
    """An event as it was told last: ``content`` is a ``shared.ical.Entry``, ``sequence`` and ``changed_at`` those of its form."""

    __tablename__ = "feed_entries"

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("calendar_feeds.account_id", ondelete="CASCADE"), primary_key=True
    )
    uid: Mapped[UUID] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    ends_on: Mapped[date]
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    changed_at: Mapped[datetime]
    cancelled: Mapped[bool] = mapped_column(default=False, server_default="false")
