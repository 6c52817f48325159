"""How an answer is made: from a row, by the names of its attributes; and a code never stands alone, but with what people read for it
beside it, said by the code's own type.
"""

from collections.abc import Callable
from functools import cache
from inspect import get_annotations
from types import NoneType
from typing import Self, get_args

from pydantic import BaseModel, ConfigDict, computed_field

from shared.wording import CodeOf, reader_of

__all__ = ["CodeOf", "Read"]


class Read(BaseModel):
    """An answer. Beside a field ``status`` (or ``status_code``) that is ``Labelled``, or ``CodeOf`` a table, it has ``status_label``, null
    where the code is; one that the class declares itself stays as it is declared."""

    model_config = ConfigDict(from_attributes=True)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = get_annotations(cls)
        for name, annotation in own.items():
            beside = f"{name.removesuffix('_code')}_label"
            if (words := reader_of(annotation)) and beside not in own:
                setattr(cls, beside, _label_of(name, words, may_be_none=NoneType in get_args(annotation)))

    @classmethod
    def of(cls, row: object, /, **more: object) -> Self:
        """From the attributes of ``row``; ``more`` is what it has not, or what is shown in its place. A field that is in neither and has
        no default raises ``AttributeError``."""
        wanted = ((name, required) for name, required in _fields(cls) if name not in more)
        own = {name: getattr(row, name) for name, required in wanted if required or hasattr(row, name)}
        return cls.model_validate({**own, **more})


@cache
def _fields(answer: type[BaseModel]) -> tuple[tuple[str, bool], ...]:
    """(name, whether it must be given) of each: the same for every row of a list."""
    return tuple((name, field.is_required()) for name, field in answer.model_fields.items())


def _label_of(name: str, words: Callable[[str], str], *, may_be_none: bool) -> object:
    def label(answer: BaseModel) -> str | None:
        code = getattr(answer, name)
        return None if code is None else words(code)

    return computed_field(return_type=str | None if may_be_none else str)(property(label))
