"""What an account has chosen, as it reads and changes it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.notifications.kinds import Channel, MessageKind
from shared.web.answers import Read

Hour = Annotated[int, Field(ge=0, le=23)]


class PreferenceRead(Read):
    """One kind on one channel. ``fixed``: it is sent, or not, whatever is chosen, for the ``reason``; one that is not ``fixed`` and has a
    reason can be chosen and reaches nobody yet. ``usual`` is what holds without a choice of one's own."""

    kind: MessageKind
    channel: Channel
    wanted: bool = Field(description="是否接收")
    usual: bool = Field(description="没有单独选择时是否接收")
    chosen: bool = Field(description="是否单独选择过")
    fixed: bool = Field(description="不能选择")
    reason: str | None = Field(description="不能选择或收不到的原因")


class PreferenceChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: MessageKind
    channel: Channel
    wanted: bool | None = Field(description="是否接收；null 为恢复默认")


class NoticeSettingsRead(BaseModel):
    """Hours are Beijing's. ``own_hours``: they are the account's, and not those that hold for everybody (``usual_…``)."""

    quiet_from: int = Field(description="提醒类短信从几点起不再发送")
    quiet_until: int = Field(description="到几点恢复发送")
    usual_from: int = Field(description="平台默认的开始时间")
    usual_until: int = Field(description="平台默认的结束时间")
    own_hours: bool = Field(description="是否单独设置了免打扰时间")
    digest: bool = Field(description="邮件是否每日汇总")
    digest_hour: int = Field(description="每天几点发送汇总邮件")
    digest_reason: str | None = Field(description="不能每日汇总的原因")
    mail_trouble: str | None = Field(description="邮件送不到登记的邮箱的原因和办法；送得到时为 null")


class NoticeSettingsChange(BaseModel):
    """Both hours or neither: None is what holds for everybody, the same hour twice that nothing waits."""

    model_config = ConfigDict(extra="forbid")

    quiet_from: Hour | None = Field(description="提醒类短信从几点起不再发送；null 为平台默认")
    quiet_until: Hour | None = Field(description="到几点恢复发送；null 为平台默认")
    digest: bool = Field(description="邮件是否每日汇总")
