"""A personal file over the wire. What is starred in the form is required (X1); codes go with their labels beside them. Resident ids and
phones are masked everywhere but in ``StaffMemberRead`` (PLAT-05).
"""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from services.training.personnel import choices
from shared.clock import beijing_today, now_utc
from shared.fields import CleanText, GbkText, Mobile, Postcode, ResidentId
from shared.identifiers import birth_date_of, sex_of
from shared.workflow.definition import AllowedAction

_EMAIL = r"^[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+$"
_OLDEST = date(1900, 1, 1)


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


Sex = Literal["男", "女"]
Name = Annotated[str, CleanText(50)]
BirthDate = Annotated[date, AfterValidator(_born)]
Email = Annotated[str, CleanText(100), Field(pattern=_EMAIL, examples=["name@example.cn"])]
Address = Annotated[str, CleanText(200)]
Education = Annotated[str, _of(choices.EDUCATION), Field(description="学历代码（GB/T 4658）")]
Title = Annotated[str, _of(choices.TITLE), Field(description="职称代码（GB/T 8561）")]
TitleLevel = Annotated[str, _of(choices.TITLE_LEVEL), Field(description="职称级别代码")]
Post = Annotated[str, GbkText(100)]
WorkYears = Annotated[int, Field(ge=0, le=99)]
Attributes = Annotated[
    list[Annotated[str, CleanText(60)]], Field(min_length=1, max_length=20), AfterValidator(choices.check_attributes)
]
_Blank = BeforeValidator(_blank_is_none)
_Present = BeforeValidator(_not_emptied)


class StaffMemberCreate(BaseModel):
    """``sex`` and ``birth_date`` come from the resident id unless they are given; given, they stand (TRN-10, TRN-11: editable)."""

    model_config = ConfigDict(extra="forbid")

    resident_id: ResidentId
    name: Name
    sex: Annotated[Sex | None, _Blank] = None
    birth_date: Annotated[BirthDate | None, _Blank] = None
    mobile: Mobile
    email: Annotated[Email | None, _Blank] = None
    postcode: Annotated[Postcode | None, _Blank] = None
    address: Address
    education: Education
    title: Title
    title_level: Annotated[TitleLevel | None, _Blank] = None
    post: Post
    work_years: WorkYears
    attributes: Attributes


class StaffMemberUpdate(BaseModel):
    """Only what is given changes; what the form requires cannot be emptied."""

    model_config = ConfigDict(extra="forbid")

    resident_id: Annotated[ResidentId | None, _Present] = None
    name: Annotated[Name | None, _Present] = None
    sex: Annotated[Sex | None, _Present] = None
    birth_date: Annotated[BirthDate | None, _Blank] = None
    mobile: Annotated[Mobile | None, _Present] = None
    email: Annotated[Email | None, _Blank] = None
    postcode: Annotated[Postcode | None, _Blank] = None
    address: Annotated[Address | None, _Present] = None
    education: Annotated[Education | None, _Present] = None
    title: Annotated[Title | None, _Present] = None
    title_level: Annotated[TitleLevel | None, _Blank] = None
    post: Annotated[Post | None, _Present] = None
    work_years: Annotated[WorkYears | None, _Present] = None
    attributes: Annotated[Attributes | None, _Present] = None


LABELS = {
    "resident_id": "身份证号",
    "name": "姓名",
    "sex": "性别",
    "mobile": "手机号码",
    "email": "电子邮箱",
    "postcode": "邮政编码",
    "address": "通讯地址",
    "education": "学历",
    "title": "职称",
    "title_level": "职称级别",
    "post": "从事专业(岗位)",
    "work_years": "工作年限",
    "attributes": "人员属性",
    "status": "在岗状态",
}


class QualificationRead(BaseModel):
    id: UUID
    category: str
    number: str
    issued_on: date
    expires_on: date | None
    scope: list[str]
    earned_here: bool
    state: str
    state_label: str


class StaffMemberListItem(BaseModel):
    """A row of 人员信息 (TRN-02). ``certificate_numbers`` newest first and ``projects`` (从事项目) leave out what was revoked."""

    id: UUID
    unit_id: UUID
    name: str
    sex: str
    resident_id: str
    mobile: str
    title: str
    title_label: str
    title_level: str | None
    title_level_label: str | None
    attributes: list[str]
    status: str
    status_label: str
    certificate_numbers: list[str]
    projects: str
    version: int
    allowed_actions: list[AllowedAction]


class StaffMemberRead(StaffMemberListItem):
    """The whole file, ids and phones in full."""

    person_id: UUID
    birth_date: date | None
    email: str | None
    postcode: str | None
    address: str
    education: str
    education_label: str
    post: str
    work_years: int
    qualifications: list[QualificationRead]


def file_values(body: StaffMemberCreate | StaffMemberUpdate) -> dict[str, Any]:
    """The columns that ``body`` sets, without the person's number; a new file takes from it what was left out."""
    values = body.model_dump(exclude={"resident_id"}, exclude_unset=isinstance(body, StaffMemberUpdate))
    if isinstance(body, StaffMemberCreate):
        values["sex"] = body.sex or sex_of(body.resident_id)
        values["birth_date"] = body.birth_date or birth_date_of(body.resident_id)
    return values
