"""How much of an applicant is shown to whom (PLAT-05): the number by which one follows an application shows a name's first character and
the ends of a phone; histories and managers see the form without its numbers.
"""

from collections.abc import Mapping
from typing import Any

from shared.crypto import mask_phone, mask_resident_id

Form = Mapping[str, Any]


def mask_name(name: str) -> str:
    """``张**``."""
    return name[:1] + "*" * (len(name) - 1)


def mask_login_name(name: str) -> str:
    """``nj****01``: enough to know one's own again."""
    return f"{name[:2]}****{name[-2:]}"


def mask_email(address: str) -> str:
    """``z***@example.cn``."""
    head, at, host = address.partition("@")
    return f"{head[:1]}***{at}{host}"


_MASKS = {
    "phone": mask_phone,
    "contact_phone": mask_phone,
    "resident_id": mask_resident_id,
    "email": mask_email,
}


def masked(form: Form) -> dict[str, Any]:
    """The form with its personal numbers hidden."""
    return {name: _MASKS[name](value) if name in _MASKS and value else value for name, value in form.items()}


def changed_fields(before: Form, after: Form) -> list[str]:
    """The names of the fields that differ, in the order of the form; what only one of the two has counts as empty in the other."""
    return [name for name in {**after, **before} if before.get(name) != after.get(name)]
