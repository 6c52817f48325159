"""A list of days and moments as an iCalendar file (RFC 5545). What stands in the calendar is decided elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import icalendar


@dataclass(frozen=True)
class Event:
    """``starts`` to ``ends`` are days, both included, or one moment, which ``ends`` then repeats. The same ``uid`` is the same event in
    every later calendar; it takes no time of its owner."""

    uid: str
    starts: date | datetime
    ends: date | datetime
    summary: str
    description: str = ""
    location: str = ""
    url: str = ""


def calendar(name: str, events: Iterable[Event], made_at: datetime) -> bytes:
    """The whole file."""
    whole = icalendar.Calendar()
    whole.add("version", "2.0")
    whole.add("prodid", "-//Occupational Health Platform//Training//ZH")
    whole.add("calscale", "GREGORIAN")
    whole.add("method", "PUBLISH")
    whole.add("x-wr-calname", name)
    whole.add("x-wr-timezone", "Asia/Shanghai")
    for event in events:
        whole.add_component(_event(event, made_at))
    written: bytes = whole.to_ical(sorted=False)
    return written


def _event(event: Event, made_at: datetime) -> icalendar.Event:
    shown = icalendar.Event()
    shown.add("uid", event.uid)
    shown.add("dtstamp", made_at.astimezone(UTC))
    if isinstance(event.starts, datetime):
        shown.add("dtstart", event.starts.astimezone(UTC))
    else:
        shown.add("dtstart", event.starts)
        if event.ends < date.max:
            shown.add("dtend", event.ends + timedelta(days=1))  # the first day after
    texts = {"summary": event.summary, "description": event.description, "location": event.location}
    for property_name, text in texts.items():
        if text:
            shown.add(property_name, text)
    if event.url:
        shown.add("url", event.url)
    shown.add("transp", "TRANSPARENT")
    return shown
