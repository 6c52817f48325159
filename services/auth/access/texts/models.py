"""Text messages that auth itself sends (codes, activation links, decisions on requests): rows of work, their words sealed until they are
sent and gone afterwards, and what became of them. Notices to account holders are the business of notifications.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.auth.base import AuthBase
from shared.db.base import Keyed, Timed
from shared.db.types import BlindIndex, EncryptedText, place_indexes
from shared.tasks.texting import Circuit, Texting


class Text(Keyed, Timed, Texting, AuthBase):
    """``about`` names in English what it is for, ``record_id`` whose it is; ``words`` and ``fields``, what
    differs in them as JSON, are None once it was sent or given up, ``phone`` as soon as nobody asks a provider about it any more (at
    ``ask_at``, ``asked`` times so far). ``masked`` is the number as people may see it; ``phone_index`` finds whose it is, and goes after a
    day. ``account_ids`` are the accounts of the number when it was sent, None until they were looked up. ``reported`` is a provider's word
    on whether it arrived, ``told`` that the accounts' keeper has heard of it. After ``useless_at`` nobody wants it any more: a code that
    has expired."""

    __tablename__ = "texts"
    __table_args__ = (
        Index("ix_texts_due", "due_at", postgresql_where="done_at IS NULL"),
        Index("ix_texts_ask", "ask_at", postgresql_where="ask_at IS NOT NULL"),
        Index("ix_texts_untold", "done_at", postgresql_where="NOT told AND done_at IS NOT NULL"),
        Index("ix_texts_reference", "provider", "reference"),
        Index("ix_texts_created_at_id", "created_at", "id"),
        {"info": {"label": "短信"}},
    )

    about: Mapped[str]
    record_id: Mapped[UUID | None]
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    words: Mapped[str | None] = mapped_column(EncryptedText)
    fields: Mapped[str | None] = mapped_column(EncryptedText)
    useless_at: Mapped[datetime | None]
    reference: Mapped[str | None]
    failed: Mapped[bool] = mapped_column(default=False, server_default="false")
    masked: Mapped[str | None]
    phone_index: Mapped[bytes | None] = mapped_column(BlindIndex)
    account_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    delivered_at: Mapped[datetime | None]
    reported: Mapped[str | None]
    told: Mapped[bool] = mapped_column(default=False, server_default="false")
    ask_at: Mapped[datetime | None]
    asked: Mapped[int] = mapped_column(default=0, server_default="0")


place_indexes("ix_texts_phone_index", Text.phone_index)


class TextCircuit(Circuit, AuthBase):
    """Which providers rest, as auth's workers have found."""

    __tablename__ = "text_circuits"
