"""A notice: what one event has to say, and how far it has been handed out. A row of work, so that a mass notice goes out in batches and
goes on after any interruption (PLAT-11).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import NotificationsBase
from services.notifications.kinds import MessageKind
from shared.db.base import Keyed, Timed
from shared.db.types import code_of
from shared.roles import Level, Permission
from shared.tasks.work import Work


class Notice(Keyed, Work, Timed, NotificationsBase):
    """``permission`` to ``list_id`` are its audience, None asking for nothing; ``must`` means that it goes out on its channels
    whatever the account's wishes; ``fold_…`` is how many of a kind become one line of the inbox, with no key where they do not;
    ``expanded_to`` is the last account that has its message. ``sms_text``, ``mail_subject`` and ``mail_text`` are words of their own for
    these ways, None where they are the inbox's. ``fields`` is what a provider's template is filled with; what ``waits`` is sent in the
    daytime only, and nothing after ``useless_at``. ``sent_by`` is the office whose
    own notice it is (群发). One event may have several notices, each of a kind."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("source_event_id", "kind"),
        Index("ix_notices_due", "due_at", "id", postgresql_where="done_at IS NULL"),
        {"info": {"label": "站内消息"}},
    )

    source_event_id: Mapped[UUID]
    kind: Mapped[MessageKind] = mapped_column(code_of(MessageKind))
    title: Mapped[str]
    body: Mapped[str]
    sms_text: Mapped[str | None]
    mail_subject: Mapped[str | None]
    mail_text: Mapped[str | None]
    link: Mapped[str]
    fold_key: Mapped[str | None]
    fold_title: Mapped[str] = mapped_column(default="", server_default="")
    fold_link: Mapped[str] = mapped_column(default="", server_default="")
    channels: Mapped[list[str]] = mapped_column(ARRAY(String))
    must: Mapped[bool] = mapped_column(default=False, server_default="false")
    permission: Mapped[Permission | None] = mapped_column(code_of(Permission))
    organisation_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    account_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    level: Mapped[Level | None] = mapped_column(code_of(Level))
    region_code: Mapped[str | None]
    list_id: Mapped[UUID | None]
    sent_by: Mapped[UUID | None]
    fields: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict, server_default="{}")
    waits: Mapped[bool] = mapped_column(default=False, server_default="false")
    useless_at: Mapped[datetime | None]
    expanded_to: Mapped[UUID | None]
