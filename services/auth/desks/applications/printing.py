"""The application form as it is printed and as managers read it: every row with its label, its value in words and its boxes. The template
that makes a PDF of it belongs to the certificates service and computes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel

from services.auth.desks.applications.form import (
    PERMISSION_GROUPS,
    PLEDGE_TEXT,
    PLEDGE_TITLE,
    SECTIONS,
    SIGNATURES,
    TITLE,
    FormField,
)
from services.auth.directory.organisations.workflow import OrganisationKind

Form = Mapping[str, Any]


class PrintedChoice(BaseModel):
    label: str
    ticked: bool


class PrintedRow(BaseModel):
    """``choices`` None for what is written; ``wide`` takes the whole line."""

    label: str
    value: str
    required: bool
    choices: list[PrintedChoice] | None = None
    wide: bool = False


class PrintedSection(BaseModel):
    title: str
    rows: list[PrintedRow]


class PrintedPledge(BaseModel):
    title: str = PLEDGE_TITLE
    text: str = PLEDGE_TEXT


class PrintedSignature(BaseModel):
    label: str


class Contact(BaseModel):
    """Who opens accounts in a city (AUTH-07)."""

    city: str
    name: str
    phone: str


# Full-width blanks: room to write by hand, which a page does not shrink.
_OPEN_DAY = "\u3000\u3000\u3000年\u3000\u3000月\u3000\u3000日"


class PrintedForm(BaseModel):
    """The content of the event ``FormPrepared`` of the kind ``account_application``; ``number`` "" and ``blank`` for the empty form."""

    title: str = TITLE
    number: str
    blank: bool
    sections: list[PrintedSection]
    pledge: PrintedPledge = PrintedPledge()
    signatures: list[PrintedSignature] = [PrintedSignature(label=label) for label in SIGNATURES]
    remarks: str
    contacts: list[Contact]


def printed_form(form: Form, *, number: str, region_names: Form, contacts: Iterable[Contact]) -> PrintedForm:
    """The form with these JSON values; ``region_names`` has the names of the codes in it. Empty values and number: the blank form."""
    return PrintedForm(
        number=number,
        blank=not number,
        sections=printed_sections(form, region_names),
        remarks=form.get("remarks") or "",
        contacts=list(contacts),
    )


def printed_sections(form: Form, region_names: Form) -> list[PrintedSection]:
    """The three parts (AUTH-02…04)."""
    return [
        PrintedSection(
            title=section.title, rows=[row for field in section.fields for row in _rows(field, form, region_names)]
        )
        for section in SECTIONS
    ]


def value_in_words(field: FormField, form: Form, region_names: Form) -> str:
    """What a field says, in the words of its choices."""
    value = form.get(field.name)
    if not value:
        return ""
    if field.choices:
        chosen = {value} if isinstance(value, str) else set(value)
        return "、".join(choice.label for choice in field.choices if choice.value in chosen)
    if field.kind == "region":
        return str(region_names.get(value, value))
    return _day(value) if field.kind == "date" else str(value)


def _rows(field: FormField, form: Form, region_names: Form) -> Iterator[PrintedRow]:
    if field.name == "permissions":
        yield from _permission_rows(field, form)
    elif field.name == "valid_from":
        days = [form.get("valid_from"), form.get("valid_until")]
        words = " 至 ".join(_day(day) if day else _OPEN_DAY for day in days)
        yield PrintedRow(label="申请账号有效期", value=words, required=True, wide=True)
    elif field.name not in {"valid_until", "other_kind"}:
        value = value_in_words(field, form, region_names)
        choices = _choices(field, form) if field.choices else None
        yield PrintedRow(label=field.label, value=value, required=field.required, choices=choices, wide=field.wide)


def _choices(field: FormField, form: Form) -> list[PrintedChoice]:
    value = form.get(field.name) or ()
    chosen = {value} if isinstance(value, str) else set(value)
    other = form.get("other_kind")
    return [
        PrintedChoice(
            label=f"{choice.label}：{other}" if choice.value == OrganisationKind.OTHER and other else choice.label,
            ticked=choice.value in chosen,
        )
        for choice in field.choices
    ]


def _permission_rows(field: FormField, form: Form) -> Iterator[PrintedRow]:
    chosen = set(form.get("permissions") or ())
    for group in PERMISSION_GROUPS:
        boxes = [PrintedChoice(label=label, ticked=grant.value in chosen) for grant, label in group.grants]
        value = "、".join(box.label for box in boxes if box.ticked)
        label = f"{field.label}：{group.label}"
        yield PrintedRow(label=label, value=value, required=field.required, choices=boxes, wide=True)


def _day(written: str) -> str:
    day = date.fromisoformat(written)
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
