"""Forms of others that anybody may check: what stands on the paper, as long as it is asked about, whether its file is still kept or not."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.certificates.base import CertificatesBase
from shared.db.base import Timed


class Paper(Timed, CertificatesBase):
    """``id`` follows from kind, source and revision, and is what the QR says. ``facts`` [[label, value]] are told to whoever asks."""

    __tablename__ = "papers"
    __table_args__ = (UniqueConstraint("kind", "source_id", "revision"), Index(None, "number"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    source_id: Mapped[UUID]
    revision: Mapped[int]
    number: Mapped[str]
    title: Mapped[str]
    holder_name: Mapped[str]
    facts: Mapped[list[list[str]]] = mapped_column(JSONB)
    issued_on: Mapped[date]
    revoked_on: Mapped[date | None]


class PaperFile(Timed, CertificatesBase):
    """A file of a paper, by its SHA-256 in hex. It stays known when the file itself has gone: who holds it may still ask about it."""

    __tablename__ = "paper_files"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("papers.id"), index=True)
