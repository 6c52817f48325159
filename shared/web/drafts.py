"""A form that is checked while it is filled in (FAQ-D11): what is there is judged, what is not there yet is no error, and nothing is
written.
"""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails

from shared.errors import FieldError
from shared.web.problems import ProblemField, of_validation


class Draft(BaseModel):
    """A form on its way: a blank text or an empty list is not there. Every field of a subclass may be None."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, given: object) -> Any:
        if not isinstance(given, dict):
            return given
        return {name: None if _is_blank(value) else value for name, value in given.items()}


def _is_blank(value: object) -> bool:
    return value == [] or (isinstance(value, str) and not value.strip())


D = TypeVar("D", bound=Draft)


def read_draft(form: type[D], given: Mapping[str, object]) -> tuple[D, list[FieldError]]:
    """What of ``given`` has the right shape, and what is wrong with the rest, one entry per field."""
    try:
        return form.model_validate(given), []
    except ValidationError as error:
        bad: dict[str, FieldError] = {}
        for one in reversed(error.errors()):
            # The name is the one that was given, whatever a path makes of it: by it the rest is told apart.
            name = str(one["loc"][0])
            one["loc"] = ("body", name)
            (told,) = of_validation([one]).errors
            bad[name] = replace(told, field=name)
        rest = {name: value for name, value in given.items() if name not in bad}
        return form.model_validate(rest), [bad[name] for name in given if name in bad]


def read_whole_draft(form: type[D], given: Mapping[str, object]) -> tuple[D, list[FieldError]]:
    """As ``read_draft``, for a form with rows: every wrong cell by its own path, and the rest of its row is read as if the cell were blank.
    A field in which that does not help is left out whole."""
    try:
        return form.model_validate(given), []
    except ValidationError as error:
        first = error.errors()
    blanked = _blanked(given, first)
    try:
        draft, more = form.model_validate(blanked), []
    except ValidationError as error:
        more = error.errors()
        bad = {str(one["loc"][0]) for one in more}
        draft = form.model_validate({name: value for name, value in blanked.items() if name not in bad})
    told = {(each.field, each.code): each for one in (first, more) for each in _by_path(one)}
    return draft, list(told.values())


def _by_path(errors: list[ErrorDetails]) -> tuple[FieldError, ...] | list[FieldError]:
    for one in errors:
        one["loc"] = ("body", *one["loc"])
    return of_validation(errors).errors


def _blanked(given: Mapping[str, object], errors: list[ErrorDetails]) -> dict[str, Any]:
    """A copy without what stands at these places."""
    rest: dict[str, Any] = copy.deepcopy(dict(given))
    for one in errors:
        _blank(rest, one["loc"], forget=one["type"] == "extra_forbidden")
    return rest


def _blank(rest: dict[str, Any], place: tuple[int | str, ...], *, forget: bool) -> None:
    """What stands there, or, where the path names no place in it but a way of reading it, the last that it does name."""
    here: Any = rest
    for step, below in zip(place, (*place[1:], None), strict=True):
        inner = here.get(step) if isinstance(here, dict) else here[int(step)]
        if below is not None and (isinstance(inner, dict) or (isinstance(inner, list) and isinstance(below, int))):
            here = inner
            continue
        if forget and isinstance(here, dict):
            here.pop(step, None)
        else:
            here[step] = None
        return


def problem_fields(errors: Iterable[FieldError]) -> list[ProblemField]:
    """As they go over the wire."""
    return [ProblemField(field=error.field, code=error.code, message=error.message) for error in errors]


class FormCheckRead(BaseModel):
    """What is wrong with what was given, and what is worth a thought."""

    errors: list[ProblemField]
    hints: list[ProblemField]
