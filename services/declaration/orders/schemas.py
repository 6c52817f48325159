"""复核指令 over the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.declaration.orders.workflow import OrderStatus
from shared.days import Day
from shared.fields import CleanText
from shared.roles import Level
from shared.web.answers import Read
from shared.workflow.buttons import AllowedAction


class OrderCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    declaration_id: UUID = Field(description="需要复核的申报")
    reason: Annotated[str, CleanText(500, lines=True)] = Field(description="复核理由")
    due_on: Day = Field(description="回复截止日期，含当日")


class OrderRead(Read):
    """``level`` is whose office answers; ``days_left`` until its last day, negative when that is over, None once it is answered."""

    id: UUID
    declaration_id: UUID
    employer_name: str
    region_code: str
    region_label: str
    status: OrderStatus
    reason: str
    due_on: date
    days_left: int | None
    level: Level
    ordered_by_name: str
    organisation_name: str
    created_at: datetime
    answer: str | None
    answered_by_name: str | None
    answered_at: datetime | None
    version: int
    allowed_actions: list[AllowedAction]
