"""Who sits where: one seat per person and class session, one placement per person and specialty. Overlapping seats of one person are
refused by an exclusion constraint, doubled placements by a key (BEY-01, TRN-70, X11).
"""

from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.training.base import TrainingBase
from services.training.enrolment.registrations.models import Registration
from shared.db.base import Keyed, Timed


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
    """A person's specialty in a class session. ``waiting_entry_id`` is set while the place is only offered to people who queued for it
    and they have not accepted yet (BEY-02): an offered place is a taken place."""

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
    waiting_entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("waiting_entries.id"), index=True)


class LostPlace(Timed, TrainingBase):
    """A specialty of a person whose place went with a session that was called off or put off (STAFF-14): who has one queues before
    others, until a place is taken or offered again (docs/adr/0023)."""

    __tablename__ = "lost_places"

    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True)
    specialty_code: Mapped[str] = mapped_column(primary_key=True)
