"""Accounts over the wire: as they are opened, listed, read. No phone in clear leaves here (PLAT-05)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.auth.access.accounts.workflow import AccountStatus
from services.auth.directory.organisations.schemas import OrganisationRead
from shared.days import Day
from shared.fields import PASTED, CleanText, Email, Mobile, PersonName, StatedResidentId
from shared.roles import Grant, Level, Permission, Portal
from shared.web.answers import Read
from shared.workflow.buttons import AllowedAction


class AccountOpen(BaseModel):
    """Everything that an account begins with; ``password_hash`` stays empty when its holder will set a password."""

    login_name: Annotated[str, CleanText(64), PASTED]
    person_name: PersonName
    resident_id: StatedResidentId | None = None
    phone: Mobile
    email: Email | None = None
    portal: Portal
    grants: frozenset[Grant] = Field(min_length=1)
    password_hash: str | None = None
    must_change_password: bool = False
    valid_from: date
    valid_until: date


class AccountUpdate(BaseModel):
    """What an overseer corrects; what is left out stays. The phone is changed by its holder (AUTH-20), the end by 延期."""

    model_config = ConfigDict(extra="forbid")

    person_name: PersonName = ""
    email: Email | None = None
    grants: frozenset[Grant] = Field(default=frozenset(), max_length=50, description="权限（X25）")
    valid_from: Day = Field(default=date.min, description="有效期开始日期")


class AccountListItem(Read):
    """``locked_until`` is set while too many wrong passwords keep it locked (AUTH-27), ``activated`` once a password is set."""

    id: UUID
    login_name: str
    person_name: str
    phone: str = Field(description="掩码显示")
    portal: Portal
    grants: list[Grant]
    organisation_id: UUID
    organisation_name: str
    region_code: str
    level: Level
    valid_from: date
    valid_until: date
    status: AccountStatus
    locked_until: datetime | None
    activated: bool
    allowed_actions: list[AllowedAction]
    version: int


class ExtendMany(BaseModel):
    """The same new end for many accounts (AUTH-05)."""

    model_config = ConfigDict(extra="forbid")

    account_ids: list[UUID] = Field(min_length=1, max_length=200, description="要延期的账号")
    valid_until: Day = Field(description="新的有效期截止日期")
    reason: Annotated[str, CleanText(500, blank=True, lines=True)] | None = Field(default=None, description="理由")


class ExtendedOne(BaseModel):
    """What became of one account; ``reason`` says why not."""

    account_id: UUID
    login_name: str
    done: bool
    valid_until: date | None = None
    code: str | None = None
    reason: str | None = None


class ExtendedMany(BaseModel):
    """In the order asked for, each account once."""

    done: int
    refused: int
    results: list[ExtendedOne]


class AccountRead(AccountListItem):
    """One account with all that its overseer may know; the resident id is not among it. ``edits`` says whether this reader may correct it,
    by ``update`` and ``update_rights``, and why not (PLAT-02)."""

    edits: list[AllowedAction]
    organisation: OrganisationRead
    permissions: list[Permission]
    email: str | None
    must_change_password: bool
