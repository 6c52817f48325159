"""Tokens of programs (PLAT-15): what an organisation's own software signs its calls with, beside the people's sessions."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.auth.access.accounts.models import Account
from services.auth.base import AuthBase
from shared.db.base import Keyed


class ProgramToken(Keyed, AuthBase):
    """Known by its hash alone. It acts for ``account``, whose holder made it, within ``scopes``, until ``valid_until`` (that day included)
    or until somebody ends it. ``last_used_at`` is right to the minute."""

    __tablename__ = "program_tokens"
    __table_args__ = (
        Index(None, "organisation_id", "created_at"),
        Index("ix_program_tokens_live", "account_id", postgresql_where="ended_at IS NULL"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    valid_until: Mapped[date]
    last_used_at: Mapped[datetime | None]
    last_used_address: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
