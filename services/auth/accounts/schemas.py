"""Accounts over the wire: as they are opened, listed, read, with their history. No phone in clear leaves here (PLAT-05)."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.auth.organisations.schemas import OrganisationRead
from shared.fields import CleanText, Mobile
from shared.roles import Grant, Permission, Portal
from shared.workflow.definition import AllowedAction


class AccountOpen(BaseModel):
    """Everything that an account begins with; ``password_hash`` stays empty when its holder will set a password."""

    login_name: Annotated[str, CleanText(64)]
    person_name: Annotated[str, CleanText(50)]
    phone: Mobile
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)] | None = None
    portal: Portal
    grants: frozenset[Grant] = Field(min_length=1)
    password_hash: str | None = None
    must_change_password: bool = False
    valid_from: date
    valid_until: date


class AccountListItem(BaseModel):
    id: UUID
    login_name: str
    person_name: str
    phone: str = Field(description="掩码显示")
    portal: Portal
    grants: list[Grant]
    organisation_id: UUID
    organisation_name: str
    region_code: str
    valid_from: date
    valid_until: date
    status: str
    status_label: str
    allowed_actions: list[AllowedAction]
    version: int


class AccountRead(AccountListItem):
    """``locked_until`` is set while too many wrong passwords keep it locked (AUTH-27)."""

    organisation: OrganisationRead
    permissions: list[Permission]
    must_change_password: bool
    locked_until: datetime | None


class AccountHistoryItem(BaseModel):
    """One line of the history (PLAT-04)."""

    at: datetime
    action: str
    actor_name: str
    address: str
    reason: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
