"""Class sessions and schedules on the wire (STAFF-05, STAFF-06). What a unit sees of them while it chooses is selection's."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.training.classes.class_sessions.form import FIELDS, MOST_CATEGORIES, MOST_SEATS, SPECIALTIES_LABEL
from services.training.classes.class_sessions.models import ClassSession, Schedule
from services.training.classes.class_sessions.workflow import (
    CLASS_SESSION,
    SCHEDULE,
    ClassSessionStatus,
    ScheduleStatus,
    deletion_refusal,
)
from services.training.plans.choices import TrainingKind
from shared.clock import now_utc
from shared.days import Moment
from shared.fields import CleanText
from shared.identity import Actor
from shared.roles import Permission
from shared.web.answers import Read
from shared.web.drafts import Draft
from shared.web.form_tables import for_draft, for_new, having
from shared.workflow.buttons import AllowedAction, allowed_actions, button

Seats = Annotated[int, Field(ge=1, le=MOST_SEATS)]
Opening = Annotated[
    Moment | None,
    Field(description="选班开放时间，空则随培训计划开放"),
]


class PlacesOf(BaseModel):
    """限制人数 of one 专业类别; empty means that the session's capacity alone binds (X11)."""

    model_config = ConfigDict(extra="forbid")

    specialty_code: Annotated[str, CleanText(50)]
    places: Seats | None = None


_Rows = Annotated[list[PlacesOf], Field(max_length=MOST_CATEGORIES, description=SPECIALTIES_LABEL)]


@having(for_new(FIELDS))
class ClassSessionCreate(BaseModel):
    """``session_no`` empty means the next one, ``days`` empty the days from start to end, both counted."""

    model_config = ConfigDict(extra="forbid")

    plan_id: UUID
    opens_at: Opening = None
    specialties: _Rows = Field(default_factory=list)


@having(for_draft(FIELDS))
class ClassSessionUpdate(BaseModel):
    """What is left out or null stays as it is, but ``opens_at`` null takes a set time back; ``specialties`` is the whole new list."""

    model_config = ConfigDict(extra="forbid")

    opens_at: Opening = None
    specialties: _Rows | None = None


@having(for_draft(FIELDS))
class ClassSessionDraft(Draft):
    """A class session on its way, checked while it is filled in; by its plan is told what it can offer."""

    plan_id: UUID | None = None
    specialties: _Rows | None = None


class SpecialtyPlaces(Read):
    specialty_code: str
    specialty_label: str
    places: int | None
    taken: int


class ClassSessionRead(Read):
    """``remaining`` is 剩余人数 at this moment (TRN-68); ``closed_at`` is when its held places became final (STAFF-06)."""

    id: UUID
    plan_id: UUID
    schedule_id: UUID
    session_no: int
    status: ClassSessionStatus
    training_kind: TrainingKind
    capacity: int
    taken: int
    remaining: int
    location: str
    start_date: date
    end_date: date
    days: int
    opens_at: datetime | None
    selection_deadline: date
    closed_at: datetime | None
    specialties: list[SpecialtyPlaces]
    version: int
    allowed_actions: list[AllowedAction]


class ScheduleRead(Read):
    """``opens_at`` is the set time of the opening, ``opened_at`` when it really opened (STAFF-06)."""

    id: UUID
    plan_id: UUID
    plan_name: str
    status: ScheduleStatus
    opens_at: datetime | None
    opened_at: datetime | None
    class_session_count: int
    version: int
    allowed_actions: list[AllowedAction]


def schedule_read(row: Schedule, actor: Actor) -> ScheduleRead:
    return ScheduleRead.of(
        row,
        plan_name=row.plan.name,
        class_session_count=sum(each.status.takes_place for each in row.class_sessions),
        allowed_actions=allowed_actions(SCHEDULE, row, actor, now_utc()),
    )


def class_session_read(row: ClassSession, actor: Actor, *, is_queued: bool) -> ClassSessionRead:
    """``is_queued``: somebody waits for a place there."""
    actions = allowed_actions(CLASS_SESSION, row, actor, now_utc())
    return ClassSessionRead.of(row, allowed_actions=[*actions, *_deletion(row, actor, is_queued=is_queued)])


def _deletion(row: ClassSession, actor: Actor, *, is_queued: bool) -> list[AllowedAction]:
    """One that was called off is kept for the record, and offers none."""
    if not (row.status.takes_place and actor.may(Permission.CLASS_SCHEDULING)):
        return []
    told = "该班次从列表中删除，不能恢复。"
    return [button("delete", "删除", deletion_refusal(row, is_queued=is_queued), consequence=told)]
