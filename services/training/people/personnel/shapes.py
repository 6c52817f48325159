"""The models that the table of the form makes: which fields a body or an answer has, of which type, and whether it may be without. What
holds several fields against each other stands in ``schemas``.
"""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from services.training.people.personnel.form import FormField, Need
from shared.web.answers import CodeOf
from shared.web.form_tables import Blank, Present, Shape


def for_new(fields: Iterable[FormField]) -> Shape:
    """What a new file is made of: stars are asked for, a blank is nothing."""
    return {field.name: _new(field) for field in fields}


def for_change(fields: Iterable[FormField]) -> Shape:
    """What may change: nothing is asked for, and what the form requires is not emptied."""
    return {field.name: _changed(field) for field in fields if not field.apart}


def for_reading(fields: Iterable[FormField]) -> Shape:
    """What is shown."""
    shape: Shape = {}
    for field in fields:
        kept = Annotated[field.kind.kept, CodeOf(field.kind.codes)] if field.kind.codes else field.kind.kept
        shape[field.name] = (kept if _is_always_there(field) else kept | None, ...)
    return shape


def _new(field: FormField) -> object:
    if field.need is Need.STARRED:
        return (field.kind.type, ...)
    if field.kind.name == "several":
        return (field.kind.type, Field(default_factory=list))
    if field.need is Need.OF_PHYSICIANS:
        return (Annotated[field.kind.type | None, Blank, Field(validate_default=True)], None)
    return (Annotated[field.kind.type | None, Blank], None)


def _changed(field: FormField) -> object:
    rule = Present if field.need in {Need.STARRED, Need.FROM_NUMBER} else Blank
    return (Annotated[field.kind.type | None, rule], None)


def _is_always_there(field: FormField) -> bool:
    return field.need in {Need.STARRED, Need.FROM_NUMBER} or field.kind.name == "several"
