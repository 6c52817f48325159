"""The waiting list of a class session (BEY-02): entries in the order in which they came, and the people of each."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.training.base import TrainingBase
from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.waiting.workflow import WAITING, WaitingStatus
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import code_of


class WaitingEntry(Keyed, Timed, Versioned, TrainingBase):
    """One group that gets its places together or not at all; people who may go one by one are an entry each. ``queue_no`` only grows and
    is the order, after those who ``comes_first``: all of them lost their places elsewhere (STAFF-14, docs/adr/0023). ``size`` people want
    ``specialty_code`` in this session. ``offered_until`` ends an offer; ``note`` says why it lapsed."""

    __tablename__ = "waiting_entries"
    __table_args__ = (
        UniqueConstraint("queue_no"),
        CheckConstraint("size > 0", name="size"),
        Index("ix_waiting_entries_open", "class_session_id", "queue_no", postgresql_where=text("status = 'waiting'")),
        Index("ix_waiting_entries_offered", "offered_until", postgresql_where=text("status = 'offered'")),
        Index(None, "unit_id", "plan_id"),
    )

    queue_no: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("institutions.id"))
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    class_session_id: Mapped[UUID] = mapped_column(ForeignKey("class_sessions.id", ondelete="CASCADE"))
    specialty_code: Mapped[str] = mapped_column(ForeignKey("specialties.code"))
    size: Mapped[int]
    comes_first: Mapped[bool] = mapped_column(default=False, server_default="false")
    status: Mapped[WaitingStatus] = mapped_column(code_of(WaitingStatus), default=WAITING.initial)
    offered_at: Mapped[datetime | None]
    offered_until: Mapped[datetime | None]
    note: Mapped[str | None]

    class_session: Mapped[ClassSession] = relationship(lazy="joined", innerjoin=True)
    people: Mapped[list["WaitingPerson"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="WaitingPerson.registration_id"
    )


class WaitingPerson(TrainingBase):
    """A registration in the queue. ``open`` follows the entry: true while it is waiting or offered, so that the same person queues for
    the same specialty once."""

    __tablename__ = "waiting_people"
    __table_args__ = (
        Index(
            "uq_waiting_people_open",
            "registration_id",
            "specialty_code",
            unique=True,
            postgresql_where=text("open"),
        ),
    )

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("waiting_entries.id", ondelete="CASCADE"), primary_key=True)
    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True)
    specialty_code: Mapped[str]
    open: Mapped[bool] = mapped_column(default=True)


# Whether the free places of the session ``c`` and of its row ``r`` hold the group of the entry ``e`` as a whole: who sits in the session
# already needs no seat (X11), but a place of the specialty each. Text, because a click is one statement that is written as text; and no
# view, because there ``c`` is the row that the click has just locked, which a view would read as it was before.
FITS = text("""
  coalesce(r.taken + e.size <= r.places, true) AND c.taken + e.size <= c.capacity + (
    SELECT count(*) FROM waiting_people AS w JOIN seats AS s USING (registration_id)
     WHERE w.entry_id = e.id AND s.class_session_id = c.id)""")
_WAITS = ", ".join(f"'{each.value}'" for each in sorted(WaitingStatus.waits))
# That somebody queues for a place that is free in the session ``c``, which is then not for others (BEY-02). An entry whose specialty the
# session does not teach any more holds up nobody.
SOMEBODY_FITS = f"""EXISTS (
  SELECT FROM waiting_entries AS e JOIN session_specialties AS r USING (class_session_id, specialty_code)
   WHERE e.class_session_id = c.id AND e.status IN ({_WAITS}) AND {FITS.text})"""
