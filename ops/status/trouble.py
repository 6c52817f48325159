"""What needs a person: one thing, in words, with the next step."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Trouble:
    """``where`` is a service or a part of the machine, ``what`` a stable code, ``words`` Chinese and English, ``step`` what to do next."""

    where: str
    what: str
    words: str
    step: str
    since: datetime | None = None
