"""Which reminders of an approaching end have gone out (BEY-06): one row for each unit, certificate, last day and mark."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.training.base import TrainingBase
from shared.db.base import Timed


class ExpiryReminder(Timed, TrainingBase):
    """``expires_on`` is part of the key, so that a certificate that is valid for longer is reminded of anew."""

    __tablename__ = "expiry_reminders"

    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    qualification_id: Mapped[UUID] = mapped_column(primary_key=True)
    expires_on: Mapped[date] = mapped_column(primary_key=True)
    days_left: Mapped[int] = mapped_column(primary_key=True)
