"""Deliveries and unreached accounts as officials see them: addresses are masked everywhere (PLAT-05)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.notifications.deliveries.workflow import DeliveryStatus
from services.notifications.kinds import Channel, MessageKind
from services.notifications.oversight.workflow import Reached
from shared.web.answers import Read
from shared.workflow.buttons import AllowedAction

MOST = 200


class DeliveryListItem(Read):
    """One message to one person on one channel. ``reason`` says why it failed, or why it waits."""

    id: UUID
    notice_id: UUID = Field(description="同一条通知的标识")
    created_at: datetime
    kind: MessageKind
    title: str
    channel: Channel
    status: DeliveryStatus
    person_name: str
    organisation_name: str
    address: str = Field(description="打码后的手机号码或邮箱")
    attempts: int = Field(description="已尝试的次数")
    reason: str | None
    done_at: datetime | None = Field(description="发送结束的时间")
    delivered_at: datetime | None = Field(description="送达的时间")
    allowed_actions: list[AllowedAction]


class DeliveryRead(DeliveryListItem):
    """With its words, and how it went."""

    text: str
    due_at: datetime = Field(description="何时发送")
    useless_at: datetime | None = Field(description="过此时间不再发送")
    provider: str | None = Field(description="短信服务商")
    provider_reference: str | None = Field(description="服务商的回执编号或邮件编号")
    reported: str | None = Field(description="回执的结果代码")


class DeliveryScope(BaseModel):
    words: str = Field(description="列表中有谁的短信和邮件")


class DeliveryBatch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    delivery_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST)] = Field(description="重新发送的记录")


class DeliveryResult(BaseModel):
    """``code`` and ``reason`` say why one was not sent again."""

    delivery_id: UUID = Field(description="发送记录的编号")
    person_name: str
    done: bool
    code: str | None = None
    reason: str | None = None


class DeliveryResults(BaseModel):
    """One answer for each that was asked for."""

    done: int
    refused: int
    results: list[DeliveryResult]


class UnreachedItem(Read):
    """An account on a channel on which it is not told all; ``delivery_id`` is the delivery that has shown it."""

    id: str
    account_id: UUID
    person_name: str
    organisation_name: str
    channel: Channel
    state: Reached
    kinds_off: int = Field(description="单独关闭的消息种类数")
    reason: str | None
    advice: str = Field(description="怎样办理")
    since: datetime | None
    delivery_id: UUID | None = Field(description="表明送不到的那条发送记录")
