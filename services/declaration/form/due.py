"""Which declaration is due, why and until when: a pure function of what has happened to the unit and of the law's days, which are settings
(职业病危害项目申报办法). Rows, reminders and lists of the clock are made of it elsewhere.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from services.declaration.form.choices import ChangeReason, DeclarationKind


@dataclass(frozen=True)
class LawDays:
    """Days from an event to the last day of its declaration, inclusive; the months between which a 年度更新 lies, both excluded."""

    initial: int = 30
    project: int = 30
    other_change: int = 15
    cancellation: int = 15
    annual_after: int = 11
    annual_before: int = 13


@dataclass(frozen=True)
class UnitEvents:
    """What is known of the unit. ``declared_on`` is the day of its last approved declaration, ``changes`` since then when and why."""

    declared_on: date | None = None
    cancelled: bool = False
    accepted_on: date | None = None
    changes: tuple[tuple[ChangeReason, date], ...] = ()
    ended_on: date | None = None


@dataclass(frozen=True)
class Due:
    """One declaration to make. ``opens_on`` is its first day where it has one, ``last_day`` its last one where that is known; ``since`` is
    the day from which the law's days run."""

    kind: DeclarationKind
    change_reason: ChangeReason | None
    reason: str
    opens_on: date | None
    last_day: date | None
    since: date | None = None

    def days_left(self, today: date) -> int | None:
        """Negative when the last day is over."""
        return (self.last_day - today).days if self.last_day else None

    def is_open(self, today: date) -> bool:
        return self.opens_on is None or self.opens_on <= today


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def annual_opens(declared_on: date, after_months: int) -> date:
    """The first day of the 年度更新 after a declaration of that day: more than so many months later."""
    return months_after(declared_on, after_months) + timedelta(days=1)


def due_of(events: UnitEvents, law: LawDays) -> list[Due]:
    """Everything that is due, the earliest last day first; nothing once the unit has cancelled."""
    if events.cancelled:
        return []
    found = [each for each in (_ended(events, law), *_first(events, law), *_changed(events, law)) if each]
    if events.declared_on is not None and events.ended_on is None:
        found.append(_annual(events.declared_on, law))
    return sorted(found, key=lambda each: each.last_day or date.max)


def _first(events: UnitEvents, law: LawDays) -> list[Due]:
    if events.declared_on is not None:
        return []
    accepted = events.accepted_on
    if accepted is None:
        words = f"还没有审核通过的申报；应在建设项目竣工验收之日起{law.initial}日内申报"
        return [Due(DeclarationKind.INITIAL, None, words, None, None)]
    words = f"建设项目于{accepted}竣工验收，应在{law.initial}日内申报"
    return [Due(DeclarationKind.INITIAL, None, words, None, accepted + timedelta(days=law.initial), accepted)]


def _changed(events: UnitEvents, law: LawDays) -> list[Due]:
    if events.declared_on is None:
        return []
    found = []
    for reason, day in events.changes:
        days = law.project if reason is ChangeReason.PROJECT else law.other_change
        words = f"{day}{reason.label}，应在{days}日内申报变更"
        found.append(Due(DeclarationKind.CHANGE, reason, words, None, day + timedelta(days=days), day))
    return found


def _ended(events: UnitEvents, law: LawDays) -> Due | None:
    if events.ended_on is None or events.declared_on is None:
        return None
    words = f"{events.ended_on}终止生产经营，应在{law.cancellation}日内申请注销"
    last = events.ended_on + timedelta(days=law.cancellation)
    return Due(DeclarationKind.CANCELLATION, None, words, None, last, events.ended_on)


def _annual(declared_on: date, law: LawDays) -> Due:
    """By the unit's own cycle: after more than eleven and less than thirteen months."""
    opens = annual_opens(declared_on, law.annual_after)
    last = months_after(declared_on, law.annual_before) - timedelta(days=1)
    words = f"上次申报于{declared_on}，年度更新应在{opens}至{last}之间"
    return Due(DeclarationKind.ANNUAL, None, words, opens, last, declared_on)
