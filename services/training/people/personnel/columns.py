"""The columns that the fields of a person have: in the sheet that people fill in (BEY-07), and where people are listed."""

from collections.abc import Iterable, Mapping

from services.training.people.personnel import choices, physicians
from services.training.people.personnel.form import FIELDS, STATUS, FormField, Need
from shared.sheets import Column


def sheet_columns(fields: Iterable[FormField]) -> tuple[Column, ...]:
    """Those that every file has, then the rest, both in the order of the form."""
    asked = ((field, field.cell) for field in fields if field.cell)
    return tuple(
        Column(
            field.name,
            field.label,
            field.need is Need.STARRED,
            _drop_down(field),
            cell.width,
            "；".join(filter(None, (field.help, cell.help, _when(field)))),
        )
        for field, cell in sorted(asked, key=lambda each: not each[1].early)
    )


def _drop_down(field: FormField) -> tuple[str, ...]:
    if field.kind.name != "one":
        return ()
    return choices.names(field.kind.codes) if field.kind.codes else tuple(field.kind.choices.values())


def _when(field: FormField) -> str:
    return f"{physicians.WHEN}时必填" if field.need is Need.OF_PHYSICIANS else ""


def list_columns(fields: Iterable[FormField]) -> Mapping[str, Column]:
    """By field; of a code it is the label that is shown."""
    return {
        field.name: Column(f"{field.name}_label" if _has_label(field) else field.name, field.label, width=field.listed)
        for field in fields
        if field.listed
    }


def _has_label(field: FormField) -> bool:
    return bool(field.kind.codes) or field is STATUS


LISTED = list_columns((*FIELDS, STATUS))
