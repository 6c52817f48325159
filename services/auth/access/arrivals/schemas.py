"""Auth's own messages as officials see them: the number masked, never what was said in them (PLAT-05)."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.auth.access.arrivals.workflow import Arrival, TextKind
from shared.web.answers import Read


class TextListItem(Read):
    """One message. ``reason`` says why it did not arrive, or why it waits; ``holders`` whose number it is."""

    id: UUID
    created_at: datetime
    kind: TextKind | None
    purpose: str = Field(description="验证码的用途")
    phone: str = Field(description="打码后的手机号码")
    holders: str = Field(description="该号码的账号：姓名和单位；没有账号的为空")
    arrival: Arrival
    provider: str | None = Field(description="短信服务商")
    reason: str | None
    attempts: int = Field(description="已尝试的次数")
    done_at: datetime | None = Field(description="发送结束的时间")
    delivered_at: datetime | None = Field(description="送达的时间")


class ProviderFigures(Read):
    """What became of a provider's messages of the last 24 hours; ``unreported`` are those of which it has said nothing yet."""

    provider: str = Field(description="短信服务商")
    delivered: int = Field(description="已送达")
    failed: int = Field(description="没有送达")
    unreported: int = Field(description="已发送，还没有回执")


class TextFigures(BaseModel):
    words: str = Field(description="列表中有谁的短信")
    providers: list[ProviderFigures] = Field(description="各短信服务商的数量")
