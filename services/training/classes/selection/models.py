"""How far a unit is with choosing sessions in a plan (集体选班). Who sits where is in ``seats``."""

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.training.base import TrainingBase
from services.training.classes.class_sessions.models import Schedule
from services.training.classes.selection.workflow import SELECTION, SelectionStatus
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import code_of


class Selection(Keyed, Timed, Versioned, TrainingBase):
    """One unit's selection in one plan."""

    __tablename__ = "selections"
    __table_args__ = (UniqueConstraint("unit_id", "plan_id"),)

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("institutions.id"))
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"), index=True)
    schedule_id: Mapped[UUID] = mapped_column(ForeignKey("schedules.id"))
    status: Mapped[SelectionStatus] = mapped_column(code_of(SelectionStatus), default=SELECTION.initial)

    schedule: Mapped[Schedule] = relationship(lazy="joined", innerjoin=True)
