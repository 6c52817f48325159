"""Forms of others as PDF files: what is to be printed until it is, and where the file lies since. Whose form it is and who may have it is
the business of the service that prepared it.
"""

from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.certificates.base import CertificatesBase
from shared.db.base import Keyed, Timed
from shared.db.types import EncryptedText
from shared.tasks.work import Work


class FormDocument(Keyed, Work, Timed, CertificatesBase):
    """One state (``revision``) of one form. ``content`` is its JSON, gone once it is on the page, because personal data is not kept
    twice (PLAT-05); ``storage_key`` is there when it is printed; ``failure`` says why it never will be."""

    __tablename__ = "form_documents"
    __table_args__ = (
        UniqueConstraint("kind", "source_id", "revision"),
        Index("ix_form_documents_due", "due_at", "id", postgresql_where=text("done_at IS NULL")),
        {"info": {"label": "制作表格和回执"}},
    )

    kind: Mapped[str]
    source_id: Mapped[UUID]
    revision: Mapped[int]
    content: Mapped[str | None] = mapped_column(EncryptedText)
    template_version: Mapped[str | None]
    storage_key: Mapped[str | None]
    failure: Mapped[str | None]
