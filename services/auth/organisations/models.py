"""The directory of organisations: units that report, and the bodies that oversee a region. The other services keep copies of a
few fields.
"""

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.auth.base import AuthBase
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import code_of
from shared.roles import Level


class Organisation(Keyed, Timed, Versioned, AuthBase):
    """``branch_no`` tells branches that share their head office's code apart (X22); ``phone`` is the office's public number."""

    __tablename__ = "organisations"
    __table_args__ = (
        UniqueConstraint("credit_code", "branch_no"),
        CheckConstraint("region_code ~ '^[0-9]{6}$'", name="region_code"),
        Index(None, "region_code", "level", postgresql_ops={"region_code": "text_pattern_ops"}),
    )

    name: Mapped[str]
    short_name: Mapped[str]
    credit_code: Mapped[str] = mapped_column(String(18))
    branch_no: Mapped[str] = mapped_column(default="", server_default="")
    level: Mapped[Level] = mapped_column(code_of(Level))
    region_code: Mapped[str] = mapped_column(String(6))
    phone: Mapped[str] = mapped_column(default="", server_default="")
    active: Mapped[bool] = mapped_column(default=True)
