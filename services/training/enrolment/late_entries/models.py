"""Requests to register after a plan's deadline (FAQ-M8); what a granted one opens is the plan, for this unit, until a day."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.training.base import TrainingBase
from services.training.enrolment.late_entries.workflow import LATE_ENTRY, LateEntryAction, LateEntryStatus
from services.training.plans.models import Plan
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import code_of


class LateEntry(Keyed, Timed, Versioned, TrainingBase):
    """``granted_until`` is inclusive, a Beijing date. One open request per unit and plan."""

    __tablename__ = "late_entries"
    __table_args__ = (
        Index(
            "uq_late_entries_open",
            "unit_id",
            "plan_id",
            unique=True,
            postgresql_where=text("status IN ('requested', 'granted')"),
        ),
        Index(None, "status", "id"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"), index=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("institutions.id"))
    unit_name: Mapped[str]
    region_code: Mapped[str]
    status: Mapped[LateEntryStatus] = mapped_column(code_of(LateEntryStatus), default=LATE_ENTRY.initial)
    reason: Mapped[str]
    granted_until: Mapped[date | None]
    answer: Mapped[str | None]

    plan: Mapped[Plan] = relationship(lazy="joined", innerjoin=True)

    @property
    def status_label(self) -> str:
        """One that was granted and has been given up for a newer request was not taken back by anybody: its window is over."""
        lapsed = self.status is LateEntryStatus.WITHDRAWN and self.granted_until is not None
        return LateEntryAction.LAPSE.label if lapsed else self.status.label
