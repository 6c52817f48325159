"""A notice: what one event has to say, and how far it has been handed out. A row of work, so that a mass notice goes out in batches and
goes on after any interruption (PLAT-11).
"""

from uuid import UUID

from sqlalchemy import Index, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import NotificationsBase
from services.notifications.kinds import MessageKind
from shared.db.base import Keyed, Timed
from shared.db.types import code_of
from shared.roles import Permission
from shared.tasks.work import Work


class Notice(Keyed, Work, Timed, NotificationsBase):
    """``organisation_ids`` None means every organisation; ``expanded_to`` is the last account that has its message."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_due", "due_at", "id", postgresql_where="done_at IS NULL"),)

    source_event_id: Mapped[UUID] = mapped_column(unique=True)
    kind: Mapped[MessageKind] = mapped_column(code_of(MessageKind))
    title: Mapped[str]
    body: Mapped[str]
    link: Mapped[str]
    permission: Mapped[Permission] = mapped_column(code_of(Permission))
    channels: Mapped[list[str]] = mapped_column(ARRAY(String))
    organisation_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    expanded_to: Mapped[UUID | None]
