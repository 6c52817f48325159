"""The province's calendar of working days as declaration tells it (BEY-10): single days, and the years that are told whole."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from services.training.base import TrainingBase


class CalendarDay(TrainingBase):
    """``works`` says whether it is a working day, whatever its weekday."""

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]


class CalendarYear(TrainingBase):
    """A year whose holidays and 调休 all stand in ``calendar_days``."""

    __tablename__ = "calendar_years"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
