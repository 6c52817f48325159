"""The waiting list on the wire (BEY-02): what a unit sends to queue, and what it and the province see of an entry."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.training.classes.waiting.workflow import WaitingStatus
from services.training.people.personnel.workflow import EmploymentStatus
from shared.fields import CleanText
from shared.web.answers import Read
from shared.workflow.buttons import AllowedAction


class WaitingEntriesCreate(BaseModel):
    """``together``: the people get their places at once or not at all; otherwise each is an entry, in the order given."""

    model_config = ConfigDict(extra="forbid")

    class_session_id: UUID
    specialty_code: Annotated[str, CleanText(50)]
    registration_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]
    together: bool = False


class WaitingPersonRead(Read):
    """``reason`` says why no place is for this person any more, and what to do; empty as long as one is."""

    registration_id: UUID
    name: str
    employment: EmploymentStatus
    reason: str | None


class Position(BaseModel):
    """Who stands ahead in the same row: groups (one person alone is one too) and their people; ``people_in_session`` counts the
    people ahead in all rows of the session, because the session's places are for all of them."""

    entries: int
    people: int
    people_in_session: int


class Chance(BaseModel):
    """``code`` is high, medium, low or unknown, ``sentence`` says it with the numbers behind it: places ``freed`` in ``days_open``
    days, ``days_left`` (today counted), how many more are ``expected``, and how many are ``needed`` until this entry is served."""

    code: str
    label: str
    sentence: str
    freed: int
    days_open: int
    days_left: int
    expected: float
    needed: int


class WaitingEntryRead(Read):
    """``comes_first``: its people lost their places elsewhere and go before others (STAFF-14). ``position`` and ``chance``
    stand while it waits, ``offered_until`` ends an offer, ``note`` says why the entry ended."""

    id: UUID
    queue_no: int
    unit_id: UUID
    unit_name: str
    plan_id: UUID
    plan_name: str
    class_session_id: UUID
    session_no: int
    start_date: date
    end_date: date
    selection_deadline: date
    specialty_code: str
    specialty_label: str
    size: int
    comes_first: bool
    people: list[WaitingPersonRead]
    status: WaitingStatus
    position: Position | None
    chance: Chance | None
    queued_at: datetime
    offered_at: datetime | None
    offered_until: datetime | None
    note: str | None
    version: int
    allowed_actions: list[AllowedAction]


class WaitingEntriesRead(BaseModel):
    """The entries that were made, in the order of the queue."""

    entries: list[WaitingEntryRead]
