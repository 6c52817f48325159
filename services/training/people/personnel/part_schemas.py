"""The parts of a personal file that are written apart from its form: 从事科室, uploads by kind; and what a file is warned of."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.training.people.personnel import fields as f
from shared.web.answers import Read


class DepartmentsUpdate(BaseModel):
    """科室选择: at least one, from the dictionary or in one's own words (TRN-28)."""

    model_config = ConfigDict(extra="forbid")

    departments: f.Departments = Field(min_length=1)


class AttachmentsUpdate(BaseModel):
    """The files of one kind, all of them; what is left out goes (TRN-16)."""

    model_config = ConfigDict(extra="forbid")

    attachment_ids: list[UUID] = Field(max_length=20)


class AttachedFile(Read):
    """One uploaded file; its content is at ``/api/training/attachments/{id}``, ``size`` in bytes."""

    id: UUID
    name: str
    content_type: str
    size: int


class AttachmentsOfKind(BaseModel):
    """The files of one kind, oldest first; every kind of the form is there, also without any (TRN-16)."""

    kind: str
    label: str
    files: list[AttachedFile]


class Warned(BaseModel):
    """What is allowed, and yet to be looked at, by field (X3, X24)."""

    field: str
    code: str
    message: str
