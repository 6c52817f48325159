"""Orders to look at a declaration again (DECL-13, FAQ-D22): a superior asks, the office in charge answers by a day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.declaration.base import DeclarationBase
from services.declaration.orders.workflow import ORDER, OrderStatus
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import code_of
from shared.roles import Level


class ReviewOrder(Keyed, Timed, Versioned, DeclarationBase):
    """``region_code`` is where the declaration is, ``level`` whose office answers. ``due_on`` is the last day of the answer,
    inclusive, in Beijing; ``overdue_told_at`` is when who gave it was told that it has passed. At most one that is
    open stands for a declaration."""

    __tablename__ = "review_orders"

    # No foreign key: the order stays when a withdrawn draft is deleted.
    declaration_id: Mapped[UUID]
    employer_name: Mapped[str]
    region_code: Mapped[str]
    status: Mapped[OrderStatus] = mapped_column(code_of(OrderStatus), default=ORDER.initial)
    reason: Mapped[str]
    due_on: Mapped[date]
    level: Mapped[Level] = mapped_column(code_of(Level))
    ordered_by: Mapped[UUID]
    ordered_by_name: Mapped[str]
    organisation_id: Mapped[UUID]
    organisation_name: Mapped[str]
    answer: Mapped[str | None]
    answered_by_name: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    overdue_told_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_review_orders_open", "declaration_id", unique=True, postgresql_where=status == OrderStatus.ORDERED),
        Index(None, "declaration_id"),
        Index("ix_review_orders_region_prefix", "region_code", postgresql_ops={"region_code": "text_pattern_ops"}),
        Index(None, "due_on", "id"),
    )
