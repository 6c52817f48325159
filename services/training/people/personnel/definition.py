"""The form of a personal file for whoever draws it: its sections and fields, what each holds, when it is asked for. All of it is said by
``form``; here it is put into the shape that every form has.
"""

from collections.abc import Iterable

from services.training.people.personnel import choices, dictionaries, physicians
from services.training.people.personnel.form import FormField, Need, Section
from shared.web.forms import RecordFormChoice, RecordFormCondition, RecordFormField, RecordFormRead, RecordFormSection


def definition_of(sections: Iterable[Section]) -> RecordFormRead:
    """The form with these sections."""
    return RecordFormRead(
        sections=[
            RecordFormSection(title=section.title, fields=[_field(field) for field in section.fields])
            for section in sections
        ]
    )


def _field(field: FormField) -> RecordFormField:
    kind = field.kind
    of_physicians = RecordFormCondition(
        field="attributes", values=list(physicians.ATTRIBUTES), words=f"{physicians.WHEN}之一"
    )
    return RecordFormField(
        name=field.name,
        label=field.label,
        required=field.need is Need.STARRED,
        required_when=of_physicians if field.need is Need.OF_PHYSICIANS else None,
        kept=field.need is Need.FROM_NUMBER,
        help=field.help,
        kind=kind.name,
        choices=[_choice(value, label) for value, label in kind.choices.items()],
        dictionary=dictionaries.name_of(kind.codes or kind.words),
        own_words=bool(kind.words),
        max_length=kind.max_length,
        max_bytes=kind.max_bytes,
        minimum=kind.minimum,
        maximum=kind.maximum,
        masked=field.mask is not None,
        apart=field.apart,
    )


def _choice(value: str, label: str) -> RecordFormChoice:
    return RecordFormChoice(value=value, label=label, with_text=value == choices.OTHER, under=choices.UNDER.get(value))
