"""Sign-in over the wire: what a person or a program sends, what it learns about itself."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr
from pydantic_core import PydanticCustomError

from services.auth.access.sessions.menu import MenuItem
from services.auth.directory.organisations.schemas import OrganisationRead
from shared.fields import PASTED, CleanText, Copied, Longest
from shared.messages import BLANK
from shared.roles import Level, Permission, Portal
from shared.services import Service
from shared.web.answers import Read


# Far above every policy: a wrong password may be long, but not endless.
def _written(password: SecretStr) -> SecretStr:
    if not password.get_secret_value():
        raise PydanticCustomError("text_blank", BLANK)
    return password


Password = Annotated[SecretStr, AfterValidator(_written), Longest(128)]


SmsCode = Annotated[str, Field(pattern=r"^[0-9]{6}$"), Copied(20)]


class SignInRequest(BaseModel):
    """``take_over`` ends the session on another device (AUTH-09). ``code`` comes with the second step, and the ticket of the first
    one's answer as its ``proof`` (AUTH-28)."""

    model_config = ConfigDict(extra="forbid")

    account: Annotated[str, CleanText(64), PASTED] = Field(description="登录账号")
    password: Password
    proof: Annotated[str, Copied(4000)] = Field(
        min_length=1, description="验证的解答（ALTCHA，base64），或上一步答复中的 ticket"
    )
    take_over: bool = Field(default=False, description="结束另一台设备上的登录")
    code: SmsCode | None = Field(default=None, description="短信验证码（管理机构账号必填，不带则发送）")


class PasswordChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    old: Password
    new: Password


class OwnAccount(Read):
    id: UUID
    login_name: str
    person_name: str
    phone: str = Field(description="掩码显示")
    portal: Portal
    valid_until: date
    theme_colour: str = Field(description="主体颜色，空为默认")


class CurrentSession(BaseModel):
    """The session of the request itself. It ends in ``seconds_left`` whatever is done, and ``idle_seconds`` after the last request: both
    told in seconds, because the clock of a computer in an office is not to be relied on."""

    begun_at: datetime
    device: str
    address: str
    expires_at: datetime
    seconds_left: int
    idle_seconds: int


class LastSignIn(BaseModel):
    """The sign-in before the present one, so that its holder sees whether it was somebody else's."""

    at: datetime
    device: str
    address: str


class MeRead(BaseModel):
    """Who is signed in, and what that opens (AUTH-17)."""

    account: OwnAccount
    organisation: OrganisationRead
    level: Level
    permissions: list[Permission]
    menu: list[MenuItem]
    job_services: list[Service] = Field(description="本账号可能有后台任务的服务")
    must_change_password: bool
    session: CurrentSession
    last_sign_in: LastSignIn | None


class SignedInRead(MeRead):
    """``token`` is for programs (Authorization: Bearer); a browser has it in its cookie."""

    token: str
    expires_at: datetime
