"""What an action asks for besides its reason, read from its body: the portal draws the question from it and retypes nothing (PLAT-02)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from types import MappingProxyType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

# How an answer is given, by the type that the body has for it; the first that fits. A list is several of what it holds.
_KINDS: Mapping[type, str] = {
    bool: "yes_no",
    AwareDatetime: "moment",
    datetime: "moment",
    date: "date",
    int: "number",
    str: "text",
}
_REASON = "reason"


class ActionChoice(BaseModel):
    value: str
    label: str


class ActionField(BaseModel):
    """``kind`` is yes_no, moment (ISO 8601 with its zone), date, number, text, one or several. The last two are of ``choices``, or, where
    there are none, of what the page shows. ``suggested`` are values that would be taken now, one press away."""

    name: str
    label: str
    kind: str
    required: bool
    choices: list[ActionChoice]
    suggested: list[ActionChoice] = []


T = TypeVar("T")
# Values that a record's action would take at this moment, by the field's name.
Suggest = Callable[[T, datetime], Mapping[str, Sequence[ActionChoice]]]


def fields_of(
    body: type[BaseModel], suggested: Mapping[str, Sequence[ActionChoice]] = MappingProxyType({})
) -> list[ActionField]:
    """In the body's order, without the reason, which every action may have."""
    if not suggested:
        return list(_fields(body))
    return [each.model_copy(update={"suggested": list(suggested.get(each.name, ()))}) for each in _fields(body)]


@cache
def _fields(body: type[BaseModel]) -> tuple[ActionField, ...]:
    return tuple(_field(name, info) for name, info in body.model_fields.items() if name != _REASON)


def _field(name: str, info: FieldInfo) -> ActionField:
    kind, choices = _kind_of(info.annotation)
    return ActionField(
        name=name, label=info.description or name, kind=kind, required=info.is_required(), choices=choices
    )


def _kind_of(annotation: Any) -> tuple[str, list[ActionChoice]]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _kind_of(get_args(annotation)[0])
    if origin in {Union, UnionType}:
        return _kind_of(next(each for each in get_args(annotation) if each is not type(None)))
    if origin in {list, tuple, set}:
        return "several", _kind_of(get_args(annotation)[0])[1]
    if not isinstance(annotation, type):
        return "text", []
    if labels := getattr(annotation, "__members__", None):
        return "one", [ActionChoice(value=str(each), label=each.label) for each in labels.values()]
    return next((kind for known, kind in _KINDS.items() if issubclass(annotation, known)), "text"), []
