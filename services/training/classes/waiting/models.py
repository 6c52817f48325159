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
    is the order. ``size`` people want ``specialty_code`` in this session. ``offered_until`` ends an offer; ``note`` says why it lapsed."""

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
