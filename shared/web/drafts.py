"""A form that is checked while it is filled in (FAQ-D11): what is there is judged, what is not there yet is no error, and nothing is
written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

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


def problem_fields(errors: Iterable[FieldError]) -> list[ProblemField]:
    """As they go over the wire."""
    return [ProblemField(field=error.field, code=error.code, message=error.message) for error in errors]


class FormCheckRead(BaseModel):
    """What is wrong with what was given, and what is worth a thought."""

    errors: list[ProblemField]
    hints: list[ProblemField]
