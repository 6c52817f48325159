"""What a text of a notice is, and the audiences that events name. The texts themselves are in ``texts``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.notifications.contacts.audience import Audience
from services.notifications.kinds import Channel, MessageKind
from shared.roles import Level, Permission

BOTH = (Channel.SMS, Channel.EMAIL)


def no_words(_event: Any) -> Mapping[str, str]:
    """The event's own fields say it all."""
    return {}


@dataclass(frozen=True)
class Text:
    """``audience`` picks from the event who is told. ``link`` is a path of the portal. ``must`` sends it on its channels whatever the
    account's wishes. ``words`` makes what the event's fields do not say as they are."""

    kind: MessageKind
    title: str
    body: str
    link: str
    audience: Callable[[Any], Audience]
    channels: tuple[Channel, ...] = BOTH
    must: bool = False
    words: Callable[[Any], Mapping[str, str]] = no_words


def everyone(_event: Any) -> Audience:
    return Audience(permission=Permission.GROUP_REGISTRATION)


def unit(event: Any) -> Audience:
    return Audience(permission=Permission.GROUP_REGISTRATION, organisation_ids=(event.unit_id,))


def staff_office(event: Any) -> Audience:
    """Whoever keeps the unit's 人员信息, with 集体报名 or without."""
    return Audience(permission=Permission.INSTITUTION_FILING, organisation_ids=(event.unit_id,))


def units(event: Any) -> Audience:
    return Audience(permission=Permission.GROUP_REGISTRATION, organisation_ids=event.unit_ids)


def reviewers(_event: Any) -> Audience:
    return Audience(permission=Permission.PROVINCE_REVIEW)


def asked_unit(event: Any) -> Audience:
    return Audience(permission=Permission.INSTITUTION_FILING, organisation_ids=(event.asked_unit_id,))


def both_units(event: Any) -> Audience:
    return Audience(permission=Permission.INSTITUTION_FILING, organisation_ids=(event.from_unit_id, event.to_unit_id))


def employer(event: Any) -> Audience:
    return Audience(permission=Permission.HAZARD_DECLARATION, organisation_ids=(event.employer_id,))


def holder(event: Any) -> Audience:
    return Audience(account_ids=(event.account_id,))


def city_managers(event: Any) -> Audience:
    return Audience(permission=Permission.ACCOUNT_MANAGEMENT, level=Level.CITY, region_code=event.region_code)


def desk(event: Any) -> Audience:
    return Audience(permission=event.permission, level=event.level, region_code=event.region_code)
