"""What a notice says of one event: the words that were shipped, or over them those that the administration has put (消息模板)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.notifications.notices.wording import TITLE, Text, field_names
from services.notifications.templates.models import MessageTemplate
from services.notifications.templates.plain import filled
from services.notifications.templates.workflow import Place


@dataclass(frozen=True)
class Said:
    """``words`` are columns of the notice, ``fields`` what a provider's template is filled with."""

    words: Mapping[str, str | None]
    fields: Mapping[str, str]

    @property
    def sms(self) -> str:
        """The text message, without its signature."""
        return self.words["sms_text"] or self.words["body"] or ""


def said_of(row: Text[Any], own: Mapping[Place, MessageTemplate], facts: Mapping[str, object]) -> Said:
    """All ways in one version of the words, so that what was put down is not changed by what is edited later."""
    values = {name: str(facts[name]) for name in field_names(row) - {TITLE}}

    def words(place: Place, part: str) -> str | None:
        template = own.get(place)
        if template is None or template.body is None:
            return None
        return filled(getattr(template, part), values) or None

    title = words(Place.INBOX, "title") or filled(row.title, values)
    return Said(
        words={
            "title": title,
            "body": words(Place.INBOX, "body") or filled(row.body, values),
            "sms_text": words(Place.SMS, "body"),
            "mail_subject": words(Place.EMAIL, "title"),
            "mail_text": words(Place.EMAIL, "body"),
        },
        fields={**values, TITLE: title},
    )
