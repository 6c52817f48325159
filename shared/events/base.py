"""The base of every event and the shape in which one travels. Events are facts in the past tense, frozen, self-sufficient, and hold
no resident id and no phone in clear (``Sealed`` where a subscriber cannot work without one).
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Event(BaseModel):
    """``type`` is ``<service>.<record>.<what happened>.v<n>``; a new shape is a new version beside the old one."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str]


class Place(BaseModel):
    """A place in a producer's log: everything up to and including (transaction, sequence) has been read."""

    model_config = ConfigDict(frozen=True)

    transaction: int = 0
    sequence: int = 0


class Envelope(BaseModel):
    """One event of a log as it is pulled."""

    place: Place
    id: UUID
    type: str
    occurred_at: datetime
    correlation_id: str
    traceparent: str | None = None
    payload: dict[str, Any]


class Batch(BaseModel):
    """What ``GET /internal/<service>/events`` answers; ``more`` says that the next batch can be read at once, ``cut`` that what comes next
    has gone and only later events are left."""

    events: list[Envelope]
    more: bool
    cut: bool = False
