"""What a unit learns before it registers anybody: where it stands on its first way through the platform, and who needs a plan."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from services.training.plans.choices import TrainingKind


class ChecklistStep(BaseModel):
    """One step of 申报 → 人员 → 报名 (FAQ-M1). ``advice`` says what to do next, or what has been done."""

    key: str
    label: str
    done: bool
    advice: str
    path: str = Field(description="门户页面路径")


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
