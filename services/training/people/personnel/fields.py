"""The kinds of fields that only a personal file has: how each is filled in, how long it may be, from which table or until which day. Which
field is of which kind stands in ``form``; kinds that every form may have are in ``shared.web.form_tables``.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from services.training.people.personnel import choices
from shared.clock import beijing_today, now_utc
from shared.days import Day
from shared.fields import PASTED, CleanText, GbkText, Longest, ResidentId
from shared.web.form_tables import Kind

_OLDEST = date(1900, 1, 1)
_MAX_DEPARTMENTS = 20


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


BirthDate = Annotated[Day, AfterValidator(_born)]
IssuedOn = Annotated[Day, AfterValidator(_issued)]
Department = Annotated[str, CleanText(50), AfterValidator(choices.check_department)]
Departments = Annotated[list[Department], Field(max_length=_MAX_DEPARTMENTS), AfterValidator(_once)]
_Attributes = Annotated[
    list[Annotated[str, CleanText(60)]], Field(min_length=1, max_length=20), AfterValidator(choices.check_attributes)
]

RESIDENT_ID = Kind("resident_id", ResidentId)
SEX = Kind("one", Literal["男", "女"], choices={each: each for each in choices.SEXES})
BIRTH_DATE = Kind("past_date", BirthDate, kept=date)
ISSUED_ON = Kind("past_date", IssuedOn, kept=date)
ATTRIBUTES = Kind("several", _Attributes, kept=list[str], choices={each: each for each in choices.ATTRIBUTES})
DEPARTMENTS = Kind("several", Departments, kept=list[str], words=choices.DEPARTMENT)
