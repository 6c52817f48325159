"""Lists of the old system that are taken over (DECL-09, FAQ-D16): the file in its pieces, and each of its rows with what becomes of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.declaration.base import DeclarationBase
from services.declaration.legacy.workflow import LegacyOutcome
from shared.db.base import Keyed, Timed
from shared.db.types import EncryptedText, code_of

_LIST, _OBJECT = text("'[]'::jsonb"), text("'{}'::jsonb")


class LegacyImport(Keyed, Timed, DeclarationBase):
    """One file. It comes in ``parts`` pieces of ``PART_BYTES``, of which those in ``received_parts`` have come; they are kept for a day.
    ``region_prefix`` is whose province it is. ``places`` {key: [letter, title]} are the columns that were known, ``ignored`` the titles of
    the others, ``notes`` what the administrator should know of the file. ``job_id`` is its last job; the times say how far it is."""

    __tablename__ = "legacy_imports"

    file_name: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    parts: Mapped[int] = mapped_column(Integer)
    received_parts: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list, server_default="{}")
    file_kept: Mapped[bool] = mapped_column(default=True, server_default="true")
    organisation_id: Mapped[UUID]
    region_prefix: Mapped[str] = mapped_column(String(6))
    uploaded_by_name: Mapped[str]
    confirmed_by_name: Mapped[str | None]
    job_id: Mapped[UUID | None]
    places: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=_OBJECT)
    ignored: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default=_LIST)
    notes: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default=_LIST)
    total: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    coming: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    read_asked_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    undo_asked_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "region_prefix", "id"),)

    @property
    def received(self) -> int:
        return len(self.received_parts)


class LegacyRow(Keyed, Timed, DeclarationBase):
    """One row of a file: ``line`` is Excel's number. ``cells`` are the known cells as they came, ``phone`` apart from them because it is a
    person's; ``problems`` [{cell, title, value, code, reason, refuses}] what is wrong with them. ``region_code`` is "" where the cell does
    not say, ``replaced_by`` the later row that stands in its place."""

    __tablename__ = "legacy_rows"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("legacy_imports.id", ondelete="CASCADE"))
    line: Mapped[int] = mapped_column(Integer)
    credit_code: Mapped[str]
    name: Mapped[str]
    account: Mapped[str] = mapped_column(default="", server_default="")
    region_code: Mapped[str] = mapped_column(default="", server_default="")
    cells: Mapped[dict[str, str]] = mapped_column(JSONB)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    outcome: Mapped[LegacyOutcome] = mapped_column(code_of(LegacyOutcome))
    words: Mapped[str] = mapped_column(default="", server_default="")
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default=_LIST)
    employer_id: Mapped[UUID | None]
    declaration_id: Mapped[UUID | None]
    replaced_by: Mapped[UUID | None]

    __table_args__ = (
        Index("uq_legacy_rows_import_id_line", "import_id", "line", unique=True),
        Index(None, "import_id", "outcome", "line"),
        Index(None, "import_id", "credit_code"),
        Index(None, "credit_code", "outcome"),
        Index("ix_legacy_rows_region_prefix", "region_code", postgresql_ops={"region_code": "text_pattern_ops"}),
        Index(None, "replaced_by", postgresql_where=text("replaced_by IS NOT NULL")),
    )
