"""Hooks and their sendings over the wire (BEY-16). An address is shown by its host alone: a robot's is its key."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from services.notifications.hooks.workflow import HookKind, HookState, SendingState
from services.notifications.kinds import MessageKind
from shared.fields import CleanText
from shared.web.answers import Read
from shared.workflow.buttons import AllowedAction


class HookCreate(BaseModel):
    """``secret`` is a robot's 加签 secret, where it has one; a unit's own system is given one."""

    model_config = ConfigDict(extra="forbid")

    kind: HookKind = Field(description="推送到哪里")
    name: Annotated[str, CleanText(50)] = Field(description="名称，如“体检系统”")
    address: SecretStr = Field(min_length=1, max_length=500, description="接收地址，或群机器人的 Webhook 地址")
    secret: SecretStr | None = Field(
        default=None, max_length=200, description="钉钉机器人的加签密钥，没有设置加签的不填"
    )
    kinds: list[MessageKind] = Field(min_length=1, max_length=len(MessageKind), description="推送哪些消息")


class HookChange(BaseModel):
    """What is not sent stays: an address is never shown, so that nobody can send it back."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, CleanText(50)] | None = Field(default=None, description="名称")
    address: SecretStr | None = Field(default=None, min_length=1, max_length=500, description="新的接收地址，不填不变")
    secret: SecretStr | None = Field(default=None, max_length=200, description="钉钉机器人新的加签密钥，不填不变")
    kinds: list[MessageKind] | None = Field(
        default=None, min_length=1, max_length=len(MessageKind), description="推送哪些消息"
    )


class KindRead(Read):
    kind: MessageKind


class HookRead(Read):
    """``host`` is all that is shown of its address; ``failures`` are attempts in a row."""

    id: UUID
    kind: HookKind
    name: str = Field(description="名称")
    host: str = Field(description="接收地址的域名")
    kinds: list[MessageKind]
    kind_labels: list[str] = Field(description="推送的消息")
    state: HookState
    stopped_reason: str | None = Field(description="停用的原因")
    failures: int = Field(description="连续失败的次数")
    sent_at: datetime | None = Field(description="最近一次送达的时间")
    secret_before_until: datetime | None = Field(description="旧的签名密钥到何时为止仍同时用来签名")
    made_by_name: str = Field(description="添加的人")
    created_at: datetime
    allowed_actions: list[AllowedAction]


class HookMade(HookRead):
    secret: str | None = Field(description="签名密钥，只显示这一次；群机器人的为空")


class Hooks(BaseModel):
    """Those of the organisation, and which messages a new one can have."""

    items: list[HookRead]
    kinds: list[KindRead] = Field(description="可以推送的消息")


class SendingRead(Read):
    """One sending. ``last_error`` says why it was not taken."""

    id: UUID
    title: str
    state: SendingState
    attempts: int = Field(description="已推送的次数")
    answered: int | None = Field(description="对方最近一次答复的 HTTP 状态码")
    last_error: str | None = Field(description="没有送达的原因")
    created_at: datetime
    delivered_at: datetime | None = Field(description="送达时间")
    allowed_actions: list[AllowedAction]
