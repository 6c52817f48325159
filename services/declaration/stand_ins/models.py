"""Orders by which a city reviews for one county for a time (absence, DECL-13): only while one lasts does the city decide there."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.declaration.base import DeclarationBase
from shared.db.base import Keyed, Timed, Versioned


class StandIn(Keyed, Timed, Versioned, DeclarationBase):
    """``valid_from`` and ``valid_until`` are Beijing days, both inclusive; ``ended_at`` is set where it was ended before its time."""

    __tablename__ = "stand_ins"
    __table_args__ = (
        CheckConstraint("valid_until >= valid_from", name="period"),
        Index(None, "county_code", "valid_until"),
    )

    county_code: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    reason: Mapped[str]
    ordered_by: Mapped[UUID]
    ordered_by_name: Mapped[str]
    organisation_name: Mapped[str]
    ended_at: Mapped[datetime | None] = mapped_column()
