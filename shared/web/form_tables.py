"""A form as one table: each field's name, label, kind and need. From it come the definition that pages are drawn from (``forms``) and the
models that check what is sent, so that nothing of a field stands twice.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    create_model,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from shared.clock import beijing_today, now_utc
from shared.days import Day
from shared.fields import PASTED, CleanText, Landline, Mobile, PersonName, Postcode, RegionCode
from shared.reference.tables import label
from shared.web.forms import RecordFormChoice, RecordFormCondition, RecordFormField, RecordFormSection
from shared.wording import Reader, Word
from shared.workflow.definition import Labelled

_EMAIL = r"^[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+$"
YES, NO = "true", "false"
_LISTS = {"several", "groups"}


@dataclass(frozen=True)
class Kind:
    """``name`` is how a field is filled in, as ``RecordFormField`` says it. ``type`` makes an answer right, ``kept`` is what is stored.
    Answers to one and several are of ``choices`` {value: label}, or codes of the shipped table ``codes``; in ``words`` stand those that
    are offered where own words are allowed too, in ``dictionary`` the name of what depends on the rest of the form."""

    name: str
    type: Any
    kept: Any = str
    codes: str = ""
    words: str = ""
    dictionary: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    max_length: int | None = None
    max_bytes: int | None = None
    minimum: int | None = None
    maximum: int | None = None


def text(length: int, *, words: str = "", description: str | None = None) -> Kind:
    """At most so many characters."""
    return Kind(
        "text", Annotated[str, CleanText(length), Field(description=description)], words=words, max_length=length
    )


def pasted(length: int) -> Kind:
    """A number that may have words in it, and is copied more often than typed."""
    return Kind("text", Annotated[str, CleanText(length), PASTED], max_length=length)


def number(minimum: int, maximum: int) -> Kind:
    """A whole number within these bounds."""
    within = Annotated[int, Field(ge=minimum, le=maximum)]
    return Kind("number", within, kept=int, minimum=minimum, maximum=maximum)


def one_of(choices: type[Labelled]) -> Kind:
    return Kind("one", choices, kept=choices, choices={each.value: each.label for each in choices})


def most(count: int) -> Any:
    """At most so many of them."""
    return Field(max_length=count)


def some_of(choices: type[Labelled]) -> Kind:
    bounded = Annotated[list[choices], Field(max_length=len(choices))]  # type: ignore[valid-type]
    return Kind("several", bounded, kept=list[str], choices={each.value: each.label for each in choices})


def _passed(day: date) -> date:
    if day > beijing_today(now_utc()):
        raise PydanticCustomError("date_ahead", "不能晚于今天")
    return day


NAME = Kind("text", PersonName, max_length=50)
MOBILE = Kind("mobile", Mobile)
LANDLINE = Kind("landline", Landline)
POSTCODE = Kind("postcode", Postcode)
REGION = Kind("region", RegionCode)
EMAIL = Kind(
    "email",
    Annotated[str, CleanText(100), Field(pattern=_EMAIL, examples=["name@example.cn"]), PASTED],
    max_length=100,
)
PAST_DATE = Kind("past_date", Annotated[Day, AfterValidator(_passed)], kept=date)
# A switch, off unless it is on; and a question that has to be answered.
SWITCH = Kind("switch", bool, kept=bool)
YES_OR_NO = Kind("one", bool, kept=bool, choices={YES: "是", NO: "否"})


@dataclass(frozen=True)
class FormField:
    """``default`` is what stands for a blank one where that is not null; ``shown_when`` hides it elsewhere, and then it is not asked for."""

    name: str
    label: str
    kind: Kind
    required: bool = False
    help: str = ""
    default: object = None
    shown_when: RecordFormCondition | None = None


@dataclass(frozen=True)
class Section:
    title: str
    fields: tuple[FormField, ...]


def reader_of_kind(kind: Kind) -> Reader | None:
    """What people read for an answer of that kind; None where the answer says it itself."""
    if kind.codes:
        return lambda code: label(kind.codes, code)
    return kind.choices.__getitem__ if kind.choices else None


def words_of_fields(fields: Iterable[FormField]) -> dict[str, Word]:
    """For the history of the records that the form fills."""
    return {each.name: Word(each.label, reader_of_kind(each.kind)) for each in fields}


def sections_of(sections: Iterable[Section]) -> list[RecordFormSection]:
    """As pages are told of them."""
    return [
        RecordFormSection(title=each.title, fields=[definition_of(field) for field in each.fields]) for each in sections
    ]


def definition_of(each: FormField) -> RecordFormField:
    kind = each.kind
    return RecordFormField(
        name=each.name,
        label=each.label,
        required=each.required,
        help=each.help,
        kind=kind.name,
        choices=[RecordFormChoice(value=value, label=label) for value, label in kind.choices.items()],
        dictionary=kind.dictionary or None,
        own_words=bool(kind.words),
        max_length=kind.max_length,
        max_bytes=kind.max_bytes,
        minimum=kind.minimum,
        maximum=kind.maximum,
        shown_when=each.shown_when,
    )


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _not_emptied(value: object) -> object:
    if value is None:
        raise PydanticCustomError("required_emptied", "必填，不能清空")
    return value


Blank = BeforeValidator(_blank_is_none)
Present = BeforeValidator(_not_emptied)


def _instead(default: object) -> WrapValidator:
    """A blank is ``default``, which no rule is asked of."""

    def read(value: object, rules: ValidatorFunctionWrapHandler) -> object:
        return default if _blank_is_none(value) is None else rules(value)

    return WrapValidator(read)


class _MayBeBlank:
    """What ``_instead`` takes, as the document says it."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        said = handler(schema)
        said.pop("minLength", None)
        if pattern := said.get("pattern"):
            said["pattern"] = f"^$|{pattern}"
        return said


Model = TypeVar("Model", bound=BaseModel)
Shape = dict[str, Any]
"""What ``pydantic.create_model`` makes fields of, by name."""


def having(shape: Shape) -> Callable[[type[Model]], type[Model]]:
    """A class with these fields besides its own."""

    def fill(model: type[Model]) -> type[Model]:
        return create_model(model.__name__, __base__=model, __module__=model.__module__, __doc__=model.__doc__, **shape)

    return fill


def for_new(fields: Iterable[FormField]) -> Shape:
    """What a new record is made of: stars are asked for, a blank is nothing."""
    return {each.name: _new(each) for each in fields}


class Named(Protocol):
    """Of a field of any table."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> Kind: ...


def for_draft(fields: Iterable[Named]) -> Shape:
    """What may be there of a form on its way."""
    return {each.name: (each.kind.type | None, None) for each in fields}


def for_change(fields: Iterable[FormField]) -> Shape:
    """What may change: nothing is asked for, and what the form requires is not emptied."""
    return {each.name: _changed(each) for each in fields}


def _said(each: FormField) -> Any:
    return Field(description=each.label)


def _new(each: FormField) -> object:
    if each.required:
        return (Annotated[each.kind.type, _said(each)], ...)
    if each.kind.name in _LISTS:
        return (Annotated[each.kind.type, _said(each)], Field(default_factory=list))
    if each.default is not None:
        return (Annotated[each.kind.type, _instead(each.default), _MayBeBlank(), _said(each)], each.default)
    return (Annotated[each.kind.type | None, Blank, _said(each)], None)


def _changed(each: FormField) -> object:
    if each.default is not None:
        return (Annotated[each.kind.type | None, _instead(each.default), _said(each)], None)
    rule = Present if each.required or each.kind.name in _LISTS else Blank
    return (Annotated[each.kind.type | None, rule, _said(each)], None)
