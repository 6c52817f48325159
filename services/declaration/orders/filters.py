"""What a list of orders can be narrowed to."""

from uuid import UUID

from pydantic import Field

from services.declaration.orders.workflow import OrderStatus
from shared.db.paging import Filter


class OrderFilter(Filter):
    status: list[OrderStatus] = Field(default=[], max_length=10, description="状态，可多选")
    declaration_id: UUID | None = Field(default=None, description="某一申报的指令")
    overdue: bool | None = Field(default=None, description="已过回复期限仍未回复")
