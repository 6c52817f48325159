"""The kinds of text message that auth sends, each with the names of what differs in its words: what a provider's approved template may use
(``shared.sms.templates``). Every one also has ``text``, the words as a whole.
"""

from collections.abc import Mapping

from shared.services import Service
from shared.settings import platform_settings
from shared.sms.templates import check_templates, read_templates

FIELDS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "minutes", "purpose"),
    "activation": ("login_name", "hours", "link"),
    "account_opened": ("login_name", "contact"),
    "application_decided": ("number", "outcome", "reason"),
    "application_filed": ("number", "link"),
    "case": (),
    "case_filed": ("number", "contact", "link"),
    "case_warning": ("number", "contact"),
    "password_recovered": ("login_name",),
    "phone_changed": (),
    "phone_guessed": ("login_name",),
}


def kind_of(about: str) -> str:
    """All codes are one kind whatever they open, and all answers to a case."""
    return about if about in FIELDS else about.partition("_")[0]


def check_own_templates() -> None:
    """Raises ``TemplatesWrong`` when the file of templates names what auth does not send."""
    check_templates(read_templates(platform_settings().sms_templates), Service.AUTH, FIELDS)
