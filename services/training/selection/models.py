"""Who sits where: one seat per person and class session, one placement per person and specialty. Overlapping seats of one person are
refused by an exclusion constraint, doubled placements by a key (BEY-01, TRN-70, X11).
"""

from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.training.base import TrainingBase
from services.training.class_sessions.models import Schedule
from services.training.registrations.models import Registration
from services.training.selection.workflow import SELECTION, SelectionStatus
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import code_of


class Selection(Keyed, Timed, Versioned, TrainingBase):
    """One unit's selection in one plan."""

    __tablename__ = "selections"
    __table_args__ = (UniqueConstraint("unit_id", "plan_id"),)

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("institutions.id"))
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"), index=True)
    schedule_id: Mapped[UUID] = mapped_column(ForeignKey("schedules.id"))
    status: Mapped[SelectionStatus] = mapped_column(code_of(SelectionStatus), default=SELECTION.initial)

    schedule: Mapped[Schedule] = relationship(lazy="joined", innerjoin=True)


class Seat(Keyed, Timed, TrainingBase):
    """``during`` is the session's days, both inclusive when read as dates; the same person cannot sit twice on one day."""

    __tablename__ = "seats"
    __table_args__ = (
        UniqueConstraint("class_session_id", "person_id"),
        ExcludeConstraint(("person_id", "="), ("during", "&&"), name="ex_seats_person_during", using="gist"),
    )

    class_session_id: Mapped[UUID] = mapped_column(ForeignKey("class_sessions.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id"), index=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("institutions.id"), index=True)
    during: Mapped[Range] = mapped_column(DATERANGE)  # type: ignore[type-arg]

    registration: Mapped[Registration] = relationship(lazy="raise")


class Placement(Timed, TrainingBase):
    """A person's specialty in a class session."""

    __tablename__ = "placements"
    __table_args__ = (
        ForeignKeyConstraint(
            ("registration_id", "specialty_code"),
            ("registration_specialties.registration_id", "registration_specialties.specialty_code"),
        ),
        ForeignKeyConstraint(
            ("class_session_id", "specialty_code"),
            ("session_specialties.class_session_id", "session_specialties.specialty_code"),
        ),
    )

    registration_id: Mapped[UUID] = mapped_column(primary_key=True)
    specialty_code: Mapped[str] = mapped_column(primary_key=True)
    class_session_id: Mapped[UUID] = mapped_column(index=True)
    seat_id: Mapped[UUID] = mapped_column(ForeignKey("seats.id"), index=True)
    unit_id: Mapped[UUID] = mapped_column(index=True)
