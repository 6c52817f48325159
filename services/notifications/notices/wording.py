"""What a text of a notice is, and the audiences that events name. The texts themselves are in ``texts``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from services.notifications.contacts.audience import Audience
from services.notifications.kinds import Channel, MessageKind
from shared.events.base import Event
from shared.roles import Level, Permission

BOTH = (Channel.SMS, Channel.EMAIL)
TITLE = "title"


E = TypeVar("E", bound=Event)
E_in = TypeVar("E_in", contravariant=True)


def no_words(_event: object) -> Mapping[str, str]:
    """The event's own fields say it all."""
    return {}


@dataclass(frozen=True)
class Fold:
    """How several messages of a kind become one line of the inbox (portal-pages 5.1): those of one day that make the same ``key``. Its
    ``title`` has ``{count}``, which stays open until it is read; ``link`` leads to all of them."""

    key: str
    title: str
    link: str


@dataclass(frozen=True)
class Text(Generic[E_in]):
    """``audience`` picks from the event who is told. ``link`` is a path of the portal. ``must`` sends it on its channels whatever the
    account's wishes. ``words`` makes what the event's fields do not say as they are."""

    kind: MessageKind
    title: str
    body: str
    link: str
    audience: Callable[[E_in], Audience]
    channels: tuple[Channel, ...] = BOTH
    must: bool = False
    words: Callable[[E_in], Mapping[str, str]] = no_words
    fold: Fold | None = None


def field_names(text: Text[Any]) -> frozenset[str]:
    """What differs in the words of a kind: the names that a provider's template may use for it."""
    parts = (*Formatter().parse(text.title), *Formatter().parse(text.body))
    return frozenset({name for _, name, _, _ in parts if name} | {TITLE})


Texts = dict[type[Event], tuple[Text[Any], ...]]


def about(event: type[E], *texts: Text[E]) -> tuple[type[Event], tuple[Text[Any], ...]]:
    """A row of ``Texts``; every audience and every word of it finds in the event what it looks for."""
    return event, texts


class OfUnit(Protocol):
    @property
    def unit_id(self) -> UUID: ...


class OfUnits(Protocol):
    @property
    def unit_ids(self) -> Sequence[UUID]: ...


class ToUnit(Protocol):
    @property
    def asked_unit_id(self) -> UUID: ...


class BetweenUnits(Protocol):
    @property
    def from_unit_id(self) -> UUID: ...

    @property
    def to_unit_id(self) -> UUID: ...


class OfEmployer(Protocol):
    @property
    def employer_id(self) -> UUID: ...


class OfHead(Protocol):
    @property
    def head_id(self) -> UUID: ...


class OfOffice(Protocol):
    @property
    def organisation_id(self) -> UUID: ...


class OfEmployers(Protocol):
    @property
    def employer_ids(self) -> Sequence[UUID]: ...


class OfAccounts(Protocol):
    @property
    def account_ids(self) -> Sequence[UUID]: ...


class OfAccount(Protocol):
    @property
    def account_id(self) -> UUID: ...


class InRegion(Protocol):
    @property
    def region_code(self) -> str: ...


class AtLevel(InRegion, Protocol):
    @property
    def level(self) -> Level: ...


class ForDesk(AtLevel, Protocol):
    @property
    def permission(self) -> Permission: ...


def everyone(_event: object) -> Audience:
    return Audience(permission=Permission.GROUP_REGISTRATION)


def unit(event: OfUnit) -> Audience:
    return Audience(permission=Permission.GROUP_REGISTRATION, organisation_ids=(event.unit_id,))


def staff_office(event: OfUnit) -> Audience:
    """Whoever keeps the unit's 人员信息, with 集体报名 or without."""
    return Audience(permission=Permission.INSTITUTION_FILING, organisation_ids=(event.unit_id,))


def units(event: OfUnits) -> Audience:
    return Audience(permission=Permission.GROUP_REGISTRATION, organisation_ids=event.unit_ids)


def staff_offices(event: OfUnits) -> Audience:
    """Of several units."""
    return Audience(permission=Permission.INSTITUTION_FILING, organisation_ids=event.unit_ids)


def reviewers(_event: object) -> Audience:
    return Audience(permission=Permission.PROVINCE_REVIEW)


def asked_unit(event: ToUnit) -> Audience:
    return Audience(permission=Permission.INSTITUTION_FILING, organisation_ids=(event.asked_unit_id,))


def both_units(event: BetweenUnits) -> Audience:
    return Audience(permission=Permission.INSTITUTION_FILING, organisation_ids=(event.from_unit_id, event.to_unit_id))


def employer(event: OfEmployer) -> Audience:
    return Audience(permission=Permission.HAZARD_DECLARATION, organisation_ids=(event.employer_id,))


def head(event: OfHead) -> Audience:
    """The company that has made a group."""
    return Audience(permission=Permission.HAZARD_DECLARATION, organisation_ids=(event.head_id,))


def declaration_desk(event: AtLevel) -> Audience:
    """The office of that level that reviews there."""
    return Audience(permission=Permission.DECLARATION_REVIEW, level=event.level, region_code=event.region_code)


def superior(event: OfOffice) -> Audience:
    """Whoever oversees declarations in that office."""
    return Audience(permission=Permission.DECLARATION_OVERSIGHT, organisation_ids=(event.organisation_id,))


def employers(event: OfEmployers) -> Audience:
    """Of several units."""
    return Audience(permission=Permission.HAZARD_DECLARATION, organisation_ids=event.employer_ids)


def holder(event: OfAccount) -> Audience:
    return Audience(account_ids=(event.account_id,))


def colleagues(event: OfAccounts) -> Audience:
    """Those accounts of an office that the event names."""
    return Audience(account_ids=event.account_ids)


def city_managers(event: InRegion) -> Audience:
    return Audience(permission=Permission.ACCOUNT_MANAGEMENT, level=Level.CITY, region_code=event.region_code)


def managers(event: AtLevel) -> Audience:
    return Audience(permission=Permission.ACCOUNT_MANAGEMENT, level=event.level, region_code=event.region_code)


def desk(event: ForDesk) -> Audience:
    return Audience(permission=event.permission, level=event.level, region_code=event.region_code)


def units_of_a_list(_event: object) -> Audience:
    """Units that an office has picked itself."""
    return Audience(level=Level.UNIT)
