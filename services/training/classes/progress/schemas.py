"""选班进度 over the wire (STAFF-16): a plan in numbers, its units one by one, and what a reminder did."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.training.classes.selection.workflow import SelectionStatus
from services.training.plans.choices import TrainingKind
from shared.web.answers import Read
from shared.workflow.buttons import AllowedAction


class SessionColumn(Read):
    """A class session as a column of the table; ``taken`` of ``capacity`` over all units."""

    class_session_id: UUID
    session_no: int
    training_kind: TrainingKind
    start_date: date
    end_date: date
    selection_deadline: date
    capacity: int
    taken: int


class ProgressRead(BaseModel):
    """Numbers of the plan within the caller's region. ``units_left`` have people without a place and have not submitted, ``people_left``
    are theirs; ``next_deadline`` is the first that is not over, ``days_left`` until its end (0: today)."""

    plan_id: UUID
    plan_name: str
    open: bool
    opens_at: datetime | None
    next_deadline: date | None
    days_left: int | None
    units: int
    units_submitted: int
    units_left: int
    people: int
    people_left: int
    sessions: list[SessionColumn]
    allowed_actions: list[AllowedAction]


class SeatsOfUnit(BaseModel):
    class_session_id: UUID
    people: int


class UnitProgress(Read):
    """One unit: people ``approved``, of them ``placed`` with everything, and ``unplaced``; ``touched_at`` is the last change of its
    selection. ``code`` and ``reason`` say why it cannot be reminded now; empty when it can."""

    unit_id: UUID
    unit_name: str
    region_code: str
    status: SelectionStatus
    approved: int
    placed: int
    unplaced: int
    touched_at: datetime | None
    reminded_at: datetime | None
    reminded_by: str | None
    seats: list[SeatsOfUnit]
    code: str | None
    reason: str | None


class RemindersAsked(BaseModel):
    """``unit_ids`` left out: every unit that can be reminded."""

    model_config = ConfigDict(extra="forbid")

    unit_ids: list[UUID] | None = Field(
        default=None, min_length=1, max_length=500, description="提醒的单位，不填为全部"
    )


class ReminderResult(BaseModel):
    unit_id: UUID
    unit_name: str
    done: bool
    code: str | None
    reason: str | None


class RemindersRead(BaseModel):
    """Of those asked for one result each; of all, those who were reminded."""

    reminded: int
    results: list[ReminderResult]
