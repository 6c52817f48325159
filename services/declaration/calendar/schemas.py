"""工作日历 over the wire: the days of a year that are otherwise than their weekday says, and whether the year is known."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.fields import CleanText
from shared.web.answers import Read
from shared.workflow.buttons import AllowedAction
from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled


class YearSource(Labelled):
    """Where the days of a year come from."""

    PUBLISHED = "published", "国务院办公厅已发布", Colour.GOOD
    KEPT = "kept", "由管理员录入", Colour.GOOD
    UNKNOWN = "unknown", "尚未录入", Colour.REFUSED


class CalendarDayUpdate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    works: bool = Field(description="是否上班")
    name: Annotated[str, CleanText(20)] = Field(description="节日名称或调休说明")


class CalendarYearUpdate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    complete: bool = Field(description="该年节假日和调休是否已全部录入")


class CalendarDayRead(Read):
    """``kept`` when an administrator has set it here; others are of the published calendar."""

    day: date
    weekday: str
    works: bool
    works_label: str
    name: str
    kept: bool
    kept_by_name: str | None
    allowed_actions: list[AllowedAction]


class CalendarYearRead(Read):
    """``words`` say what follows from what is known; ``days`` are those that differ from Monday to Friday."""

    year: int
    source: YearSource
    words: str
    kept_by_name: str | None
    days: list[CalendarDayRead]
    allowed_actions: list[AllowedAction]
