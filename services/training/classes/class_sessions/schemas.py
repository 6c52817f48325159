"""Class sessions and schedules on the wire (STAFF-05, STAFF-06). What a unit sees of them while it chooses is selection's."""

from datetime import UTC, date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.training.classes.class_sessions.models import ClassSession, Schedule, SessionSpecialty
from services.training.classes.class_sessions.workflow import SCHEDULE
from services.training.plans.choices import TrainingKind
from shared.clock import now_utc
from shared.fields import CleanText
from shared.identity import Actor
from shared.workflow.definition import AllowedAction, allowed_actions

Seats = Annotated[int, Field(ge=1, le=10_000)]
Location = Annotated[str, CleanText(100)]
# A bound, so that the instant is also one in UTC and in the database.
Opening = Annotated[
    AwareDatetime | None,
    Field(ge=datetime(2000, 1, 1, tzinfo=UTC), description="选班开放时间，空则随培训计划开放"),
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
    session_no: int | None = Field(default=None, ge=1, le=999)
    training_kind: TrainingKind
    capacity: Seats
    location: Location
    start_date: date
    end_date: date
    days: int | None = Field(default=None, ge=1, le=366)
    opens_at: Opening = None
    selection_deadline: date
    specialties: list[PlacesOf] = Field(default_factory=list, max_length=50)


class ClassSessionUpdate(BaseModel):
    """What is left out or null stays as it is, but ``opens_at`` null takes a set time back; ``specialties`` is the whole new list."""

    model_config = ConfigDict(extra="forbid")

    session_no: int | None = Field(default=None, ge=1, le=999)
    training_kind: TrainingKind | None = None
    capacity: Seats | None = None
    location: Location | None = None
    start_date: date | None = None
    end_date: date | None = None
    days: int | None = Field(default=None, ge=1, le=366)
    opens_at: Opening = None
    selection_deadline: date | None = None
    specialties: list[PlacesOf] | None = Field(default=None, max_length=50)


class SpecialtyPlaces(BaseModel):
    specialty_code: str
    specialty_label: str
    places: int | None
    taken: int

    @classmethod
    def of(cls, row: SessionSpecialty) -> Self:
        return cls(
            specialty_code=row.specialty_code,
            specialty_label=row.specialty.label,
            places=row.places,
            taken=row.taken,
        )


class ClassSessionRead(BaseModel):
    """``remaining`` is 剩余人数 at this moment (TRN-68); ``closed_at`` is when its held places became final (STAFF-06)."""

    id: UUID
    plan_id: UUID
    schedule_id: UUID
    session_no: int
    training_kind: TrainingKind
    training_kind_label: str
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

    @classmethod
    def of(cls, row: ClassSession) -> Self:
        return cls(
            id=row.id,
            plan_id=row.plan_id,
            schedule_id=row.schedule_id,
            session_no=row.session_no,
            training_kind=row.training_kind,
            training_kind_label=row.training_kind.label,
            capacity=row.capacity,
            taken=row.taken,
            remaining=row.capacity - row.taken,
            location=row.location,
            start_date=row.start_date,
            end_date=row.end_date,
            days=row.days,
            opens_at=row.opens_at,
            selection_deadline=row.selection_deadline,
            closed_at=row.closed_at,
            specialties=[SpecialtyPlaces.of(each) for each in row.specialties],
            version=row.version,
        )


class ScheduleRead(BaseModel):
    """``opens_at`` is the set time of the opening, ``opened_at`` when it really opened (STAFF-06)."""

    id: UUID
    plan_id: UUID
    plan_name: str
    status: str
    status_label: str
    opens_at: datetime | None
    opened_at: datetime | None
    class_session_count: int
    version: int
    allowed_actions: list[AllowedAction]

    @classmethod
    def of(cls, row: Schedule, actor: Actor) -> Self:
        return cls(
            id=row.id,
            plan_id=row.plan_id,
            plan_name=row.plan.name,
            status=row.status.value,
            status_label=row.status.label,
            opens_at=row.opens_at,
            opened_at=row.opened_at,
            class_session_count=len(row.class_sessions),
            version=row.version,
            allowed_actions=allowed_actions(SCHEDULE, row, actor, now_utc()),
        )
