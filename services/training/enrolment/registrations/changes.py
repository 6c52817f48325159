"""What a unit changed since its registration was returned (BEY-04), read out of the histories of the form and of the personal file."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.schemas import FieldChange
from services.training.enrolment.registrations.wording import MASKS, field_label, in_words
from services.training.enrolment.registrations.workflow import RegistrationAction
from shared.db.history import History

# How the history names what is done with a form or a personal file.
_OF_FIELDS = frozenset({"update", "choose_departments"})
_ATTACH = "attach"
_OF_QUALIFICATIONS = {
    "add_qualification": "添加资质",
    "change_qualification": "修改资质",
    "remove_qualification": "删除资质",
}
_COLUMNS = ("category", "number", "issued_on", "expires_on", "scope")


def standing_return(rows: Iterable[History]) -> History | None:
    """The return that still stands: not undone, and no approval after it. ``rows`` are the registration's own, oldest first."""
    states: list[History | None] = [None]
    for row in rows:
        if row.action == RegistrationAction.RETURN.value:
            states.append(row)
        elif row.action == RegistrationAction.APPROVE.value:
            states.append(None)
        elif row.action == RegistrationAction.UNDO_REVIEW.value and len(states) > 1:
            states.pop()
    return states[-1]


def changes_since(returned: History, rows: Sequence[History], registration: Registration) -> list[FieldChange]:
    """Each field once, with the value at the return and the last one, in words; what was changed and changed back is left out.
    ``rows`` are those of the form and of the personal file, oldest first."""
    later = [row for row in rows if row.at > returned.at]
    return [*_fields(later, registration), *_files(later), *_qualifications(later)]


def _fields(rows: Sequence[History], registration: Registration) -> list[FieldChange]:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for row in (each for each in rows if each.action in _OF_FIELDS):
        for name, value in (row.after or {}).items():
            before.setdefault(name, (row.before or {}).get(name))
            after[name] = value
    opened = {each.specialty_code: each.specialty.label for each in registration.plan.specialties}
    return [
        FieldChange(
            field=name,
            label=field_label(name),
            before=in_words(name, before[name], opened),
            after=in_words(name, after[name], opened),
        )
        for name in sorted(after)
        # Two numbers may have the same mask; that one was changed is known from its row.
        if name in MASKS or after[name] != before[name]
    ]


def _files(rows: Sequence[History]) -> list[FieldChange]:
    """The uploads by their kind, how many there were and are: the reviewer opens them in the file."""
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for row in (each for each in rows if each.action == _ATTACH):
        for kind, ids in (row.after or {}).items():
            before.setdefault(kind, (row.before or {}).get(kind, []))
            after[kind] = ids
    return [
        FieldChange(field=kind, label=kind, before=f"{len(before[kind])} 份", after=f"{len(after[kind])} 份")
        for kind in sorted(after)
        if before[kind] != after[kind]
    ]


def _qualifications(rows: Sequence[History]) -> list[FieldChange]:
    """Every step on its own: a qualification has no name by which its steps could be joined."""
    return [
        FieldChange(
            field="qualifications",
            label=_OF_QUALIFICATIONS[row.action],
            before=_values(row.before),
            after=_values(row.after),
        )
        for row in rows
        if row.action in _OF_QUALIFICATIONS
    ]


def _values(values: Mapping[str, Any] | None) -> str | None:
    known = values or {}
    written = [in_words(name, known[name], {}) for name in _COLUMNS if name in known]
    return "，".join(each for each in written if each) or None
