"""A unit's calendar on the wire (FAQ-M7, BEY-03): no personal data, numbers of people only."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from shared.web.answers import Read
from shared.workflow.definition import Labelled


class ItemKind(Labelled):
    REGISTRATION_DEADLINE = "registration_deadline", "报名截止"
    SELECTION_OPENING = "selection_opening", "选班开放"
    SELECTION_DEADLINE = "selection_deadline", "选班截止"
    CLASS_SESSION = "class_session", "培训"


class CalendarItem(Read):
    """``starts_on`` and ``ends_on`` are days in Beijing, both included; ``at`` is the moment where it is one (选班开放). ``people`` are
    those of the unit who sit in the session; ``path`` is the portal's page for it. ``uid`` stays the same while the item lasts."""

    uid: UUID
    kind: ItemKind
    title: str
    starts_on: date
    ends_on: date
    at: datetime | None = None
    location: str = ""
    people: int | None = None
    plan_id: UUID
    class_session_id: UUID | None = None
    path: str


class CalendarRead(BaseModel):
    """In the order of time."""

    items: list[CalendarItem]
