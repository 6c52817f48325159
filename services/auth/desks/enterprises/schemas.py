"""The wizard of 企业注册 over the wire (AUTH-22…24). Whatever can be told from what was typed alone is told at once, each field with its
message (FAQ-D11); what only the directory knows is told by the service.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from services.auth.access.accounts.login_names import ChosenLoginName
from services.auth.access.accounts.passwords import broken_in, known_of
from shared.fields import AS_NAME, PASTED, CleanText, Copied, Longest, Mobile, StatedUscc, Uscc
from shared.roles import Portal


def _checked(password: SecretStr, known: Iterable[str]) -> SecretStr:
    broken = broken_in(Portal.ENTERPRISE, password.get_secret_value(), known)
    if broken:
        raise PydanticCustomError("password_rules", "；".join(rule.message for rule in broken))
    return password


def _email(address: str) -> str:
    if address and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
        raise PydanticCustomError("email_format", "电子邮箱格式不正确，可以不填")
    return address


class _Unit(BaseModel):
    """Which unit it is: its code, and the two questions about branches (ORG-09, FAQ-D9)."""

    model_config = ConfigDict(extra="forbid")

    credit_code: Uscc
    is_branch: bool = Field(default=False, description="是否分支机构")
    has_own_code: bool = Field(
        default=True, validate_default=True, description="有独立的统一社会信用代码；没有的，信用代码填写上级机构的"
    )

    @field_validator("has_own_code")
    @classmethod
    def _only_a_branch_has_none(cls, has_own_code: bool, info: ValidationInfo) -> bool:
        if not has_own_code and info.data.get("is_branch") is False:
            raise PydanticCustomError("own_code_needed", "只有分支机构才可以没有独立的统一社会信用代码，请核对这两项")
        return has_own_code

    @property
    def shares_code(self) -> bool:
        """Whether it stands under its head office's code, told apart by a branch number (X22)."""
        return self.is_branch and not self.has_own_code


class EnterpriseCheck(_Unit):
    credit_code: StatedUscc
    name: Annotated[str, CleanText(100, blank=True)] = Field(
        default="", description="已填写的单位名称，用于与工商登记核对"
    )
    proof: Annotated[str, Copied(5000)] = Field(description="图形验证通过后的凭证，或 ALTCHA 验证结果")


class Way(BaseModel):
    """What somebody can do whose code is in use, or is not taken as it is."""

    action: Literal["sign_in", "recover", "appeal", "claim", "numbers"]
    label: str
    description: str


class EnterpriseChecked(BaseModel):
    """Whether sign-up may go on with this code; if not, why, and the ``ways`` on. ``branch_no`` is what a branch would get."""

    available: bool
    code: str | None = None
    message: str | None = None
    ways: list[Way] = []
    branch_no: str = ""
    head_office_name: str | None = Field(default=None, description="上级机构的名称")
    registered_name: str | None = Field(default=None, description="工商登记中该代码的单位名称，未查到为空")
    warning: str | None = Field(default=None, description="名称与工商登记不一致等，请核对")
    notice: str


class CodeRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    phone: Mobile
    proof: Annotated[str, Copied(5000)] = Field(description="图形验证通过后的凭证，或 ALTCHA 验证结果")


class LegacyMatch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    legacy_account: Annotated[str, CleanText(64), PASTED]
    credit_code: StatedUscc
    proof: Annotated[str, Copied(5000)] = Field(description="图形验证通过后的凭证，或 ALTCHA 验证结果")


class LegacyBasics(BaseModel):
    """What sign-up can take over from the old system (AUTH-23)."""

    company_name: str
    region_code: str
    address: str
    postcode: str
    legal_representative: str
    contact_name: str
    contact_phone: str | None = Field(description="掩码显示")
    notice: str


class EnterpriseSignUp(_Unit):
    """``legacy_account`` is 原账号: where it matches, the basics that were left empty come from there; without it they are required."""

    legacy_account: Annotated[str, CleanText(64, blank=True), PASTED] = Field(
        default="", description="原安监系统账号，没有则留空"
    )
    name: Annotated[str, CleanText(100)]
    short_name: Annotated[str, CleanText(50, blank=True)] = ""
    region_code: Annotated[str, Field(pattern="^([0-9]{6})?$"), Copied(20)] = Field(default="", validate_default=True)
    address: Annotated[str, CleanText(200, blank=True)] = Field(default="", validate_default=True)
    legal_representative: Annotated[str, CleanText(50, blank=True, printed=False), AS_NAME] = Field(
        default="", validate_default=True
    )
    contact_name: Annotated[str, CleanText(50, blank=True, printed=False), AS_NAME] = Field(
        default="", validate_default=True
    )
    phone: Mobile
    email: Annotated[str, CleanText(254, blank=True), AfterValidator(_email), PASTED] = ""
    login_name: ChosenLoginName
    password: Annotated[SecretStr, Longest(128)]
    code: Annotated[str, Copied(20)] = Field(description="短信验证码")

    @field_validator("password")
    @classmethod
    def _keeps_the_rules(cls, password: SecretStr, info: ValidationInfo) -> SecretStr:
        """AUTH-24, X17: every rule that it breaks, in one message under the field."""
        given = (info.data.get(name) or "" for name in ("login_name", "name", "phone"))
        return _checked(password, known_of(*given))

    @field_validator("region_code", "address", "legal_representative", "contact_name")
    @classmethod
    def _given_or_imported(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("legacy_account") == "":
            raise PydanticCustomError("text_blank", "请填写此项")
        return value


class DeclarationAccountCreate(BaseModel):
    """By a training unit that is an employer, too; ``own_password`` is that of the account which is signed in."""

    model_config = ConfigDict(extra="forbid")

    login_name: ChosenLoginName
    password: Annotated[SecretStr, Longest(128)]
    own_password: Annotated[SecretStr, Longest(128)]

    @field_validator("password")
    @classmethod
    def _keeps_the_rules(cls, password: SecretStr, info: ValidationInfo) -> SecretStr:
        return _checked(password, (info.data.get("login_name") or "",))


class DeclarationAccountOpened(BaseModel):
    account_id: UUID
    login_name: str
    message: str


class EnterpriseOpened(BaseModel):
    """``imported`` names the fields that came from the old system's account."""

    organisation_id: UUID
    account_id: UUID
    login_name: str
    name: str
    credit_code: str
    branch_no: str
    valid_until: date
    imported: list[str]
    message: str
