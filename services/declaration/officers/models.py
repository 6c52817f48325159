"""The officers of the health commission, as auth tells of their accounts: of them are those who may see confidential products (DECL-07)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.declaration.base import DeclarationBase


class Officer(DeclarationBase):
    """``id`` is the account's. ``sees`` says whether it is in use and may look at declarations; ``changed_at`` is when auth wrote that."""

    __tablename__ = "officers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    person_name: Mapped[str]
    sees: Mapped[bool]
    changed_at: Mapped[datetime]
