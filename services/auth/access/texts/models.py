"""Text messages that auth itself sends (codes, activation links, decisions on requests): rows of work, their words sealed until they are
sent and gone afterwards. Notices to account holders are the business of notifications.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.auth.base import AuthBase
from shared.db.base import Keyed, Timed
from shared.db.types import EncryptedText
from shared.tasks.texting import Circuit, Texting


class Text(Keyed, Timed, Texting, AuthBase):
    """``about`` names in English what it is for, ``record_id`` whose it is; ``words`` and ``fields``, what
    differs in them as JSON, are None once it was sent or given up. After ``useless_at`` nobody wants it any more: a code that has
    expired."""

    __tablename__ = "texts"
    __table_args__ = (Index("ix_texts_due", "due_at", postgresql_where="done_at IS NULL"), {"info": {"label": "短信"}})

    about: Mapped[str]
    record_id: Mapped[UUID | None]
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    words: Mapped[str | None] = mapped_column(EncryptedText)
    fields: Mapped[str | None] = mapped_column(EncryptedText)
    useless_at: Mapped[datetime | None]
    reference: Mapped[str | None]
    failed: Mapped[bool] = mapped_column(default=False, server_default="false")


class TextCircuit(Circuit, AuthBase):
    """Which providers rest, as auth's workers have found."""

    __tablename__ = "text_circuits"
