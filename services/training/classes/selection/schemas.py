"""Selection on the wire, as the unit's two pages need it (TRN-60…74)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.training.classes.selection.workflow import SelectionStatus
from services.training.people.personnel.workflow import EmploymentStatus
from services.training.plans.choices import TrainingKind
from shared.fields import CleanText
from shared.web.answers import CodeOf, Read
from shared.workflow.buttons import AllowedAction
from shared.workflow.definition import Labelled


class Operation(Labelled):
    """What a unit does with a plan, or a session, now (TRN-64)."""

    SELECT = "select", "选班"
    VIEW = "view", "查看"


class SelectionListItem(Read):
    """TRN-62. ``next_deadline`` is the first 选班截止日期 that is not over, ``days_left`` until its end (0: today); both empty when all are
    over (FAQ-M7)."""

    plan_id: UUID
    type_code: str
    type_label: str
    name: str
    class_session_count: int
    capacity: int
    selected: int
    status: SelectionStatus
    operation: Operation
    next_deadline: date | None
    days_left: int | None


class PlanHeader(Read):
    id: UUID
    type_code: str
    type_label: str
    name: str
    registration_deadline: date
    audience: str
    content: str
    other_matters: str
    notice: str
    contact_name: str
    contact_phone: str


class SpecialtyState(BaseModel):
    """``code`` and ``reason`` say why no session takes it at present; empty when one does (FAQ-M4)."""

    specialty_code: str
    specialty_label: str
    code: str | None
    reason: str | None


class PersonRead(Read):
    """``employment`` is said because somebody who has left is still approved; ``masked_id`` only of people of one name (PLAT-05)."""

    registration_id: UUID
    employment: EmploymentStatus
    masked_id: str | None
    name: str
    sex: str
    age: int
    title_level: str | None
    title_level_label: str
    title: Annotated[str, CodeOf("professional_titles")]
    training_kind: TrainingKind


class UnplacedPerson(PersonRead):
    """TRN-66: somebody approved with a specialty that has no place yet."""

    specialties: list[SpecialtyState]


class WaitingPerson(PersonRead):
    """Somebody of the unit who cannot choose yet, and why (FAQ-M4)."""

    code: str
    reason: str


class SessionRow(Read):
    """TRN-68: ``registered`` 报名人数, ``places`` 限制人数 (empty: 分班人数), ``taken`` 已选人数 over all units; ``own`` of this unit."""

    specialty_code: str
    specialty_label: str
    registered: int
    places: int | None
    taken: int
    remaining: int
    own: int


class SessionCard(Read):
    """``code`` and ``reason`` say why its places cannot be changed; empty when they can. ``closes_at`` is the last moment of
    选班截止日期, for a countdown (FAQ-M7); ``opens_at`` empty: together with the plan's selection."""

    class_session_id: UUID
    session_no: int
    training_kind: TrainingKind
    capacity: int
    remaining: int
    days: int
    selection_deadline: date
    opens_at: datetime | None
    closes_at: datetime
    start_date: date
    end_date: date
    location: str
    specialties: list[str]
    rows: list[SessionRow]
    operation: Operation
    code: str | None
    reason: str | None


class SelectionRead(Read):
    """``placed``, ``unplaced`` and ``approved`` are people: 选班总人次数, 待选班人次数 and the approved total (TRN-66, X29).
    ``nothing_fits`` with ``message`` is TRN-65; ``message`` also says when selection is not open yet, and ``opens_at`` is the set time
    of its opening, where there is one (FAQ-M7)."""

    plan: PlanHeader
    status: SelectionStatus
    open: bool
    opens_at: datetime | None
    nothing_fits: bool
    message: str
    has_specialties: bool
    placed: int
    unplaced: int
    approved: int
    unplaced_people: list[UnplacedPerson]
    waiting_people: list[WaitingPerson]
    class_sessions: list[SessionCard]
    version: int
    allowed_actions: list[AllowedAction]


class Candidate(PersonRead):
    """``placed`` is the tick; ``offered`` one that the queue has set, and that is kept or given up there (BEY-02)."""

    placed: bool
    offered: bool


class ClashingPerson(PersonRead):
    """Listed apart, grey (TRN-70): the session where the person sits already."""

    clashing_session_id: UUID
    clashing_session_no: int
    clashing_plan_name: str
    clashing_start_date: date
    clashing_end_date: date
    code: str
    reason: str


class CandidatesRead(BaseModel):
    candidates: list[Candidate]
    clashing: list[ClashingPerson]
    waiting: list[WaitingPerson]


class PlacementsPut(BaseModel):
    """The whole ticked set of this unit for one row of one session (TRN-69)."""

    model_config = ConfigDict(extra="forbid")

    class_session_id: UUID
    specialty_code: Annotated[str, CleanText(50)]
    registration_ids: list[UUID] = Field(max_length=1000)


class PlacementsRead(BaseModel):
    """What 确定 did, with the numbers as they are now, over all units."""

    class_session_id: UUID
    specialty_code: str
    registration_ids: list[UUID]
    added: int
    removed: int
    session_remaining: int
    specialty_taken: int
    specialty_remaining: int


class PlacedPerson(PersonRead):
    """``offered``: by the queue, and not accepted yet (BEY-02)."""

    offered: bool


class PlacedRow(Read):
    specialty_code: str
    specialty_label: str
    people: list[PlacedPerson]


class PlacedSession(Read):
    """查看 of one 期次: who of the unit sits there, and for what (TRN-71)."""

    class_session_id: UUID
    session_no: int
    training_kind: TrainingKind
    start_date: date
    end_date: date
    location: str
    rows: list[PlacedRow]


class PlacementsOfPlan(BaseModel):
    plan: PlanHeader
    has_specialties: bool
    class_sessions: list[PlacedSession]
