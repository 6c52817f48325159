"""Programs' tokens over the wire (PLAT-15)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from shared.days import Day
from shared.fields import CleanText
from shared.scopes import Scope
from shared.web.answers import Read
from shared.workflow.buttons import AllowedAction

MOST_SCOPES = len(Scope)


class ProgramTokenCreate(BaseModel):
    """``scopes`` are the least that the program needs."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, CleanText(50)] = Field(description="程序的名称，如“体检系统”")
    scopes: list[Scope] = Field(min_length=1, max_length=MOST_SCOPES, description="该程序可以办理的事项")
    valid_until: Day = Field(description="有效期截止日期，含当日，最长一年")
    password: SecretStr = Field(min_length=1, max_length=200, description="本人的登录密码")


class ScopeRead(BaseModel):
    """One thing that a token may be allowed; ``allowed`` says whether the account may do anything of it."""

    code: Scope = Field(description="权限的代码")
    label: str = Field(description="可以办理的事项")
    allowed: bool = Field(description="本账号是否有该项权限")


class ProgramTokenRead(Read):
    """``ended_reason`` says why it is over; ``live`` is false as well for one whose last day has passed."""

    id: UUID
    name: str = Field(description="程序的名称")
    scopes: list[Scope] = Field(description="可以办理的事项")
    scope_labels: list[str] = Field(description="可以办理的事项（文字）")
    maker_name: str = Field(description="生成令牌的人")
    created_at: datetime
    valid_until: Day
    last_used_at: datetime | None = Field(description="最近一次使用的时间，精确到分钟，没有使用过的为空")
    last_used_address: str | None = Field(description="最近一次使用的网络地址")
    ended_at: datetime | None
    ended_reason: str | None
    live: bool = Field(description="是否可以使用")
    allowed_actions: list[AllowedAction]


class ProgramTokens(BaseModel):
    """Those of the organisation, and what a new one can be allowed. ``latest`` is the last day that a new one may have."""

    items: list[ProgramTokenRead] = Field(description="本单位的程序令牌，可用的在前")
    scopes: list[ScopeRead] = Field(description="可以选择的权限")
    latest: Day = Field(description="新令牌的有效期最晚可以到哪一天")


class ProgramTokenMade(ProgramTokenRead):
    token: str = Field(description="令牌，只显示这一次；调用时以 Authorization: Bearer 交来")
