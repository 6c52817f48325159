"""A personal file over the wire. What the fields are stands in ``form``; more is required of a physician (X5). Codes go with their labels
beside them. Resident ids and phones are masked everywhere but in ``StaffMemberRead`` (PLAT-05).
"""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from services.training.people.personnel import physicians
from services.training.people.personnel.form import FIELDS
from services.training.people.personnel.part_schemas import Warned
from services.training.people.personnel.qualification_schemas import QualificationRead
from services.training.people.personnel.shapes import for_change, for_new, for_reading
from services.training.people.personnel.workflow import EmploymentStatus
from shared.identifiers import birth_date_of, sex_of
from shared.web.answers import Read
from shared.web.attached import AttachmentsOfKind
from shared.web.drafts import Draft
from shared.web.form_tables import for_draft, having
from shared.workflow.buttons import AllowedAction


@having(for_new(FIELDS))
class StaffMemberCreate(BaseModel):
    """``sex`` and ``birth_date`` come from the resident id unless they are given; given, they stand (TRN-10, TRN-11: editable)."""

    model_config = ConfigDict(extra="forbid")

    if TYPE_CHECKING:  # what is read here by name; the table makes the fields
        resident_id: str
        name: str
        sex: str | None
        birth_date: date | None

    @field_validator(*physicians.REQUIRED, check_fields=False)
    @classmethod
    def _asked_of_physicians(cls, value: object, info: ValidationInfo) -> object:
        if value is None and physicians.are_physicians(info.data.get("attributes", ())):
            raise PydanticCustomError(physicians.CODE, "{reason}", {"reason": physicians.told(str(info.field_name))})
        return value


@having(for_draft(FIELDS))
class StaffMemberDraft(Draft):
    """The form on its way, checked while it is filled in."""

    if TYPE_CHECKING:
        resident_id: str | None
        name: str | None
        practice_number: str | None
        sex: str | None


@having(for_change(FIELDS))
class StaffMemberUpdate(BaseModel):
    """Only what is given changes; what the form requires cannot be emptied. What physicians need is judged by ``service`` on the file as
    it would be then."""

    model_config = ConfigDict(extra="forbid")

    if TYPE_CHECKING:
        resident_id: str | None
        name: str | None


@having(for_reading(field for field in FIELDS if field.listed))
class StaffMemberListItem(Read):
    """A row of 人员信息 (TRN-02). ``certificate_numbers`` newest first (TRN-04) and ``projects`` (从事项目) leave out what was revoked;
    ``departments`` are 从事科室; ``age`` in whole years today, by the resident id (X19)."""

    id: UUID
    unit_id: UUID
    age: int
    status: EmploymentStatus
    certificate_numbers: list[str]
    projects: str
    version: int
    allowed_actions: list[AllowedAction]


@having(for_reading(field for field in FIELDS if not field.listed))
class StaffMemberRead(StaffMemberListItem):
    """The whole file, ids and phones in full. ``warnings`` stand in nobody's way (X24)."""

    person_id: UUID
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
