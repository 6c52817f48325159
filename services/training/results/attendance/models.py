"""Who was there on which day of a class session (签到, BEY-15)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.training.base import TrainingBase
from services.training.results.attendance.workflow import Means
from shared.db.types import code_of


class Attendance(TrainingBase):
    """One row per person and day, a Beijing date; its absence is absence. ``recorded_by`` is empty when the person scanned the code."""

    __tablename__ = "attendances"

    class_session_id: Mapped[UUID] = mapped_column(
        ForeignKey("class_sessions.id", ondelete="CASCADE"), primary_key=True
    )
    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    means: Mapped[Means] = mapped_column(code_of(Means))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
