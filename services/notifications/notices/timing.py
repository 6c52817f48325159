"""Until when each kind of message makes sense, and whether it can wait for the day: a row for each kind that is not as most are. What is
late by more than that expires instead of going out; it stands in the inbox all the same (PLAT-11).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.notifications.kinds import MessageKind
from shared.clock import end_of_beijing_day
from shared.events.base import Event


@dataclass(frozen=True)
class Timing:
    """It makes sense for ``life`` after its event, and not after the day that the event names in the field ``until``. What ``waits`` is
    asked of nobody at night: a reminder that is due at midnight goes at eight."""

    life: timedelta = timedelta(days=3)
    until: str | None = None
    waits: bool = False


USUAL = Timing()
_K = MessageKind
TIMINGS: Mapping[MessageKind, Timing] = {
    _K.PLAN_PUBLISHED: Timing(timedelta(days=7), "registration_deadline", waits=True),
    _K.PLAN_DEADLINE_CHANGED: Timing(until="registration_deadline", waits=True),
    _K.REGISTRATION_CLOSING: Timing(until="registration_deadline", waits=True),
    _K.CORRECTION_GRANTED: Timing(until="until"),
    _K.SELECTION_OPENED: Timing(until="first_deadline", waits=True),
    _K.SELECTION_CLOSING: Timing(until="selection_deadline", waits=True),
    _K.SELECTION_REMINDED: Timing(until="selection_deadline", waits=True),
    _K.SEAT_OFFERED: Timing(timedelta(days=1)),
    _K.CERTIFICATES_EXPIRING: Timing(timedelta(days=7), waits=True),
    _K.DECLARATION_DUE: Timing(waits=True),
    _K.DECLARATION_URGED: Timing(waits=True),
    _K.ACCOUNT_EXPIRING: Timing(until="valid_until", waits=True),
    _K.ACCOUNT_TO_EXTEND: Timing(until="valid_until", waits=True),
    _K.PLATFORM_ALARM: Timing(timedelta(days=1)),
}


def timing_of(kind: MessageKind) -> Timing:
    """The kind's row, or the usual one."""
    return TIMINGS.get(kind, USUAL)


def useless_at(kind: MessageKind, event: Event, occurred_at: datetime) -> datetime:
    """From when on a message about ``event`` is of no use."""
    timing = timing_of(kind)
    ends = occurred_at + timing.life
    last_day = getattr(event, timing.until) if timing.until else None
    return min(ends, end_of_beijing_day(last_day)) if isinstance(last_day, date) else ends
