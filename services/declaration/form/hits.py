"""What a rule of the form knows and tells."""

from dataclasses import dataclass
from dataclasses import field as made
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Situation:
    """What the form itself does not say: the day of the employer's last approved declaration, None where none stands, from which day on
    its 年度更新 can be made, and what day it is in Beijing."""

    today: date
    declared_on: date | None = None
    annual_opens: date | None = None

    @property
    def has_approved(self) -> bool:
        return self.declared_on is not None


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
