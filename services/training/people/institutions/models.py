"""The organisations that training knows: the few fields copied from auth's directory."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.training.base import TrainingBase
from shared.db.base import Timed


class Institution(Timed, TrainingBase):
    """``id`` is auth's organisation id. ``changed_at`` is when auth wrote the news that the row shows; empty before the first.
    ``name_search`` is the folded name and its initials, one a line (PLAT-08)."""

    __tablename__ = "institutions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_search: Mapped[str]
    credit_code: Mapped[str]
    region_code: Mapped[str]
    active: Mapped[bool]
    changed_at: Mapped[datetime | None]
