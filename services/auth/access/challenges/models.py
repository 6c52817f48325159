"""Proofs that have been used: each one opens one door, once."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.auth.base import AuthBase


class UsedProof(AuthBase):
    """``digest`` is of the challenge's signature. PostgreSQL and not Redis is the truth: an emptied Redis lets no proof in twice."""

    __tablename__ = "used_proofs"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
