"""The papers of declarations that have been made: their numbers, and of which state of the record each is. The files are certificates'."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.declaration.base import DeclarationBase
from services.declaration.papers.workflow import PaperKind
from shared.db.base import Keyed, Timed
from shared.db.types import code_of


class DeclarationPaper(Keyed, Timed, DeclarationBase):
    """``revision`` counts the states of one kind from 1; ``digest`` is of what is printed, so that the same state is one paper however
    often it is asked for. ``voided_on`` is when the approval of a receipt was taken back. No foreign key: a draft may be deleted."""

    __tablename__ = "declaration_papers"
    __table_args__ = (
        Index("uq_declaration_papers_revision", "declaration_id", "kind", "revision", unique=True),
        Index(None, "number", unique=True),
    )

    declaration_id: Mapped[UUID]
    kind: Mapped[PaperKind] = mapped_column(code_of(PaperKind))
    revision: Mapped[int]
    number: Mapped[str]
    digest: Mapped[str]
    issued_on: Mapped[date]
    voided_on: Mapped[date | None]
