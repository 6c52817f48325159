"""Words of messages as the administration has put them (消息模板): each saving is a version of its own, the newest holds, and none is ever
changed. What has no version is said as it was shipped (``notices.texts``)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import NotificationsBase
from services.notifications.kinds import MessageKind
from services.notifications.templates.workflow import Place
from shared.db.base import Keyed
from shared.db.types import code_of


class MessageTemplate(Keyed, NotificationsBase):
    """``body`` None means as shipped, again; so does an empty ``title``, which a text message has never. ``providers`` are templates that
    providers of text messages have approved, by provider, as ``shared.sms.templates`` reads them."""

    __tablename__ = "message_templates"
    __table_args__ = (UniqueConstraint("kind", "place", "version"),)

    kind: Mapped[MessageKind] = mapped_column(code_of(MessageKind))
    place: Mapped[Place] = mapped_column(code_of(Place))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(default="", server_default="")
    body: Mapped[str | None]
    providers: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    made_by: Mapped[UUID]
    made_by_name: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
