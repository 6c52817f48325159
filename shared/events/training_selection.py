"""What training tells the others of the choice of class sessions: its opening, its end, the queue for full ones, and what becomes of a
session with people in it. The rest of its events stands in ``training``.
"""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.base import Event


class SelectionOpened(Event):
    """Units with approved people may choose sessions now (STAFF-06, NOTE-02)."""

    type: ClassVar[str] = "training.selection.opened.v1"

    plan_id: UUID
    plan_name: str
    unit_ids: tuple[UUID, ...]
    first_deadline: date


class SelectionClosing(Event):
    """A session's selection ends with tomorrow; ``unit_ids`` have not submitted (STAFF-06, FAQ-M7)."""

    type: ClassVar[str] = "training.selection.closing.v1"

    plan_id: UUID
    plan_name: str
    class_session_id: UUID
    session_no: int
    selection_deadline: date
    unit_ids: tuple[UUID, ...]


class SelectionReminded(Event):
    """The province reminds units that have people without a place and have not submitted (STAFF-16); ``selection_deadline`` is the next of
    the plan's sessions."""

    type: ClassVar[str] = "training.selection.reminded.v1"

    plan_id: UUID
    plan_name: str
    selection_deadline: date
    unit_ids: tuple[UUID, ...]


class SelectionFinished(Event):
    """After the last deadline a unit's selection counts as submitted (STAFF-06); ``placed`` and ``unplaced`` are people."""

    type: ClassVar[str] = "training.selection.finished.v1"

    plan_id: UUID
    plan_name: str
    unit_id: UUID
    placed: int
    unplaced: int


class SeatOffered(Event):
    """Places are kept for people who queued (BEY-02); ``people`` are their names, joined; ``until`` a Beijing time as people read it."""

    type: ClassVar[str] = "training.waiting.offered.v1"

    entry_id: UUID
    plan_id: UUID
    plan_name: str
    class_session_id: UUID
    session_no: int
    unit_id: UUID
    people: str
    until: str


class WaitingEnded(Event):
    """An entry of the queue ended without a place, and not by the unit itself: its offer ran out, or it cannot be served (BEY-02)."""

    type: ClassVar[str] = "training.waiting.ended.v1"

    entry_id: UUID
    plan_id: UUID
    plan_name: str
    class_session_id: UUID
    session_no: int
    unit_id: UUID
    people: str
    why: str


class ClassSessionChanged(Event):
    """Place, deadline or size of a session changed; ``unit_ids`` have somebody who sits or queues there; ``changes`` is a sentence
    (STAFF-14)."""

    type: ClassVar[str] = "training.class_session.changed.v1"

    plan_id: UUID
    plan_name: str
    class_session_id: UUID
    session_no: int
    unit_ids: tuple[UUID, ...]
    changes: str


class ClassSessionPutOff(Event):
    """A session has new days. ``kept`` people of the unit keep their places; ``people``, names joined, sit elsewhere on one of these days
    and have lost theirs. ``before`` is the session with its days as people read it, ``after`` its new days (STAFF-14)."""

    type: ClassVar[str] = "training.class_session.put_off.v1"

    plan_id: UUID
    plan_name: str
    class_session_id: UUID
    session_no: int
    unit_id: UUID
    before: str
    after: str
    location: str
    reason: str
    kept: int
    people: str


class ClassSessionCalledOff(Event):
    """A session does not take place; ``people``, names joined, had places there (STAFF-14)."""

    type: ClassVar[str] = "training.class_session.called_off.v1"

    plan_id: UUID
    plan_name: str
    class_session_id: UUID
    session_no: int
    unit_id: UUID
    days: str
    reason: str
    people: str
