"""What a guard answers, asked with a plain record: it is a pure function of the record, the actor and the time. ``CASES`` of each service
stand in its ``test_guards.py``; ``tests/contracts/test_guards.py`` asks that no guard is without.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from shared.clock import BEIJING
from shared.identity import Actor
from shared.workflow.definition import Refusal
from tests.conftest import make_actor

TODAY = date(2026, 3, 10)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
# The last moment of today in Beijing, and the first that is no longer today.
LAST = datetime(2026, 3, 10, 23, 59, 59, 999_999, BEIJING).astimezone(UTC)
NEXT = LAST + timedelta(microseconds=1)
MOMENT = timedelta(microseconds=1)
SOMEBODY = make_actor()


@dataclass(frozen=True)
class Case:
    """``code`` None: allowed. ``says`` is a part of the reason."""

    guard: Callable[..., Refusal | None]
    record: Any
    code: str | None
    actor: Actor = SOMEBODY
    now: datetime = LAST
    says: str = ""


def some(**known: Any) -> Any:
    """A record of which only this is known."""
    return SimpleNamespace(**known)


def titles(cases: Iterable[Case]) -> list[str]:
    return [f"{case.guard.__name__}-{case.code or 'allowed'}" for case in cases]


def check(case: Case) -> None:
    told(case.guard(case.record, case.actor, case.now), case.code, case.says)


def told(refusal: Refusal | None, code: str | None, says: str = "") -> None:
    assert (refusal.code if refusal else None) == code
    assert says in (refusal.reason if refusal else "")
