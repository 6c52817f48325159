"""个人设置 over the wire (AUTH-18): what an account's holder sets alone, and the holder's own sign-ins."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.auth.access.activations.schemas import PolicyRead
from services.auth.access.sessions.schemas import Password
from shared.fields import Email
from shared.web.answers import Read

Colour = Annotated[str, Field(pattern=r"^(#[0-9a-fA-F]{6})?$", max_length=7, description="如 #1677ff，空为默认")]


class SettingsUpdate(BaseModel):
    """What is not sent stays; ``email`` null takes the address away. Another ``email`` takes the ``password``: notices go there."""

    model_config = ConfigDict(extra="forbid")

    email: Email | None = None
    theme_colour: Colour = ""
    sms_notices: bool = True
    email_notices: bool = True
    password: Password | None = Field(default=None, description="登录密码，修改电子邮箱时必填")


class SettingsRead(Read):
    """``policy`` is what a new password must be like."""

    login_name: str
    person_name: str
    phone: str = Field(description="掩码显示")
    email: str | None
    theme_colour: str
    sms_notices: bool
    email_notices: bool
    policy: PolicyRead
    version: int


class OwnSessionItem(Read):
    """``ended_reason`` says why it is over; a session that timed out unnoticed is over, too."""

    id: UUID
    device: str
    address: str
    begun_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None
    ended_reason: str | None
    live: bool
    current: bool = Field(description="是否为本次登录")
