"""What the list of auth's own messages can be narrowed to."""

from pydantic import Field

from services.auth.access.arrivals.workflow import Arrival, TextKind
from shared.days import Day
from shared.db.paging import Filter


class TextFilter(Filter):
    """Days are Beijing's, of when the message was made."""

    arrival: list[Arrival] = Field(default=[], max_length=10, description="发送情况，可多选")
    kind: TextKind | None = Field(default=None, description="短信类型")
    provider: str = Field(default="", max_length=20, pattern="^[a-z]*$", description="短信服务商")
    day_from: Day | None = Field(default=None, description="日期 起")
    day_to: Day | None = Field(default=None, description="日期 止")
