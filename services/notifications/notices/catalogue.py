"""Which kinds of message go by SMS, and what differs in the words of each: what a provider's templates may name."""

from collections.abc import Mapping
from functools import lru_cache

from services.notifications.kinds import Channel, MessageKind
from services.notifications.notices.texts import TEXTS
from services.notifications.notices.wording import field_names
from shared.services import Service
from shared.settings import platform_settings
from shared.sms.templates import check_templates, read_templates


@lru_cache(maxsize=1)
def sms_kinds() -> Mapping[str, frozenset[str]]:
    """By kind, the names of its fields."""
    rows = [row for rows in TEXTS.values() for row in rows if Channel.SMS in row.channels]
    return {row.kind.value: field_names(row) for row in rows}


def check_own_templates() -> None:
    """Raises ``TemplatesWrong`` when the file of templates names what is not sent by SMS here."""
    check_templates(read_templates(platform_settings().sms_templates), Service.NOTIFICATIONS, sms_kinds())


@lru_cache(maxsize=1)
def channels_of() -> Mapping[tuple[MessageKind, Channel], bool]:
    """Which kinds come on which channels besides the inbox, in the order of both; True where that is not chosen."""
    rows = [row for rows in TEXTS.values() for row in rows]
    said = {(row.kind, channel): row.must for row in rows for channel in row.channels}
    return {
        (kind, channel): said[kind, channel] for kind in MessageKind for channel in Channel if (kind, channel) in said
    }
