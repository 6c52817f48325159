"""From what is known of a unit to what is due of it: which of its events still count, and the law's days as this installation has them.
The days themselves are reckoned in ``form.due``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.declaration.clock.workflow import Happening
from services.declaration.form.choices import ChangeReason, DeclarationKind
from services.declaration.form.due import Due, LawDays, UnitEvents, due_of
from services.declaration.settings import declaration_settings
from shared.clock import beijing_today

# What of 注册信息 a declaration declares; with an older value in the last one, a change is to be declared.
Basics = tuple[str, str, str, str]


@dataclass(frozen=True)
class UnitFacts:
    """A unit as the directory has it. ``basics`` are its name, region, address and legal representative; ``declares`` says whether it has
    anything to declare."""

    employer_id: UUID
    region_code: str
    active: bool
    declares: bool
    basics: Basics
    basics_changed_at: datetime | None


@dataclass(frozen=True)
class LastDeclared:
    """Its last declaration that was approved."""

    declared_on: date
    kind: DeclarationKind
    basics: Basics


@dataclass(frozen=True)
class Told:
    """What the unit has told of itself."""

    what: Happening
    happened_on: date
    told_on: date


def law() -> LawDays:
    """As this installation has it."""
    own = declaration_settings()
    return LawDays(
        initial=own.initial_days,
        project=own.project_days,
        other_change=own.change_days,
        cancellation=own.cancellation_days,
        annual_after=own.annual_after_months,
        annual_before=own.annual_before_months,
    )


def events_of(
    unit: UnitFacts, last: LastDeclared | None, told: Iterable[Told], basics_since: date | None
) -> UnitEvents:
    """``basics_since`` is the day from which a change of 注册信息 that is known already counts: a second change does not put it off."""
    told = list(told)
    standing = [each for each in told if last is None or each.told_on > last.declared_on]
    changes = [(reason, each.happened_on) for each in standing if (reason := each.what.change_reason)]
    if last is not None and unit.basics_changed_at is not None and unit.basics != last.basics:
        changes.append((ChangeReason.BASICS, basics_since or beijing_today(unit.basics_changed_at)))
    days = {each.what: each.happened_on for each in standing}
    accepted = days.get(Happening.ACCEPTED)
    if last is not None and accepted is not None and Happening.PROJECT not in days:
        changes.append((ChangeReason.PROJECT, accepted))
    # Nothing but a 注销 settles the end of a unit.
    ended = next((each.happened_on for each in told if each.what is Happening.ENDED), None)
    return UnitEvents(
        declared_on=last.declared_on if last else None,
        cancelled=last is not None and last.kind is DeclarationKind.CANCELLATION,
        accepted_on=accepted,
        changes=tuple(changes),
        ended_on=ended,
    )


def cause_of(due: Due) -> str:
    """What tells the declarations that are due of one unit apart."""
    return due.kind.value if due.change_reason is None else f"{due.kind.value}:{due.change_reason.value}"


BASICS_CAUSE = f"{DeclarationKind.CHANGE.value}:{ChangeReason.BASICS.value}"


def due_of_unit(
    unit: UnitFacts, last: LastDeclared | None, told: Iterable[Told], basics_since: date | None, days: LawDays
) -> list[Due]:
    """What is due of the unit; nothing of one that is stopped, or has nothing to declare."""
    return due_of(events_of(unit, last, told, basics_since), days) if unit.active and unit.declares else []
