"""What a stored field is called and how its values are read by people: for histories, and for whoever saves a record that has changed
meanwhile (PLAT-03, PLAT-04). The words come from the schemas that write the values, so that no name is said twice.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

from shared.clock import beijing_time
from shared.reference.tables import label

Reader = Callable[[Any], str | None]
# What ids and codes are called that only the database knows.
Names = Mapping[str, str]
NOTHING: Names = {}
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
# Where the name of a field in a form ends and its explanation begins.
_END_OF_NAME = re.compile(r"[（(，。：；]")


@dataclass(frozen=True)
class CodeOf:
    """``Annotated[str, CodeOf("duties")]``: a code of that shipped table."""

    table: str


class Word(NamedTuple):
    """A field's Chinese name, and what is read for its value, or for each of several unless ``whole``; without ``read`` the value says it
    itself."""

    label: str
    read: Reader | None = None
    whole: bool = False

    def of(self, value: object, names: Names = NOTHING) -> str | None:
        """What people read for ``value``; None for one that is empty."""
        if self.whole and self.read and value not in (None, "", [], {}):
            return self.read(value)
        return in_words(value, self.read, names)


Words = Mapping[str, Word]


def files(label: str) -> Word:
    """Uploads are kept by their ids; how many there are is what can be read."""
    return Word(label, lambda ids: f"{len(ids)} 份", whole=True)


def unsaid(label: str) -> Word:
    """What a row keeps for the platform, such as an id: it has a name, and nobody is shown it."""
    return Word(label, lambda _: None, whole=True)


def counted(label: str, unit: str) -> Word:
    """Ids of which people read how many there are."""
    return Word(label, lambda ids: f"{len(ids)} {unit}", whole=True)


def lines(label: str, row: type[BaseModel]) -> Word:
    """A list whose every element is a ``row``."""
    words = words_of(row)
    return Word(label, lambda each: "，".join(w for name, word in words.items() if (w := word.of(each.get(name)))))


def words_of(model: type[BaseModel], **more: Word) -> dict[str, Word]:
    """Of each field of ``model`` that has a description: its name, and how its codes are read by the type that it has; ``more`` adds fields
    or reads them otherwise."""
    found = {
        name: Word(_END_OF_NAME.split(info.description)[0], _reader_of_each(info.annotation, *info.metadata))
        for name, info in model.model_fields.items()
        if info.description
    }
    return {**found, **more}


def _reader_of_each(*annotations: object) -> Reader | None:
    """The same for what is held in a list."""
    held = [each for one in annotations for each in (get_args(one) if get_origin(one) is list else (one,))]
    return next((words for each in held if (words := reader_of(each))), None)


def reader_of(annotation: object) -> Callable[[str], str] | None:
    """What people read for a value of this type; None of a type that is no code."""
    if isinstance(annotation, type) and (members := getattr(annotation, "__members__", None)):
        return {str(each): str(getattr(each, "label", each)) for each in members.values()}.__getitem__
    if isinstance(annotation, CodeOf):
        return lambda code: label(annotation.table, code)
    if get_origin(annotation) in {Annotated, Union, UnionType}:
        return next((words for part in get_args(annotation) if (words := reader_of(part))), None)
    return None


def in_words(value: object, read: Reader | None = None, names: Names = NOTHING) -> str | None:
    """A JSON value as people read it; None for one that is empty, or an id that has no name. A code that is known no more stands for
    itself."""
    if value is None or value in ("", [], {}):
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(each for each in (in_words(one, read, names) for one in value) if each) or None
    if isinstance(value, Mapping) and read is None:
        pairs = ((names.get(name, name), in_words(each, None, names)) for name, each in value.items())
        return "；".join(f"{name}：{words}" if words else name for name, words in pairs)
    if read is not None:
        try:
            return read(value)
        except KeyError:
            return str(value)
    text = str(value)
    if text in names or _ID.fullmatch(text):
        return names.get(text)
    return _moment(text) if _MOMENT.match(text) else text


def _moment(value: str) -> str:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    return f"{beijing_time(at) if at.tzinfo else at:%Y-%m-%d %H:%M}"
