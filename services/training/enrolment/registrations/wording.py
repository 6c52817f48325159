"""What the fields of the form and of the personal file are called, and how their values are read by people (BEY-04, FAQ-M6)."""

from collections.abc import Mapping

from services.training.enrolment.registrations.form import LABELS
from services.training.people.personnel import form
from services.training.plans.choices import Lodging, TrainingKind
from shared.crypto import mask_phone
from shared.reference.tables import label

FORM_LABELS = LABELS
_WORDS: dict[str, Mapping[str, str]] = {
    "training_kind": {each.value: each.label for each in TrainingKind},
    "lodging": {each.value: each.label for each in Lodging},
}
MASKS = {"recipient_phone": mask_phone, **form.MASKS}


def field_label(name: str) -> str:
    """The Chinese name of a field of the form or of the personal file; a name that neither has is its own."""
    return FORM_LABELS.get(name) or form.LABELS.get(name) or name


def in_words(name: str, value: object, specialties: Mapping[str, str]) -> str | None:
    """A stored value as people read it, numbers masked (PLAT-05); ``specialties`` are {code: label} of the plan. None when empty."""
    if value is None or value in ("", []):
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        known = specialties if name == "specialties" else {}
        return "、".join(known.get(str(each), str(each)) for each in value)
    text = str(value)
    if name in form.CODES:
        return label(form.CODES[name], text)
    if name in MASKS and "*" not in text:
        return MASKS[name](text)
    return _WORDS.get(name, {}).get(text, text)
