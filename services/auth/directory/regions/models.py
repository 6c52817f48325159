"""The regions as an administrator keeps them: the country's stock, and what was added, renamed or closed since (ORG-13, FAQ-D20)."""

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from services.auth.base import AuthBase
from shared.db.base import Keyed, Timed, Versioned
from shared.db.violations import typed_check


class Region(Keyed, Timed, Versioned, AuthBase):
    """``level`` 1 province, 2 city, 3 county; ``parent`` is "" for a province. Valid from and until these days, both inclusive;
    ``valid_until`` None means for ever."""

    __tablename__ = "regions"
    __table_args__ = (
        typed_check("code ~ '^[0-9]{6}$'", "code", "行政区划代码应为 6 位数字"),
        typed_check(
            "valid_until IS NULL OR valid_until >= valid_from",
            "validity",
            "停用日期不能早于启用日期",
            field="valid_until",
        ),
        Index(None, "parent", "code"),
    )

    code: Mapped[str] = mapped_column(String(6), unique=True)
    name: Mapped[str]
    level: Mapped[int]
    kind: Mapped[str]
    parent: Mapped[str] = mapped_column(String(6))
    pinyin: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
