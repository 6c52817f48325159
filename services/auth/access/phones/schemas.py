"""Changing the phone over the wire: with password and old phone before a sign-in, with the password alone after it. The confirmation
brings the ticket of the first answer as its proof, and the code that came to the new phone, of an official also that of the old one.
"""

from pydantic import BaseModel, ConfigDict, Field

from services.auth.access.activations.schemas import LoginName, Proof
from services.auth.access.codes.service import CodeSent
from services.auth.access.sessions.schemas import Password, SmsCode
from shared.fields import Mobile


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PhoneChangeStart(_Strict):
    account: LoginName
    password: Password
    old_phone: Mobile
    new_phone: Mobile
    proof: Proof


class OwnPhoneChange(_Strict):
    """By whoever is signed in: the password once more, because a browser may have been left open."""

    new_phone: Mobile
    password: Password
    proof: Proof


class PhoneCodeSent(CodeSent):
    """``ticket`` is the proof of the confirmation: for this account, its present password and this new phone only. ``old_phone`` is set
    where the old phone was sent a code, too, without which nothing is changed."""

    ticket: str
    old_phone: str | None = Field(default=None, description="掩码显示；旧手机号码也收到一个验证码，确认时一并填写")


class OwnPhoneConfirm(_Strict):
    new_phone: Mobile
    code: SmsCode
    old_code: SmsCode | None = Field(default=None, description="发到旧手机号码的验证码，管理机构账号必填")
    proof: Proof = Field(description="第一步返回的 ticket")


class PhoneChangeConfirm(OwnPhoneConfirm):
    """``take_over`` ends the session on another device (AUTH-09); the same ticket and code serve again until then."""

    account: LoginName
    take_over: bool = Field(default=False, description="结束另一台设备上的登录")


class PhoneRead(BaseModel):
    phone: str = Field(description="掩码显示")
