"""Moves of people between units (BEY-14): who, from where to where, who proposed it, and what became of it."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.training.base import TrainingBase
from services.training.desk.transfers.workflow import TRANSFER, TransferStatus
from services.training.people.institutions.models import Institution
from services.training.people.personnel.models import Person
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import code_of
from shared.db.violations import typed_check


class Transfer(Keyed, Timed, Versioned, TrainingBase):
    """``proposed_by`` is one of the two units; the other decides. A person has one open transfer at a time."""

    __tablename__ = "transfers"
    __table_args__ = (
        typed_check("from_unit_id <> to_unit_id", "two_units", "调出单位与调入单位不能相同", field="to_unit_id"),
        CheckConstraint("proposed_by IN (from_unit_id, to_unit_id)", name="proposer"),
        Index("uq_transfers_open", "person_id", unique=True, postgresql_where=text("status = 'proposed'")),
        Index(None, "from_unit_id", "id"),
        Index(None, "to_unit_id", "id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    person_name: Mapped[str]
    from_unit_id: Mapped[UUID] = mapped_column(ForeignKey("institutions.id"))
    to_unit_id: Mapped[UUID] = mapped_column(ForeignKey("institutions.id"))
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("institutions.id"))
    status: Mapped[TransferStatus] = mapped_column(code_of(TransferStatus), default=TRANSFER.initial)
    note: Mapped[str]

    person: Mapped[Person] = relationship(lazy="raise")
    from_unit: Mapped[Institution] = relationship(lazy="joined", innerjoin=True, foreign_keys=[from_unit_id])
    to_unit: Mapped[Institution] = relationship(lazy="joined", innerjoin=True, foreign_keys=[to_unit_id])
