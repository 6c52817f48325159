"""群发 as offices read and write it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.notifications.broadcasts.workflow import BroadcastStatus, Recipients
from services.notifications.deliveries.workflow import DeliveryStatus
from services.notifications.kinds import Channel
from shared.days import Day
from shared.fields import CleanText
from shared.web.answers import Read
from shared.workflow.buttons import AllowedAction

RegionCode = Annotated[str, Field(pattern=r"^\d{6}$", max_length=6)]


class BroadcastWrite(BaseModel):
    """The whole of it; saved as a draft."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, CleanText(60, printed=False)] = Field(description="标题")
    body: Annotated[str, CleanText(500, lines=True, printed=False)] = Field(description="内容")
    to: Recipients = Field(description="发给")
    region_codes: Annotated[list[RegionCode], Field(max_length=200)] = Field(
        default=[], description="地区；不选为本机构辖区的全部"
    )
    plan_id: UUID | None = Field(default=None, description="只发给有人员报名该培训计划并审核通过的单位")
    channels: Annotated[list[Channel], Field(max_length=5)] = Field(default=[], description="除消息中心外的发送方式")
    last_day: Day = Field(description="此日之后不再发送")


class BroadcastListItem(Read):
    id: UUID
    status: BroadcastStatus
    title: str
    to: Recipients = Field(description="发给哪类单位的代码")
    to_label: str = Field(description="发给")
    recipients: int = Field(description="收件账号数")
    author_name: str = Field(description="起草人")
    approved_by_name: str | None = Field(description="复核人")
    created_at: datetime
    sent_at: datetime | None = Field(description="发出的时间")


class DeliveryCount(Read):
    channel: Channel
    status: DeliveryStatus
    count: int


class BroadcastProgress(BaseModel):
    """``told`` of the recipients have it in 消息中心; the rest of them follow."""

    told: int = Field(description="已进入消息中心的账号数")
    notice_id: UUID | None = Field(description="在发送记录中的标识")
    deliveries: list[DeliveryCount] = Field(description="按发送方式和状态分组的条数")


class BroadcastRead(BroadcastListItem):
    """``text_parts`` is what a text message of it costs, in pieces."""

    body: str
    region_codes: list[str] = Field(description="地区")
    plan_id: UUID | None
    plan_name: str
    channels: list[Channel] = Field(description="除消息中心外的发送方式")
    last_day: date
    organisation_name: str
    version: int
    text_parts: int = Field(description="每条短信的计费条数")
    alone: int = Field(description="超过多少个收件账号须复核")
    progress: BroadcastProgress
    allowed_actions: list[AllowedAction]


class RecipientItem(BaseModel):
    """Who gets it, and on which ways besides 消息中心 it can be reached."""

    id: UUID
    organisation_name: str
    person_name: str
    region_code: str
    reached: list[Channel] = Field(description="除消息中心外的发送方式的代码")
    reached_label: str = Field(description="除消息中心外的发送方式")


class PlanChoice(BaseModel):
    id: UUID
    name: str
    units: int = Field(description="有人员审核通过的单位数")
