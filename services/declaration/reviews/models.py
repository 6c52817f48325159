"""Which flags a province does not want; one without a row is on."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.declaration.base import DeclarationBase
from shared.db.base import Timed


class FlagSwitch(Timed, DeclarationBase):
    """``province`` are the two digits with which its regions begin."""

    __tablename__ = "flag_switches"

    province: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool]
    changed_by: Mapped[UUID]
