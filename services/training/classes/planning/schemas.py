"""分班 before there are class sessions: what is asked for, and how it could be met (STAFF-05)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.training.classes.class_sessions.schemas import Seats
from services.training.plans.choices import TrainingKind
from shared.days import Day
from shared.fields import CleanText
from shared.web.answers import Read


class DemandRow(Read):
    """People approved for one 专业类别 and 培训类型. ``places`` are those that the sessions offer, taken ones too; of those without a
    place ``short`` find none free."""

    specialty_code: str
    specialty_label: str
    training_kind: TrainingKind
    approved: int
    placed: int
    places: int
    short: int


class DemandRead(BaseModel):
    """Numbers of people: ``approved``, of them ``placed`` with everything and ``unplaced``; ``in_review`` may still be added."""

    plan_id: UUID
    plan_name: str
    approved: int
    placed: int
    unplaced: int
    in_review: int
    rows: list[DemandRow]


class ProposalAsked(BaseModel):
    """What is left out is taken from the plan: ``size`` from its sessions, else 100; ``days`` from its 学时, eight a day; ``first_day`` two
    weeks after the registration deadline, or after today; ``location`` from its last session."""

    model_config = ConfigDict(extra="forbid")

    size: Seats | None = Field(default=None, description="每期最多人数")
    days: Annotated[int, Field(ge=1, le=60)] | None = Field(default=None, description="每期培训天数")
    first_day: Day | None = Field(default=None, description="首期最早开始日期")
    location: Annotated[str, CleanText(100)] | None = Field(default=None, description="培训地点")


class ProposedPlaces(BaseModel):
    """``places`` is empty where everybody in the session takes it: 分班人数 alone binds."""

    specialty_code: str
    specialty_label: str
    places: int | None


class ProposedSession(Read):
    """A session as ``POST /api/training/class-sessions`` takes it, with labels."""

    session_no: int
    training_kind: TrainingKind
    capacity: int
    location: str
    start_date: date
    end_date: date
    days: int
    selection_deadline: date
    specialties: list[ProposedPlaces]


class ProposalRead(BaseModel):
    """``unplaced`` people, of whom the sessions there are can seat ``fitting``; the others are in ``sessions``, nobody twice.
    ``notes`` say what was assumed or could not be known."""

    unplaced: int
    fitting: int
    sessions: list[ProposedSession]
    notes: list[str]
