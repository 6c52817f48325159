"""证书到期 over the wire (BEY-06): one row for each certificate in a unit's file that ends, with what renews it."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from services.training.desk.expiry.workflow import ExpiryStatus, RenewalState
from shared.web.answers import Read


class Renewal(Read):
    """The plan of 复训 that fits, or why there is none; ``registration_id`` is the unit's own registration in it, if there is one."""

    state: RenewalState
    reason: str
    plan_id: UUID | None = None
    plan_name: str | None = None
    registration_deadline: date | None = None
    registration_id: UUID | None = None


class RenewalStep(BaseModel):
    label: str
    path: str = Field(description="门户页面路径")


class ExpiringQualificationRead(Read):
    """``id`` is the qualification's. ``days_left`` is 0 on the last day and negative after it; ``next_step`` is the unit's, and empty for
    whoever oversees it."""

    id: UUID
    staff_id: UUID
    name: str
    unit_id: UUID
    unit_name: str
    category: str
    number: str
    scope: list[str]
    issued_on: date
    expires_on: date
    days_left: int
    earned_here: bool
    status: ExpiryStatus
    renewal: Renewal
    next_step: RenewalStep | None
