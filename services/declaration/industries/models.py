"""行业分类 that an installation has added to the shipped table, or called otherwise (ORG-13). The shipped table, GB/T 4754 down to
the 大类, is ``shared.reference``.
"""

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from services.declaration.base import DeclarationBase
from shared.db.base import Keyed, Timed


class Industry(Keyed, Timed, DeclarationBase):
    """``code`` is the section's letter and up to four digits; it says itself what it lies in. ``parent`` is "" for a 门类."""

    __tablename__ = "industries"
    __table_args__ = (CheckConstraint("code ~ '^[A-T]([0-9]{2,4})?$'", name="code"), Index(None, "parent"))

    code: Mapped[str] = mapped_column(String(5), unique=True)
    name: Mapped[str]
    pinyin: Mapped[str]
    parent: Mapped[str] = mapped_column(String(4))
