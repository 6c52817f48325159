"""What auth tells the others: the directory of organisations and accounts, of which each service keeps the few fields it needs."""

from typing import ClassVar
from uuid import UUID

from shared.crypto import Sealed
from shared.events.base import Event
from shared.roles import Level, Permission, Portal


class OrganisationChanged(Event):
    """An organisation was opened or changed; carries all that others may know of it."""

    type: ClassVar[str] = "auth.organisation.changed.v1"

    organisation_id: UUID
    name: str
    short_name: str
    credit_code: str
    level: Level
    region_code: str
    active: bool


class AccountChanged(Event):
    """An account was opened or changed. ``phone`` and ``email`` are where its holder can be reached."""

    type: ClassVar[str] = "auth.account.changed.v1"

    account_id: UUID
    organisation_id: UUID
    person_name: str
    portal: Portal
    level: Level
    region_code: str
    permissions: frozenset[Permission]
    active: bool
    phone: Sealed | None
    email: Sealed | None
