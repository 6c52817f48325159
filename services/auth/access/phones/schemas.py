"""Changing the phone over the wire: with password and old phone before a sign-in, with the password alone after it. The confirmation
brings the ticket of the first answer as its proof, and the code that came to the new phone.
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
    """``ticket`` is the proof of the confirmation: for this account, its present password and this new phone only."""

    ticket: str


class OwnPhoneConfirm(_Strict):
    new_phone: Mobile
    code: SmsCode
    proof: Proof = Field(description="第一步返回的 ticket")


class PhoneChangeConfirm(OwnPhoneConfirm):
    """``take_over`` ends the session on another device (AUTH-09); the same ticket and code serve again until then."""

    account: LoginName
    take_over: bool = Field(default=False, description="结束另一台设备上的登录")


class PhoneRead(BaseModel):
    phone: str = Field(description="掩码显示")
