"""The calendar of working days as this installation has it (BEY-10): single days that are otherwise than the published calendar says, and
years of which somebody has said that their days are all told.
"""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from services.declaration.base import DeclarationBase
from shared.db.base import Timed


class CalendarDay(Timed, DeclarationBase):
    """``works`` says whether it is a working day, whatever its weekday; ``name`` why: a holiday, or 调休."""

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]
    name: Mapped[str]
    kept_by_name: Mapped[str]


class CalendarYear(Timed, DeclarationBase):
    """A year whose holidays and 调休 all stand in ``calendar_days``; what stands in no row goes by its weekday."""

    __tablename__ = "calendar_years"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kept_by_name: Mapped[str]
