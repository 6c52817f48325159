"""What a rule of the form knows and tells."""

from dataclasses import dataclass
from dataclasses import field as made
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Situation:
    """What the form itself does not say: whether an earlier declaration of the employer stands, and what day it is in Beijing."""

    has_approved: bool
    today: date


@dataclass(frozen=True)
class Proposal:
    """What one click would put in ``field`` (FAQ-D6); ``words`` say it."""

    field: str
    value: Any
    words: str


@dataclass(frozen=True)
class Hit:
    """Where a rule is broken, and what its words need."""

    field: str
    values: dict[str, Any] = made(default_factory=dict)
    proposal: Proposal | None = None
