"""The kinds of fields of a personal file: how each is filled in, how long it may be, from which table or until which day. Which field is of
which kind stands in ``form``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from services.training.people.personnel import choices
from shared.clock import beijing_today, now_utc
from shared.days import Day
from shared.fields import PASTED, CleanText, GbkText, Landline, Longest, Mobile, PersonName, Postcode, ResidentId

_EMAIL = r"^[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+$"
_OLDEST = date(1900, 1, 1)
_MAX_DEPARTMENTS = 20


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _not_emptied(value: object) -> object:
    if value is None:
        raise PydanticCustomError("required_emptied", "必填，不能清空")
    return value


def _born(day: date) -> date:
    if not _OLDEST <= day <= beijing_today(now_utc()):
        raise PydanticCustomError("birth_date_range", "出生日期应在 1900-01-01 与今天之间")
    return day


def _issued(day: date) -> date:
    if not _OLDEST <= day <= beijing_today(now_utc()):
        raise PydanticCustomError("issue_date_range", "发证日期应在 1900-01-01 与今天之间")
    return day


def _once(departments: list[str]) -> list[str]:
    return list(dict.fromkeys(departments))


@dataclass(frozen=True)
class Kind:
    """``name`` is how a field is filled in: text, email, mobile, landline, postcode, resident_id, past_date, number, one, several.
    ``type`` makes an answer right, ``kept`` is what is stored. Answers to one and several are of ``choices`` {value: label}, or codes of
    the shipped table ``codes``; in ``words`` stand those that are offered where own words are allowed too."""

    name: str
    type: Any
    kept: Any = str
    codes: str = ""
    words: str = ""
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


def gbk(size: int) -> Kind:
    """At most so many bytes of GBK, as the old system counted (TRN-17)."""
    return Kind("text", Annotated[str, GbkText(size)], max_bytes=size)


def document_number(size: int) -> Kind:
    """The number of a diploma or licence, which may have words in it, at most so many bytes of GBK (TRN-17)."""
    return Kind("text", Annotated[str, GbkText(size), PASTED], max_bytes=size)


def code(table: str, description: str) -> Kind:
    """One of a shipped table, kept as its code."""
    check = AfterValidator(lambda chosen: choices.check_code(table, chosen))
    return Kind("one", Annotated[str, check, Field(description=description), Longest(60)], codes=table)


def number(minimum: int, maximum: int) -> Kind:
    """A whole number within these bounds."""
    within = Annotated[int, Field(ge=minimum, le=maximum)]
    return Kind("number", within, kept=int, minimum=minimum, maximum=maximum)


BirthDate = Annotated[Day, AfterValidator(_born)]
IssuedOn = Annotated[Day, AfterValidator(_issued)]
Department = Annotated[str, CleanText(50), AfterValidator(choices.check_department)]
Departments = Annotated[list[Department], Field(max_length=_MAX_DEPARTMENTS), AfterValidator(_once)]
_Email = Annotated[str, CleanText(100), Field(pattern=_EMAIL, examples=["name@example.cn"]), PASTED]
_Attributes = Annotated[
    list[Annotated[str, CleanText(60)]], Field(min_length=1, max_length=20), AfterValidator(choices.check_attributes)
]
Blank = BeforeValidator(_blank_is_none)
Present = BeforeValidator(_not_emptied)

NAME = Kind("text", PersonName, max_length=50)
RESIDENT_ID = Kind("resident_id", ResidentId)
MOBILE = Kind("mobile", Mobile)
LANDLINE = Kind("landline", Landline)
POSTCODE = Kind("postcode", Postcode)
EMAIL = Kind("email", _Email, max_length=100)
SEX = Kind("one", Literal["男", "女"], choices={each: each for each in choices.SEXES})
BIRTH_DATE = Kind("past_date", BirthDate, kept=date)
ISSUED_ON = Kind("past_date", IssuedOn, kept=date)
ATTRIBUTES = Kind("several", _Attributes, kept=list[str], choices={each: each for each in choices.ATTRIBUTES})
DEPARTMENTS = Kind("several", Departments, kept=list[str], words=choices.DEPARTMENT)
