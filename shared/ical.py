"""Days and moments as an iCalendar file (RFC 5545), and how one service tells another of them. What stands in a calendar is decided
elsewhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import icalendar
from pydantic import BaseModel, ConfigDict

from shared.clock import BEIJING

# A calendar that is subscribed to is asked for again after so long.
_REFRESH = timedelta(hours=6)
# Beijing has had one time since long before; a calendar describes the zone that it names.
_ZONE_SINCE = date(2000, 1, 1)


@dataclass(frozen=True)
class Edition:
    """The how-manieth form of an event it is, from 0, and since when; ``cancelled`` is its last."""

    sequence: int = 0
    changed_at: datetime | None = None
    cancelled: bool = False


FIRST = Edition()


class Entry(BaseModel):
    """``starts_on`` to ``ends_on`` are days in Beijing, both included; ``at`` is the moment where it is one. ``path`` is the portal's page
    for it. The same ``uid`` is the same event in every later calendar; it takes no time of its owner."""

    model_config = ConfigDict(frozen=True)

    uid: UUID
    title: str
    starts_on: date
    ends_on: date
    at: datetime | None = None
    location: str = ""
    note: str = ""
    path: str = ""


def calendar(
    name: str, entries: Iterable[tuple[Entry, Edition]], *, portal: str, made_at: datetime | None = None
) -> bytes:
    """The whole file; ``portal`` is the address before each entry's path. ``made_at`` is the time of what has no edition of its own:
    without it the same entries make the same file."""
    whole = icalendar.Calendar()
    whole.add("version", "2.0")
    whole.add("prodid", "-//Occupational Health Platform//Training//ZH")
    whole.add("calscale", "GREGORIAN")
    whole.add("method", "PUBLISH")
    whole.add("x-wr-calname", name)
    whole.add("x-wr-timezone", str(BEIJING))
    whole.add("refresh-interval", _REFRESH, parameters={"value": "DURATION"})
    for entry, edition in entries:
        whole.add_component(_event(entry, edition, portal.rstrip("/"), made_at))
    whole.add_missing_timezones(first_date=_ZONE_SINCE)
    written: bytes = whole.to_ical(sorted=False)
    return written


def _event(entry: Entry, edition: Edition, portal: str, made_at: datetime | None) -> icalendar.Event:
    shown = icalendar.Event()
    shown.add("uid", str(entry.uid))
    changed_at = edition.changed_at or made_at
    if changed_at:
        shown.add("dtstamp", changed_at.astimezone(UTC))
        shown.add("last-modified", changed_at.astimezone(UTC))
    shown.add("sequence", edition.sequence)
    shown.add("status", "CANCELLED" if edition.cancelled else "CONFIRMED")
    if entry.at:
        shown.add("dtstart", entry.at.astimezone(BEIJING))
    else:
        shown.add("dtstart", entry.starts_on)
        if entry.ends_on < date.max:
            shown.add("dtend", entry.ends_on + timedelta(days=1))  # the first day after
    texts = {"summary": entry.title, "description": entry.note, "location": entry.location}
    for property_name, text in texts.items():
        if text:
            shown.add(property_name, text)
    if entry.path:
        shown.add("url", f"{portal}{entry.path}")
    shown.add("transp", "TRANSPARENT")
    return shown
