"""What a unit learns before it registers anybody: where it stands on its first way through the platform, and who needs a plan."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from services.training.plans.choices import TrainingKind


class ChecklistStep(BaseModel):
    """One step of a way such as 申报 → 人员 → 报名 (FAQ-M1). ``advice`` says what to do next, or what has been done."""

    key: str
    label: str
    done: bool
    advice: str
    path: str = Field(description="门户页面路径")


class PlanNote(BaseModel):
    """What is worth a thought before a plan is published: ``field`` of the form where there is one."""

    code: str
    field: str | None
    words: str


class PlanPublicationRead(BaseModel):
    """What publishing this plan would do (STAFF-01, NOTE-01): ``units_told`` see it and are told, in ``units_due`` of them ``people_due``
    hold a certificate of this kind that has ended or ends within half a year."""

    id: UUID
    units_told: int
    units_due: int
    people_due: int
    notes: list[PlanNote]


class PersonNeed(BaseModel):
    """Whether one person needs the plan's training. ``kind`` None means not now; ``reason`` says from which certificate that follows."""

    staff_id: UUID
    name: str
    kind: TrainingKind | None
    kind_label: str
    reason: str
    certificate_number: str | None
    expires_on: date | None
    registration_status: str | None = Field(description="本计划中的报名状态；未添加为空")
