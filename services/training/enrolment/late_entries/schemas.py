"""Requests to register late over the wire (FAQ-M8)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.training.enrolment.late_entries.models import LateEntry
from services.training.enrolment.late_entries.workflow import LateEntryStatus
from shared.fields import CleanText
from shared.web.answers import Read
from shared.workflow.buttons import AllowedAction


class LateEntryCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    plan_id: UUID = Field(description="培训计划")
    reason: Annotated[str, CleanText(500, lines=True)] = Field(description="补报理由")


class UnitLateEntry(Read):
    """How a unit's own request stands, as the plan's page shows it."""

    id: UUID
    status: LateEntryStatus
    status_label: str
    granted_until: date | None
    answer: str | None


class LateEntryRead(UnitLateEntry):
    """``granted_until`` is the last day, inclusive; ``answer`` what the reviewer wrote."""

    plan_id: UUID
    plan_name: str
    registration_deadline: date
    unit_id: UUID
    unit_name: str
    region_code: str
    reason: str
    created_at: datetime
    version: int
    allowed_actions: list[AllowedAction]


def late_entry_read(entry: LateEntry, actions: list[AllowedAction]) -> LateEntryRead:
    plan = entry.plan
    return LateEntryRead.of(
        entry, plan_name=plan.name, registration_deadline=plan.registration_deadline, allowed_actions=actions
    )
