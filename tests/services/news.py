"""News as a service reads it from another's log: with the time at which it was written, by which old is told from new."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from shared.events.base import Envelope, Event, Place
from shared.events.bookmarks import handled
from shared.identifiers import new_id


@contextmanager
def written(event: Event, *, later: int = 0) -> Iterator[None]:
    """Inside, the event is being handled, as if written so many seconds from now."""
    at = datetime.now(UTC) + timedelta(seconds=later)
    mark = handled.set(
        Envelope(place=Place(), id=new_id(), type=event.type, occurred_at=at, correlation_id="t", payload={})
    )
    try:
        yield
    finally:
        handled.reset(mark)
