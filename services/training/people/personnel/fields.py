"""Types of the fields of a personal file: how long, from which table, until which day. What is required is said in ``schemas``."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from services.training.people.personnel import choices
from shared.clock import beijing_today, now_utc
from shared.fields import CleanText, GbkText

_EMAIL = r"^[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+$"
_OLDEST = date(1900, 1, 1)
_MAX_DEPARTMENTS = 20


def _of(table: str) -> AfterValidator:
    return AfterValidator(lambda code: choices.check_code(table, code))


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


Sex = Literal["男", "女"]
Name = Annotated[str, CleanText(50)]
BirthDate = Annotated[date, AfterValidator(_born)]
Email = Annotated[str, CleanText(100), Field(pattern=_EMAIL, examples=["name@example.cn"])]
Address = Annotated[str, CleanText(200)]
Nationality = Annotated[str, CleanText(50)]
EthnicGroup = Annotated[str, _of(choices.ETHNIC_GROUP), Field(description="民族代码（GB/T 3304）")]
Education = Annotated[str, _of(choices.EDUCATION), Field(description="学历代码（GB/T 4658）")]
Degree = Annotated[str, _of(choices.DEGREE), Field(description="学位代码（GB/T 6864）")]
Title = Annotated[str, _of(choices.TITLE), Field(description="职称代码（GB/T 8561），可选分组行")]
TitleLevel = Annotated[str, _of(choices.TITLE_LEVEL), Field(description="职称级别代码")]
Duty = Annotated[str, CleanText(50), Field(description="职务：从字典选择或自行填写")]
Post = Annotated[str, GbkText(100)]
WorkYears = Annotated[int, Field(ge=0, le=99)]
Number = Annotated[str, GbkText(100)]
IssuedOn = Annotated[date, AfterValidator(_issued)]
PhysicianCategory = Annotated[str, _of(choices.PHYSICIAN_CATEGORY), Field(description="医师资格类别代码")]
PhysicianLevel = Annotated[str, _of(choices.PHYSICIAN_LEVEL), Field(description="医师资格级别代码")]
PracticeCategory = Annotated[str, _of(choices.PRACTICE_CATEGORY), Field(description="医师执业类别代码")]
Place = Annotated[str, GbkText(200)]
Department = Annotated[str, CleanText(50), AfterValidator(choices.check_department)]
Departments = Annotated[list[Department], Field(max_length=_MAX_DEPARTMENTS), AfterValidator(_once)]
Attributes = Annotated[
    list[Annotated[str, CleanText(60)]], Field(min_length=1, max_length=20), AfterValidator(choices.check_attributes)
]
Blank = BeforeValidator(_blank_is_none)
Present = BeforeValidator(_not_emptied)
