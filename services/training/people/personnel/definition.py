"""The form of a personal file for whoever draws it: its sections and fields, what each holds, when it is asked for. All of it is said by
``form``; here it is put into the shape that the form of the application for an account has.
"""

from collections.abc import Iterable

from pydantic import BaseModel

from services.training.people.personnel import dictionaries, physicians
from services.training.people.personnel.form import FormField, Need, Section


class PersonFormChoice(BaseModel):
    value: str
    label: str


class PersonFormCondition(BaseModel):
    """Holds when ``field`` has one of ``values``; ``words`` say it."""

    field: str
    values: list[str]
    words: str


class PersonFormField(BaseModel):
    """``kind`` is how it is filled in: text, email, mobile, landline, postcode, resident_id, past_date (from 1900 to today), number, one,
    several. What can be chosen is in ``choices`` or in the ``dictionary`` of that name; with ``own_words`` that only offers. ``max_bytes``
    are of GBK. ``kept`` may be left out of a new file, which has it from the resident id, and is not emptied; ``apart`` is changed by a
    route of its own. ``masked`` is shown in full in the file alone."""

    name: str
    label: str
    required: bool
    required_when: PersonFormCondition | None
    kept: bool
    help: str
    kind: str
    choices: list[PersonFormChoice]
    dictionary: str | None
    own_words: bool
    max_length: int | None
    max_bytes: int | None
    minimum: int | None
    maximum: int | None
    masked: bool
    apart: bool


class PersonFormSection(BaseModel):
    title: str
    fields: list[PersonFormField]


class PersonFormRead(BaseModel):
    """Everything that is needed to show the form of a person."""

    sections: list[PersonFormSection]


def definition_of(sections: Iterable[Section]) -> PersonFormRead:
    """The form with these sections."""
    return PersonFormRead(
        sections=[
            PersonFormSection(title=section.title, fields=[_field(field) for field in section.fields])
            for section in sections
        ]
    )


def _field(field: FormField) -> PersonFormField:
    kind = field.kind
    of_physicians = PersonFormCondition(
        field="attributes", values=list(physicians.ATTRIBUTES), words=f"{physicians.WHEN}之一"
    )
    return PersonFormField(
        name=field.name,
        label=field.label,
        required=field.need is Need.STARRED,
        required_when=of_physicians if field.need is Need.OF_PHYSICIANS else None,
        kept=field.need is Need.FROM_NUMBER,
        help=field.help,
        kind=kind.name,
        choices=[PersonFormChoice(value=value, label=label) for value, label in kind.choices.items()],
        dictionary=dictionaries.name_of(kind.codes or kind.words),
        own_words=bool(kind.words),
        max_length=kind.max_length,
        max_bytes=kind.max_bytes,
        minimum=kind.minimum,
        maximum=kind.maximum,
        masked=field.mask is not None,
        apart=field.apart,
    )
