"""What auth tells the others: the directory of organisations, accounts and regions, of which each service keeps the few fields it needs."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.crypto import Sealed
from shared.events.base import Event
from shared.roles import Level, Permission, Portal


class OrganisationChanged(Event):
    """An organisation was opened or changed; carries all that others may know of it. ``contact_phone`` is a person's."""

    type: ClassVar[str] = "auth.organisation.changed.v1"

    organisation_id: UUID
    name: str
    short_name: str
    credit_code: str
    level: Level
    region_code: str
    active: bool
    branch_no: str = ""
    kinds: tuple[str, ...] = ()
    address: str = ""
    legal_representative: str = ""
    contact_name: str = ""
    contact_phone: Sealed | None = None


class LegacyAccountMatched(Event):
    """A unit that has just signed up has proved to be the holder of an account of the old system (匹配原账号, AUTH-23)."""

    type: ClassVar[str] = "auth.legacy_account.matched.v1"

    organisation_id: UUID
    legacy_account: str


class AccountChanged(Event):
    """An account was opened or changed. ``phone`` and ``email`` are where its holder can be reached; ``sms_notices`` and
    ``email_notices`` whether its holder wants notices there."""

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
    sms_notices: bool = True
    email_notices: bool = True


class AccountTextReported(Event):
    """A provider has said whether a text message of auth's own has arrived at the number that this account has now (BEY-12). ``code`` is
    the provider's word."""

    type: ClassVar[str] = "auth.account.text_reported.v1"

    account_id: UUID
    text_id: UUID
    delivered: bool
    code: str


class ResidentIdJudged(Event):
    """A resident id that misses its check digit was accepted together with this name, or (not ``accepted``) no longer is (STAFF-15)."""

    type: ClassVar[str] = "auth.resident_id.judged.v1"

    case_id: UUID
    resident_id: Sealed
    person_name: str
    accepted: bool


class RegionChanged(Event):
    """A region was added, renamed or closed, or one above it was renamed (ORG-13). ``level`` 1 province, 2 city, 3 county; valid from and
    until these days, both inclusive, ``valid_until`` None meaning for ever."""

    type: ClassVar[str] = "auth.region.changed.v1"

    code: str
    name: str
    full_name: str
    parent: str
    level: int
    kind: str
    valid_from: date
    valid_until: date | None


class AccountExpiring(Event):
    """An account's validity ends in ``days`` days (AUTH-05); ``contact`` says in Chinese who extends it."""

    type: ClassVar[str] = "auth.account.expiring.v1"

    account_id: UUID
    organisation_id: UUID
    person_name: str
    login_name: str
    region_code: str
    days: int
    valid_until: date
    contact: str


class ApplicationSubmitted(Event):
    """A unit has applied for an account; ``region_code`` and ``level`` are those of the account managers who decide (AUTH-07)."""

    type: ClassVar[str] = "auth.application.submitted.v1"

    application_id: UUID
    number: str
    unit_name: str
    region_code: str
    level: Level = Level.CITY


class FormPrepared(Event):
    """A form is to be had as a PDF. ``kind`` names its template, ``source_id`` and ``revision`` whose form and which state of it;
    ``content`` is the form's JSON, sealed because it names a person (AUTH-01, AUTH-06)."""

    type: ClassVar[str] = "auth.form.prepared.v1"

    kind: str
    source_id: UUID
    revision: int
    content: Sealed


class CaseSubmitted(Event):
    """An appeal, correction, claim, change of phone or question waits for a decision. ``permission`` and ``level`` say whose it is,
    in ``region_code``."""

    type: ClassVar[str] = "auth.case.submitted.v1"

    case_id: UUID
    number: str
    kind: str
    kind_label: str
    organisation_name: str
    region_code: str
    permission: Permission
    level: Level
