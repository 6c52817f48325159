"""Login sessions: one live per account (AUTH-09). A token is known by its hash alone; who has it has it from the answer to the sign-in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.auth.access.accounts.models import Account
from services.auth.base import AuthBase
from shared.db.base import Keyed


class LoginSession(Keyed, AuthBase):
    """``ended_reason`` is what its holder is told at the next request."""

    __tablename__ = "login_sessions"
    __table_args__ = (
        Index(None, "account_id", "created_at"),
        Index("uq_login_sessions_live", "account_id", unique=True, postgresql_where="ended_at IS NULL"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]
    user_agent: Mapped[str]
    address: Mapped[str]

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
