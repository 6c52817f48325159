"""One-time activations: the way in which a new or reset account gets a password that nobody but its holder has ever known (X15)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.auth.access.accounts.models import Account
from services.auth.base import AuthBase
from shared.db.base import Keyed


class Activation(Keyed, AuthBase):
    """Known by the hash of its token. An account has at most one that is neither used nor ended."""

    __tablename__ = "activations"
    __table_args__ = (Index("uq_activations_open", "account_id", unique=True, postgresql_where="ended_at IS NULL"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
