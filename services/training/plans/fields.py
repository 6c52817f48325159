"""The kinds of fields that a plan has, and the telephone that other forms ask for in the same way. Which field is of which kind stands in
``form``; kinds that every form may have are in ``shared.web.form_tables``.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from shared.days import Day
from shared.fields import MESSAGES, NUMBER, CleanText, Copied, Longest
from shared.identifiers import landline_problem, mobile_problem, normalise_landline, normalise_mobile
from shared.reference.tables import row, table
from shared.web import form_tables as t
from shared.web.form_tables import Kind

TITLE_LEVELS = "professional_title_levels"
MAX_SPECIALTIES, MAX_GROUPS = 50, 25


def _phone_cleaned(value: object) -> object:
    if not isinstance(value, str):
        return value
    mobile = normalise_mobile(value)
    return normalise_landline(value) if mobile_problem(mobile) else mobile


def _phone_checked(value: str) -> str:
    if mobile_problem(value) and landline_problem(value):
        code = "landline_format" if value.startswith("0") else "mobile_format"
        raise PydanticCustomError(code, MESSAGES[code])
    return value


def _title_level(value: str) -> str:
    if row(TITLE_LEVELS, value) is None:
        raise PydanticCustomError("unknown_code", "不在职称级别的可选范围内")
    return value


Phone = Annotated[
    str,
    BeforeValidator(_phone_cleaned),
    AfterValidator(_phone_checked),
    Field(description="手机号码或固定电话", examples=["025-83759999"]),
    NUMBER,
]
_Code = Annotated[str, Copied(40)]
_Codes = Annotated[list[_Code], t.most(MAX_SPECIALTIES)]
_Mark = Annotated[Decimal, Field(ge=0, le=100, max_digits=4, decimal_places=1), Longest(20)]
_TitleLevel = Annotated[str, AfterValidator(_title_level), Longest(20)]

PHONE = Kind("landline", Phone)
DAY = Kind("date", Day, kept=date)
TYPE = Kind("one", _Code)
SPECIALTIES = Kind("several", _Codes, kept=list[str], dictionary="specialties")
# What is examined together, of what the plan opens (X30).
GROUPS = Kind("groups", Annotated[list[_Codes], t.most(MAX_GROUPS)], dictionary="opened_specialties")
MARK = Kind("decimal", _Mark, kept=Decimal, minimum=0, maximum=100)
TITLE_LEVEL = Kind(
    "one", _TitleLevel, codes=TITLE_LEVELS, choices={each.code: each.name for each in table(TITLE_LEVELS)}
)


def lines(length: int, *, blank: bool = False) -> Kind:
    """Paragraphs, which pages show and no document prints."""
    return Kind("lines", Annotated[str, CleanText(length, blank=blank, lines=True, printed=False)], max_length=length)
