"""The inbox: one message per account and notice, read or not. Holds no phone and no e-mail address (PLAT-05)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import NotificationsBase
from services.notifications.kinds import MessageKind
from shared.db.base import Keyed
from shared.db.types import TransactionId, code_of


class Message(Keyed, NotificationsBase):
    """``link`` is a path of the portal. One event reaches an account once, however often its notice is handed out.
    ``fold_…`` is how several of a kind and a day become one line: of the same key, under that title, leading there. ``xid`` is the
    transaction that wrote it, the place at which open inboxes are told of it (ADR 35); None is older than any of them."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("source_event_id", "account_id"),
        Index(None, "account_id", "created_at", "id"),
        Index("ix_messages_unread", "account_id", postgresql_where="read_at IS NULL"),
        Index("ix_messages_place", "account_id", "xid", "id"),
    )

    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notices.id"), index=True)
    source_event_id: Mapped[UUID]
    account_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    kind: Mapped[MessageKind] = mapped_column(code_of(MessageKind))
    title: Mapped[str]
    body: Mapped[str]
    link: Mapped[str]
    fold_key: Mapped[str | None]
    fold_title: Mapped[str] = mapped_column(default="", server_default="")
    fold_link: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    read_at: Mapped[datetime | None]
    xid: Mapped[str | None] = mapped_column(TransactionId(), server_default=text("pg_current_xact_id()"))
