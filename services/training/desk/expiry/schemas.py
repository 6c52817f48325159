"""证书到期 over the wire (BEY-06): one row for each certificate in a unit's file that ends, with what renews it."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.training.desk.expiry.workflow import ExpiryGroup, ExpiryStatus, RenewalState
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
    group: ExpiryGroup
    renewal: Renewal
    next_step: RenewalStep | None


class ExpiryGroupCount(Read):
    """How many rows the list has in one of its groups, under the same filters."""

    group: ExpiryGroup
    count: int = Field(description="该组的证书数")


class RenewTogether(BaseModel):
    model_config = ConfigDict(extra="forbid")

    plan_id: UUID = Field(description="培训计划")
    qualification_ids: list[UUID] = Field(min_length=1, max_length=200, description="将到期或已过期的证书")


class RenewedOne(BaseModel):
    """What became of one certificate's person: added to the plan, or why not and what to do next."""

    qualification_id: UUID
    name: str
    added: bool
    registration_id: UUID | None = None
    code: str | None = None
    reason: str | None = None
    next_step: str | None = None


class RenewedTogether(BaseModel):
    """``next_path`` is the plan's page of the portal, where those who were added are completed and sent."""

    added: int
    refused: int
    next_path: str = Field(description="门户页面路径")
    results: list[RenewedOne]
