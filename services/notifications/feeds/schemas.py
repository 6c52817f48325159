"""An account's subscribed calendar, as its holder sees it."""

from datetime import datetime

from pydantic import BaseModel, Field


class CalendarFeedRead(BaseModel):
    """Without an address both times are null."""

    made_at: datetime | None = Field(description="订阅地址的生成时间；没有地址的为空")
    used_at: datetime | None = Field(description="日历程序最近一次读取的时间，精确到小时；没有读取过的为空")


class CalendarFeedMade(CalendarFeedRead):
    address: str = Field(description="订阅地址，只显示这一次；知道地址的人都能看到日历")
