"""Requests to register late over the wire (FAQ-M8)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.training.enrolment.late_entries.models import LateEntry
from services.training.enrolment.late_entries.workflow import LateEntryAction, LateEntryStatus
from shared.fields import CleanText
from shared.workflow.definition import AllowedAction


class LateEntryCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    plan_id: UUID = Field(description="培训计划")
    reason: Annotated[str, CleanText(500, lines=True)] = Field(description="补报理由")


class UnitLateEntry(BaseModel):
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


def unit_late_entry(entry: LateEntry) -> UnitLateEntry:
    """One that was granted and has been given up for a newer request was not taken back by anybody: its window is over."""
    names = ("id", "status", "granted_until", "answer")
    lapsed = entry.status is LateEntryStatus.WITHDRAWN and entry.granted_until is not None
    label = LateEntryAction.LAPSE.label if lapsed else entry.status.label
    return UnitLateEntry(**{name: getattr(entry, name) for name in names}, status_label=label)


def late_entry_read(entry: LateEntry, actions: list[AllowedAction]) -> LateEntryRead:
    names = ("plan_id", "unit_id", "unit_name", "region_code", "reason", "created_at", "version")
    return LateEntryRead(
        **dict(unit_late_entry(entry)),
        **{name: getattr(entry, name) for name in names},
        plan_name=entry.plan.name,
        registration_deadline=entry.plan.registration_deadline,
        allowed_actions=actions,
    )
