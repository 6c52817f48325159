"""What people with an account have typed into a form whose record does not exist yet (BEY-08)."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.auth.base import AuthBase
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import EncryptedText


class FormDraft(Keyed, Timed, Versioned, AuthBase):
    """One for an account and a form. ``typed`` is JSON and holds whatever people type, resident ids among it (PLAT-05)."""

    __tablename__ = "form_drafts"
    __table_args__ = (UniqueConstraint("account_id", "key"), Index(None, "updated_at"))

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    key: Mapped[str]
    typed: Mapped[str] = mapped_column(EncryptedText)
