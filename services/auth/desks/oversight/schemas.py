"""Oversight over the wire: an account that a superior opens, and the answer to "why can this unit not log in?" (FAQ-D21)."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.auth.access.accounts.login_names import ChosenLoginName
from shared.days import Day
from shared.fields import Email, Mobile, PersonName
from shared.roles import Grant, Level
from shared.workflow.buttons import AllowedAction


class AccountCreate(BaseModel):
    """``login_name`` left out is made by the platform. Nobody gives a password: its holder sets one by the link in an SMS (X15)."""

    model_config = ConfigDict(extra="forbid")

    organisation_id: UUID
    login_name: ChosenLoginName | None = None
    person_name: PersonName
    phone: Mobile
    email: Email | None = None
    grants: frozenset[Grant] = Field(min_length=1, max_length=50, description="权限（X25）")
    valid_from: Day
    valid_until: Day


class RepairAction(AllowedAction):
    """The button that repairs it, as ``allowed_actions`` of the record has it, and where it is sent (POST)."""

    url: str


class AccessCheck(BaseModel):
    """One link of the chain. ``blocks`` says that nobody can sign in while it is not ``ok``."""

    name: str
    label: str
    ok: bool
    blocks: bool
    detail: str
    action: RepairAction | None = None


class AccountAccess(BaseModel):
    """An account with its whole chain, in the order in which signing in asks."""

    account_id: UUID
    login_name: str
    person_name: str
    phone: str = Field(description="掩码显示")
    can_sign_in: bool
    checks: list[AccessCheck]


class UnitAccess(BaseModel):
    """An organisation that was meant: both switches, its own and that of its accounts (ORG-12), and each account."""

    organisation_id: UUID
    name: str
    credit_code: str
    level: Level
    region_code: str
    can_sign_in: bool
    checks: list[AccessCheck]
    accounts: list[AccountAccess]
