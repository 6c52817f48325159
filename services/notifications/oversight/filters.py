"""What 发送记录 and the list of who is not reached can be narrowed to."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.notifications.deliveries.workflow import DeliveryStatus
from services.notifications.kinds import Channel, MessageKind
from services.notifications.oversight.workflow import Reached
from shared.days import Day
from shared.db.paging import Filter
from shared.fields import Copied


class DeliveryFilter(Filter):
    """Days are Beijing's, of when the message was made."""

    status: list[DeliveryStatus] = Field(default=[], max_length=10, description="发送状态，可多选")
    channel: Channel | None = Field(default=None, description="发送方式")
    kind: list[MessageKind] = Field(default=[], max_length=60, description="消息类型，可多选")
    organisation_name: Annotated[str, Copied(100)] = Field(default="", description="收件单位名称的一部分")
    person_name: Annotated[str, Copied(50)] = Field(default="", description="收件人姓名的一部分")
    notice_id: UUID | None = Field(default=None, description="同一条通知的全部收件人")
    day_from: Day | None = Field(default=None, description="日期 起")
    day_to: Day | None = Field(default=None, description="日期 止")


class UnreachedFilter(Filter):
    """Without ``state`` those who cannot be told or do not want to be; who has never given an address is asked for."""

    channel: Channel | None = Field(default=None, description="发送方式")
    state: list[Reached] = Field(default=[], max_length=5, description="情况，可多选；不选时不含没有登记的")
    organisation_name: Annotated[str, Copied(100)] = Field(default="", description="单位名称的一部分")
