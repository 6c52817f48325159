"""Which kinds of message go by SMS, what differs in the words of each (what a provider's templates may name), and whom each is for."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from services.notifications.contacts.audience import Audience
from services.notifications.kinds import Channel, MessageKind
from services.notifications.notices.texts import OFFICE, TEXTS
from services.notifications.notices.wording import Text, field_names
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.services import Service
from shared.settings import platform_settings
from shared.sms.templates import check_templates, read_templates


def _rows() -> list[Text[Any]]:
    return [*(row for rows in TEXTS.values() for row in rows), OFFICE]


@lru_cache(maxsize=1)
def sms_kinds() -> Mapping[str, frozenset[str]]:
    """By kind, the names of its fields."""
    return {row.kind.value: field_names(row) for row in _rows() if Channel.SMS in row.channels}


def check_own_templates() -> None:
    """Raises ``TemplatesWrong`` when the file of templates names what is not sent by SMS here."""
    check_templates(read_templates(platform_settings().sms_templates), Service.NOTIFICATIONS, sms_kinds())


@lru_cache(maxsize=1)
def channels_of() -> Mapping[tuple[MessageKind, Channel], bool]:
    """Which kinds come on which channels besides the inbox, in the order of both; True where that is not chosen."""
    said = {(row.kind, channel): row.must for row in _rows() for channel in row.channels}
    return {
        (kind, channel): said[kind, channel] for kind in MessageKind for channel in Channel if (kind, channel) in said
    }


@lru_cache(maxsize=1)
def texts_of() -> Mapping[MessageKind, Text[Any]]:
    """The words of each kind as they were shipped, in the order of the kinds; a kind says the same whatever its event."""
    rows = {row.kind: row for row in _rows()}
    return {kind: rows[kind] for kind in MessageKind if kind in rows}


class _Unsaid:
    """Stands for an event of which nothing is known: whatever is asked of it, it does not say."""

    def __getattr__(self, _name: str) -> "_Unsaid":
        return self

    def __iter__(self) -> Iterator["_Unsaid"]:
        return iter(())


@lru_cache(maxsize=1)
def audiences_of() -> Mapping[MessageKind, tuple[Audience, ...]]:
    """Whom each kind is for, whatever its event says: what only an event says is no ``Permission`` and no ``Level`` there."""
    found: dict[MessageKind, tuple[Audience, ...]] = {}
    for row in _rows():
        found[row.kind] = (*found.get(row.kind, ()), row.audience(_Unsaid()))
    return found


def kinds_for(actor: Actor) -> list[MessageKind]:
    """The kinds that may come to somebody like the actor, in their order."""
    audiences = audiences_of()
    return [kind for kind in MessageKind if any(_may_reach(actor, each) for each in audiences.get(kind, ()))]


def _may_reach(actor: Actor, audience: Audience) -> bool:
    if isinstance(audience.level, Level) and audience.level is not actor.level:
        return False
    if audience.permission is None:
        return True
    if isinstance(audience.permission, Permission):
        return actor.may(audience.permission)
    return actor.level is not Level.UNIT  # which desk it is for, only the event says
