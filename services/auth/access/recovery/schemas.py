"""Recovery and unlocking over the wire. What is answered before a code was right is the same for every number and every name."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.auth.access.activations.schemas import LoginName, PolicyRead, Proof
from services.auth.access.codes.service import CodeSent
from services.auth.access.sessions.schemas import Password, SmsCode
from shared.fields import Mobile
from shared.roles import Portal
from shared.web.answers import Read


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RecoveryStart(_Strict):
    phone: Mobile
    proof: Proof
    portal: Portal | None = Field(default=None, description="只找回该平台的账号")


class RecoveryCodeSent(CodeSent):
    """``advice`` is told to everybody: whose accounts are found in this way, and where the others ask (FAQ-D1, AUTH-29)."""

    advice: str


class RecoveryLook(_Strict):
    phone: Mobile
    code: SmsCode
    portal: Portal | None = Field(default=None, description="只找回该平台的账号")


class RecoverableAccount(Read):
    id: UUID
    login_name: str
    organisation_name: str
    portal: Portal
    policy: PolicyRead


class RecoverableAccounts(BaseModel):
    """Every account of the phone (X18); ``ticket`` sets a new password of one of them, once."""

    accounts: list[RecoverableAccount]
    ticket: str
    expires_in: int = Field(description="ticket 有效的秒数")
    advice: str


class PasswordRecovery(_Strict):
    ticket: Proof = Field(description="查看账号时返回的 ticket")
    account_id: UUID
    password: Password


class UnlockStart(_Strict):
    account: LoginName
    phone: Mobile
    proof: Proof


class UnlockCreate(_Strict):
    account: LoginName
    phone: Mobile
    code: SmsCode
