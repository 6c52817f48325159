"""Where a unit has its messages pushed to (BEY-16): its own software, or a robot in its group of 企业微信 or 钉钉; and each sending as a
row of work.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import NotificationsBase
from services.notifications.hooks.workflow import HookKind, HookState, SendingState
from services.notifications.kinds import MessageKind
from shared.db.base import Keyed, Timed
from shared.db.types import EncryptedText, code_of
from shared.tasks.work import Work


class Hook(Keyed, Timed, NotificationsBase):
    """``address`` and ``secret`` are encrypted: a robot's address is its key. ``secret_before`` signs beside the new one until
    ``secret_before_until``, so that its reader need not change at the same moment. ``failures`` are attempts in a row, since
    ``failing_since``; ``stopped_at`` is when somebody, or the platform, had it stopped."""

    __tablename__ = "hooks"
    __table_args__ = (Index(None, "organisation_id", "created_at"),)

    organisation_id: Mapped[UUID]
    made_by: Mapped[UUID]
    made_by_name: Mapped[str]
    kind: Mapped[HookKind] = mapped_column(code_of(HookKind))
    name: Mapped[str]
    address: Mapped[str] = mapped_column(EncryptedText)
    secret: Mapped[str | None] = mapped_column(EncryptedText)
    secret_before: Mapped[str | None] = mapped_column(EncryptedText)
    secret_before_until: Mapped[datetime | None]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    failing_since: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    stopped_reason: Mapped[str | None]

    @property
    def state(self) -> HookState:
        return HookState.STOPPED if self.stopped_at else HookState.LIVE

    def secrets(self, now: datetime) -> tuple[str, ...]:
        """What its messages are signed with, the newest first; none for a robot without one."""
        before = self.secret_before if self.secret_before_until and now < self.secret_before_until else None
        return tuple(each for each in (self.secret, before) if each)


class HookSending(Keyed, Work, Timed, NotificationsBase):
    """One message on its way to one hook, once a notice; one by hand (试推送) has no notice. ``answered`` is the HTTP status of the last
    attempt."""

    __tablename__ = "hook_sendings"
    __table_args__ = (
        UniqueConstraint("hook_id", "notice_id"),
        Index("ix_hook_sendings_due", "due_at", "id", postgresql_where="done_at IS NULL"),
        Index("ix_hook_sendings_list", "hook_id", "created_at", "id"),
        {"info": {"label": "消息推送"}},
    )

    hook_id: Mapped[UUID] = mapped_column(ForeignKey("hooks.id", ondelete="CASCADE"))
    notice_id: Mapped[UUID | None]
    kind: Mapped[MessageKind | None] = mapped_column(code_of(MessageKind))
    title: Mapped[str]
    body: Mapped[str]
    link: Mapped[str]
    answered: Mapped[int | None]
    delivered_at: Mapped[datetime | None]

    @property
    def state(self) -> SendingState:
        if self.delivered_at:
            return SendingState.DELIVERED
        return SendingState.FAILED if self.done_at else SendingState.WAITING
