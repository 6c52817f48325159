"""Activations over the wire: what the page behind the link shows before a password is set, and how it is set. No phone and no full
name leaves here: a link may fall into other hands.
"""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.auth.access.accounts.passwords import POLICIES, rules_for
from services.auth.access.sessions.schemas import Password, SmsCode
from shared.fields import PASTED, CleanText, Copied, Mobile, whole
from shared.roles import Portal

# As ``secrets.token_urlsafe`` makes it of 24 bytes.
TOKEN_LENGTH = 32
_CUT_OFF = (
    "链接不完整，可能在短信或粘贴时被截断：请从短信中重新复制整条链接（# 后共 32 个字符）再打开；"
    "仍不完整的，请在登录页“账号激活”中用登录账号和手机号码获取验证码设置密码"
)
Token = Annotated[
    str,
    Field(description="短信链接中 # 后的内容"),
    whole(TOKEN_LENGTH, _CUT_OFF),
    Copied(100),
]
LoginName = Annotated[str, CleanText(64), Field(description="登录账号"), PASTED]
Proof = Annotated[str, Field(min_length=1, description="图片验证的凭证，或 ALTCHA 的解答"), Copied(4000)]


class RuleRead(BaseModel):
    """``code`` is the one under which a password that breaks the rule is refused."""

    code: str
    text: str


class PolicyRead(BaseModel):
    """What a new password must be like in a portal (AUTH-13…15, AUTH-24, X17)."""

    portal: Portal
    min_length: int
    max_length: int
    rules: list[RuleRead]


def read_policy(portal: Portal) -> PolicyRead:
    """The policy of this portal, as its pages show it."""
    policy = POLICIES[portal]
    rules = [RuleRead(code=rule.code, text=rule.text) for rule in rules_for(portal)]
    return PolicyRead(portal=portal, min_length=policy.min_length, max_length=policy.max_length, rules=rules)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ActivationLook(_Strict):
    token: Token


class ActivationCreate(_Strict):
    token: Token
    password: Password


class ActivationCodeCreate(_Strict):
    account: LoginName
    phone: Mobile
    proof: Proof


class ActivationByCode(_Strict):
    account: LoginName
    phone: Mobile
    code: SmsCode
    password: Password


class ActivationRead(BaseModel):
    login_name: str
    organisation_name: str
    person_name: str = Field(description="掩码显示")
    policy: PolicyRead
    expires_at: datetime


class PasswordSet(BaseModel):
    """The account whose password was set; ``advice`` says what to do now."""

    login_name: str
    advice: str = "密码已设置，请使用登录账号和新密码登录"
