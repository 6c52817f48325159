"""How an answer is made: from a row, by the names of its attributes; and a code never stands alone, but with what people read for it
beside it, said by the code's own type.
"""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import get_annotations
from types import NoneType, UnionType
from typing import Annotated, Self, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, computed_field

from shared.reference.tables import label
from shared.workflow.definition import Labelled


@dataclass(frozen=True)
class CodeOf:
    """``Annotated[str, CodeOf("duties")]``: a code of that shipped table."""

    table: str


class Read(BaseModel):
    """An answer. Beside a field ``status`` (or ``status_code``) that is ``Labelled``, or ``CodeOf`` a table, it has ``status_label``, null
    where the code is; one that the class declares itself stays as it is declared."""

    model_config = ConfigDict(from_attributes=True)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = get_annotations(cls)
        for name, annotation in own.items():
            beside = f"{name.removesuffix('_code')}_label"
            if (words := _words(annotation)) and beside not in own:
                setattr(cls, beside, _label_of(name, words, may_be_none=NoneType in get_args(annotation)))

    @classmethod
    def of(cls, row: object, /, **more: object) -> Self:
        """From the attributes of ``row``; ``more`` is what it has not, or what is shown in its place. A field that is in neither and has
        no default raises ``AttributeError``."""
        wanted = (name for name in cls.model_fields if name not in more)
        own = {name: getattr(row, name) for name in wanted if cls.model_fields[name].is_required() or hasattr(row, name)}
        return cls.model_validate({**own, **more})


def _words(annotation: object) -> Callable[[str], str] | None:
    """What people read for a value of this type; None of a type that is no code."""
    if isinstance(annotation, type) and issubclass(annotation, Labelled):
        return {each.value: each.label for each in annotation}.__getitem__
    if isinstance(annotation, CodeOf):
        return lambda code: label(annotation.table, code)
    if get_origin(annotation) in {Annotated, Union, UnionType}:
        return next((words for part in get_args(annotation) if (words := _words(part))), None)
    return None


def _label_of(name: str, words: Callable[[str], str], *, may_be_none: bool) -> object:
    def label(answer: BaseModel) -> str | None:
        code = getattr(answer, name)
        return None if code is None else words(code)

    return computed_field(return_type=str | None if may_be_none else str)(property(label))
