"""Corrections of a person's name and resident id (STAFF-15): who asked, what was, what shall be, and why."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.training.base import TrainingBase
from services.training.desk.identities.workflow import IDENTITY, IdentityStatus
from services.training.people.personnel.form import LABELS
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import EncryptedText, code_of


class IdentityCorrection(Keyed, Timed, Versioned, TrainingBase):
    """``unit_id`` is empty where the province corrected by itself. ``new_name`` and ``new_resident_id`` are empty where that stays; the
    evidence is attached to the record. A person has one open request at a time."""

    __tablename__ = "identity_corrections"
    __table_args__ = (
        Index("uq_identity_corrections_open", "person_id", unique=True, postgresql_where=text("status = 'requested'")),
        Index(None, "person_id"),
        Index(None, "unit_id", "id"),
        Index(None, "status", "id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("institutions.id"))
    unit_name: Mapped[str]
    status: Mapped[IdentityStatus] = mapped_column(code_of(IdentityStatus), default=IDENTITY.initial)
    old_name: Mapped[str]
    new_name: Mapped[str | None]
    old_resident_id: Mapped[str] = mapped_column(EncryptedText)
    new_resident_id: Mapped[str | None] = mapped_column(EncryptedText)
    reason: Mapped[str]

    @property
    def what(self) -> str:
        """What shall be corrected, in words."""
        parts = ((LABELS["name"], self.new_name), (LABELS["resident_id"], self.new_resident_id))
        return "、".join(label for label, new in parts if new is not None)
