"""What the review desk keeps beside the registrations: who is at which of them now, and the phrases with which they are returned."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.training.base import TrainingBase
from services.training.enrolment.registrations.bodies import ReturnKind
from shared.db.base import Keyed, Timed
from shared.db.types import code_of


class Reviewing(TrainingBase):
    """An account has one session and looks at one registration at a time. ``seen_at`` is its last sign of life; a row that is older than
    two minutes says nothing (STAFF-02)."""

    __tablename__ = "reviewing"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"), index=True)
    person_name: Mapped[str]
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class ReturnPhrase(Keyed, Timed, TrainingBase):
    """A message of 退回 that reviewers use again, by its kind (STAFF-03)."""

    __tablename__ = "return_phrases"
    __table_args__ = (UniqueConstraint("kind", "text"),)

    kind: Mapped[ReturnKind] = mapped_column(code_of(ReturnKind))
    text: Mapped[str]
