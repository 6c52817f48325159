"""Sign-in over the wire: what a person or a program sends, what it learns about itself."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from services.auth.organisations.schemas import OrganisationRead
from services.auth.sessions.menu import MenuItem
from shared.fields import CleanText
from shared.roles import Level, Permission, Portal

# Far above every policy: a wrong password may be long, but not endless.
Password = Annotated[SecretStr, Field(min_length=1, max_length=128)]


class SignInRequest(BaseModel):
    """``take_over`` ends the session on another device (AUTH-09)."""

    model_config = ConfigDict(extra="forbid")

    account: Annotated[str, CleanText(64)] = Field(description="登录账号")
    password: Password
    proof: str = Field(min_length=1, max_length=4000, description="验证的解答（ALTCHA，base64）")
    take_over: bool = Field(default=False, description="结束另一台设备上的登录")


class PasswordChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    old: Password
    new: Password


class OwnAccount(BaseModel):
    id: UUID
    login_name: str
    person_name: str
    phone: str = Field(description="掩码显示")
    portal: Portal
    valid_until: date


class MeRead(BaseModel):
    """Who is signed in, and what that opens (AUTH-17)."""

    account: OwnAccount
    organisation: OrganisationRead
    level: Level
    permissions: list[Permission]
    menu: list[MenuItem]
    must_change_password: bool


class LastSignIn(BaseModel):
    at: datetime
    device: str
    address: str


class SignedInRead(MeRead):
    """``token`` is for programs (Authorization: Bearer); a browser has it in its cookie."""

    token: str
    expires_at: datetime
    last_sign_in: LastSignIn | None
