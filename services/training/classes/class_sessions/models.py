"""Class sessions (班次/期次) of a plan, with the counters that make a seat impossible to oversell: the constraints hold whatever the code
does (BEY-01, TRN-72).
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.training.base import TrainingBase
from services.training.classes.class_sessions.workflow import (
    CLASS_SESSION,
    SCHEDULE,
    ClassSessionStatus,
    ScheduleStatus,
)
from services.training.plans.choices import TrainingKind
from services.training.plans.models import Plan, Specialty, position_of
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import code_of
from shared.db.violations import typed_check


class Schedule(Keyed, Timed, Versioned, TrainingBase):
    """One per plan; made when the first class session is added. ``opens_at`` is the set time of the
    opening (选班开放时间), ``opened_at`` when it really opened (STAFF-06)."""

    __tablename__ = "schedules"

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"), unique=True)
    status: Mapped[ScheduleStatus] = mapped_column(code_of(ScheduleStatus), default=SCHEDULE.initial)
    opens_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]

    plan: Mapped[Plan] = relationship(lazy="joined", innerjoin=True)
    class_sessions: Mapped[list["ClassSession"]] = relationship(lazy="selectin", order_by="ClassSession.session_no")


class ClassSession(Keyed, Timed, Versioned, TrainingBase):
    """期次. ``capacity`` is 分班人数, ``taken`` the people seated (one per person, whatever the number of specialties, X11);
    days and the selection deadline are Beijing dates, the deadline inclusive. ``opens_at`` empty: with the plan's selection; ``freed``
    counts places given up since, from which the queue's chance is told (BEY-02); ``reminded_at`` and ``closed_at`` are when the units
    were told of the deadline, and when its held places became final (STAFF-06); ``results_at`` is when its results came out."""

    __tablename__ = "class_sessions"
    __table_args__ = (
        UniqueConstraint("schedule_id", "session_no"),
        CheckConstraint("taken BETWEEN 0 AND capacity", name="never_oversold"),
        typed_check("start_date <= end_date", "dates", "结束日期不能早于开始日期", field="end_date"),
        typed_check(
            "selection_deadline <= start_date", "deadline", "选班截止日期不能晚于开始日期", field="selection_deadline"
        ),
    )

    schedule_id: Mapped[UUID] = mapped_column(ForeignKey("schedules.id"))
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"), index=True)
    session_no: Mapped[int]
    status: Mapped[ClassSessionStatus] = mapped_column(
        code_of(ClassSessionStatus), default=CLASS_SESSION.initial, server_default=CLASS_SESSION.initial
    )
    training_kind: Mapped[TrainingKind] = mapped_column(code_of(TrainingKind))
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    location: Mapped[str]
    start_date: Mapped[date]
    end_date: Mapped[date]
    days: Mapped[int]
    selection_deadline: Mapped[date]
    opens_at: Mapped[datetime | None]
    freed: Mapped[int] = mapped_column(default=0, server_default="0")
    reminded_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    results_at: Mapped[datetime | None]

    specialties: Mapped[list["SessionSpecialty"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by=lambda: position_of(SessionSpecialty.specialty_code)
    )

    @property
    def remaining(self) -> int:
        """剩余人数 (TRN-68)."""
        return self.capacity - self.taken


class SessionSpecialty(TrainingBase):
    """One row per 专业类别 of a session; ``places`` is 限制人数, empty means the session's capacity alone binds."""

    __tablename__ = "session_specialties"
    __table_args__ = (CheckConstraint("taken >= 0 AND (places IS NULL OR taken <= places)", name="never_oversold"),)

    class_session_id: Mapped[UUID] = mapped_column(
        ForeignKey("class_sessions.id", ondelete="CASCADE"), primary_key=True
    )
    specialty_code: Mapped[str] = mapped_column(ForeignKey("specialties.code"), primary_key=True)
    places: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)

    specialty: Mapped[Specialty] = relationship(lazy="joined", innerjoin=True)

    @property
    def specialty_label(self) -> str:
        return self.specialty.label
