"""代审 over the wire: a city reviews for one county for a time."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.days import Day
from shared.fields import CleanText, RegionCode
from shared.web.answers import Read
from shared.workflow.buttons import AllowedAction


class StandInCreate(BaseModel):
    """Both days are included."""

    model_config = ConfigDict(extra="forbid")

    county_code: RegionCode = Field(description="由市级代为审核的区县")
    valid_from: Day = Field(description="起始日期")
    valid_until: Day = Field(description="截止日期，含当日")
    reason: Annotated[str, CleanText(500, lines=True)] = Field(description="理由")


class StandInRead(Read):
    """``active`` while the city decides there today."""

    id: UUID
    county_code: str
    county_label: str
    valid_from: date
    valid_until: date
    reason: str
    ordered_by_name: str
    organisation_name: str
    created_at: datetime
    ended_at: datetime | None
    active: bool
    version: int
    allowed_actions: list[AllowedAction]
