"""The regions that a province has added, renamed or closed since the country's stock was made, as auth tells of them (ORG-13, FAQ-D20).
The stock itself is ``shared.reference.regions``; who may change a region is auth's business.
"""

from datetime import date, datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from services.declaration.base import DeclarationBase
from shared.db.base import Timed


class Region(Timed, DeclarationBase):
    """``level`` 1 province, 2 city, 3 county. Valid from and until these days, both inclusive; ``valid_until`` None means for ever.
    ``changed_at`` is when auth wrote the news that the row shows."""

    __tablename__ = "regions"
    __table_args__ = (Index(None, "parent"),)

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str]
    full_name: Mapped[str]
    parent: Mapped[str] = mapped_column(String(6))
    level: Mapped[int]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    changed_at: Mapped[datetime]

    def valid_on(self, day: date) -> bool:
        """Whether the region is there on that day."""
        return self.valid_from <= day and (self.valid_until is None or self.valid_until >= day)
