"""Class sessions and schedules on the wire (STAFF-05, STAFF-06). What a unit sees of them while it chooses is selection's."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.training.classes.class_sessions.models import ClassSession, Schedule
from services.training.classes.class_sessions.workflow import (
    CLASS_SESSION,
    SCHEDULE,
    ClassSessionStatus,
    Location,
    ScheduleStatus,
)
from services.training.plans.choices import TrainingKind
from shared.clock import now_utc
from shared.days import Day, Moment
from shared.fields import CleanText
from shared.identity import Actor
from shared.web.answers import Read
from shared.workflow.definition import AllowedAction, allowed_actions

Seats = Annotated[int, Field(ge=1, le=10_000)]
Opening = Annotated[
    Moment | None,
    Field(description="选班开放时间，空则随培训计划开放"),
]


class PlacesOf(BaseModel):
    """限制人数 of one 专业类别; empty means that the session's capacity alone binds (X11)."""

    model_config = ConfigDict(extra="forbid")

    specialty_code: Annotated[str, CleanText(50)]
    places: Seats | None = None


class ClassSessionCreate(BaseModel):
    """``session_no`` empty means the next one, ``days`` empty the days from start to end, both counted."""

    model_config = ConfigDict(extra="forbid")

    plan_id: UUID
    session_no: int | None = Field(default=None, ge=1, le=999, description="期次")
    training_kind: TrainingKind = Field(description="培训类型")
    capacity: Seats = Field(description="分班人数")
    location: Location = Field(description="培训地点")
    start_date: Day = Field(description="培训开始日期")
    end_date: Day = Field(description="培训结束日期")
    days: int | None = Field(default=None, ge=1, le=366, description="培训天数")
    opens_at: Opening = None
    selection_deadline: Day = Field(description="选班截止日期")
    specialties: list[PlacesOf] = Field(default_factory=list, max_length=50, description="专业类别与限制人数")


class ClassSessionUpdate(BaseModel):
    """What is left out or null stays as it is, but ``opens_at`` null takes a set time back; ``specialties`` is the whole new list."""

    model_config = ConfigDict(extra="forbid")

    session_no: int | None = Field(default=None, ge=1, le=999)
    training_kind: TrainingKind | None = None
    capacity: Seats | None = None
    location: Location | None = None
    start_date: Day | None = None
    end_date: Day | None = None
    days: int | None = Field(default=None, ge=1, le=366)
    opens_at: Opening = None
    selection_deadline: Day | None = None
    specialties: list[PlacesOf] | None = Field(default=None, max_length=50)


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


def class_session_read(row: ClassSession, actor: Actor) -> ClassSessionRead:
    return ClassSessionRead.of(row, allowed_actions=allowed_actions(CLASS_SESSION, row, actor, now_utc()))
