"""A personal file over the wire. What is starred in the form is required (X1), and more of a physician (X5); codes go with their labels
beside them. Resident ids and phones are masked everywhere but in ``StaffMemberRead`` (PLAT-05).
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from services.training.people.personnel import fields as f
from services.training.people.personnel import physicians
from services.training.people.personnel.part_schemas import AttachmentsOfKind, Warned
from services.training.people.personnel.qualification_schemas import QualificationRead
from shared.fields import Landline, Mobile, Postcode, ResidentId
from shared.identifiers import birth_date_of, sex_of
from shared.workflow.definition import AllowedAction

_Judged = Field(validate_default=True)


class StaffMemberCreate(BaseModel):
    """``sex`` and ``birth_date`` come from the resident id unless they are given; given, they stand (TRN-10, TRN-11: editable)."""

    model_config = ConfigDict(extra="forbid")

    resident_id: ResidentId
    name: f.Name
    sex: Annotated[f.Sex | None, f.Blank] = None
    birth_date: Annotated[f.BirthDate | None, f.Blank] = None
    nationality: Annotated[f.Nationality | None, f.Blank] = None
    ethnic_group: Annotated[f.EthnicGroup | None, f.Blank] = None
    mobile: Mobile
    email: Annotated[f.Email | None, f.Blank] = None
    landline: Annotated[Landline | None, f.Blank] = None
    postcode: Annotated[Postcode | None, f.Blank] = None
    address: f.Address
    education: f.Education
    diploma_number: Annotated[f.Number | None, f.Blank] = None
    degree: Annotated[f.Degree | None, f.Blank] = None
    degree_number: Annotated[f.Number | None, f.Blank] = None
    title: f.Title
    title_level: Annotated[f.TitleLevel | None, f.Blank] = None
    title_number: Annotated[f.Number | None, f.Blank] = None
    duty: Annotated[f.Duty | None, f.Blank] = None
    post: f.Post
    work_years: f.WorkYears
    attributes: f.Attributes
    physician_number: Annotated[f.Number | None, f.Blank, _Judged] = None
    physician_issued_on: Annotated[f.IssuedOn | None, f.Blank, _Judged] = None
    physician_category: Annotated[f.PhysicianCategory | None, f.Blank, _Judged] = None
    physician_level: Annotated[f.PhysicianLevel | None, f.Blank] = None
    practice_number: Annotated[f.Number | None, f.Blank] = None
    practice_issued_on: Annotated[f.IssuedOn | None, f.Blank] = None
    practice_category: Annotated[f.PracticeCategory | None, f.Blank, _Judged] = None
    practice_place: Annotated[f.Place | None, f.Blank, _Judged] = None
    other_practice_places: Annotated[f.Place | None, f.Blank] = None
    departments: f.Departments = Field(default_factory=list)

    @field_validator(*physicians.REQUIRED)
    @classmethod
    def _asked_of_physicians(cls, value: object, info: ValidationInfo) -> object:
        if value is None and physicians.are_physicians(info.data.get("attributes", ())):
            raise PydanticCustomError(physicians.CODE, "{reason}", {"reason": physicians.told(str(info.field_name))})
        return value


class StaffMemberUpdate(BaseModel):
    """Only what is given changes; what the form requires cannot be emptied. What physicians need is judged by ``service`` on the file as
    it would be then."""

    model_config = ConfigDict(extra="forbid")

    resident_id: Annotated[ResidentId | None, f.Present] = None
    name: Annotated[f.Name | None, f.Present] = None
    sex: Annotated[f.Sex | None, f.Present] = None
    birth_date: Annotated[f.BirthDate | None, f.Blank] = None
    nationality: Annotated[f.Nationality | None, f.Blank] = None
    ethnic_group: Annotated[f.EthnicGroup | None, f.Blank] = None
    mobile: Annotated[Mobile | None, f.Present] = None
    email: Annotated[f.Email | None, f.Blank] = None
    landline: Annotated[Landline | None, f.Blank] = None
    postcode: Annotated[Postcode | None, f.Blank] = None
    address: Annotated[f.Address | None, f.Present] = None
    education: Annotated[f.Education | None, f.Present] = None
    diploma_number: Annotated[f.Number | None, f.Blank] = None
    degree: Annotated[f.Degree | None, f.Blank] = None
    degree_number: Annotated[f.Number | None, f.Blank] = None
    title: Annotated[f.Title | None, f.Present] = None
    title_level: Annotated[f.TitleLevel | None, f.Blank] = None
    title_number: Annotated[f.Number | None, f.Blank] = None
    duty: Annotated[f.Duty | None, f.Blank] = None
    post: Annotated[f.Post | None, f.Present] = None
    work_years: Annotated[f.WorkYears | None, f.Present] = None
    attributes: Annotated[f.Attributes | None, f.Present] = None
    physician_number: Annotated[f.Number | None, f.Blank] = None
    physician_issued_on: Annotated[f.IssuedOn | None, f.Blank] = None
    physician_category: Annotated[f.PhysicianCategory | None, f.Blank] = None
    physician_level: Annotated[f.PhysicianLevel | None, f.Blank] = None
    practice_number: Annotated[f.Number | None, f.Blank] = None
    practice_issued_on: Annotated[f.IssuedOn | None, f.Blank] = None
    practice_category: Annotated[f.PracticeCategory | None, f.Blank] = None
    practice_place: Annotated[f.Place | None, f.Blank] = None
    other_practice_places: Annotated[f.Place | None, f.Blank] = None


LABELS = {
    "resident_id": "身份证号",
    "name": "姓名",
    "sex": "性别",
    "birth_date": "出生日期",
    "nationality": "国籍",
    "ethnic_group": "民族",
    "mobile": "手机号码",
    "email": "电子邮箱",
    "landline": "固定电话",
    "postcode": "邮政编码",
    "address": "通讯地址",
    "education": "学历",
    "diploma_number": "毕业证书编号",
    "degree": "学位",
    "degree_number": "学位证书编号",
    "title": "职称",
    "title_level": "职称级别",
    "title_number": "职称证书编号",
    "duty": "职务",
    "post": "从事专业(岗位)",
    "work_years": "工作年限",
    "attributes": "人员属性",
    **physicians.REQUIRED,
    "physician_level": "医师资格级别",
    "practice_number": "医师执业证书编号",
    "practice_issued_on": "医师执业证发证日期",
    "other_practice_places": "其他执业地点",
    "departments": "从事科室",
    "status": "在岗状态",
}


class StaffMemberListItem(BaseModel):
    """A row of 人员信息 (TRN-02). ``certificate_numbers`` newest first (TRN-04) and ``projects`` (从事项目) leave out what was revoked;
    ``departments`` are 从事科室; ``age`` in whole years today, by the resident id (X19)."""

    id: UUID
    unit_id: UUID
    name: str
    sex: str
    age: int
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
    departments: list[str]
    version: int
    allowed_actions: list[AllowedAction]


class StaffMemberRead(StaffMemberListItem):
    """The whole file, ids and phones in full. ``warnings`` stand in nobody's way (X24)."""

    person_id: UUID
    birth_date: date | None
    nationality: str | None
    ethnic_group: str | None
    ethnic_group_label: str | None
    email: str | None
    landline: str | None
    postcode: str | None
    address: str
    education: str
    education_label: str
    diploma_number: str | None
    degree: str | None
    degree_label: str | None
    degree_number: str | None
    title_number: str | None
    duty: str | None
    post: str
    work_years: int
    physician_number: str | None
    physician_issued_on: date | None
    physician_category: str | None
    physician_category_label: str | None
    physician_level: str | None
    physician_level_label: str | None
    practice_number: str | None
    practice_issued_on: date | None
    practice_category: str | None
    practice_category_label: str | None
    practice_place: str | None
    other_practice_places: str | None
    qualifications: list[QualificationRead]
    attachments: list[AttachmentsOfKind]
    warnings: list[Warned]


def file_values(body: StaffMemberCreate | StaffMemberUpdate) -> dict[str, object]:
    """The columns that ``body`` sets, without the person's number; a new file takes from it what was left out."""
    values = body.model_dump(exclude={"resident_id"}, exclude_unset=isinstance(body, StaffMemberUpdate))
    if isinstance(body, StaffMemberCreate):
        values["sex"] = body.sex or sex_of(body.resident_id)
        values["birth_date"] = body.birth_date or birth_date_of(body.resident_id)
    return values
