"""When the province last reminded a unit of its selection in a plan (STAFF-16)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.training.base import TrainingBase


class SelectionReminder(TrainingBase):
    """One row per unit and plan, written over by each reminder."""

    __tablename__ = "selection_reminders"

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("institutions.id"), primary_key=True, index=True)
    reminded_at: Mapped[datetime]
    reminded_by: Mapped[str]
