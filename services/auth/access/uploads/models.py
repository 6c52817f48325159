"""How much people without an account have put up from one network address on one day."""

from datetime import date

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.auth.base import AuthBase


class PutUp(AuthBase):
    """``day`` is Beijing's; ``size`` in bytes, as they came."""

    __tablename__ = "put_up"

    address: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    size: Mapped[int] = mapped_column(BigInteger)
