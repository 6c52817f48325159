"""Whose certificates end when, by region, for who keeps or oversees them (BEY-06, STAFF-12)."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.expiry import repository
from services.certificates.expiry.repository import Bounds
from services.certificates.expiry.schemas import ExpiryFigure, ExpiryRead, ExpiryRow
from services.certificates.issue.workflow import CertificateStatus
from shared.addresses import address
from shared.clock import beijing_today, now_utc
from shared.identity import Actor
from shared.reference.regions import region

CERTIFICATES = address("certificates")


@dataclass(frozen=True)
class Span:
    """Days from today, both included; None has no end."""

    key: str
    label: str
    nearest: int | None
    farthest: int | None

    def bounds(self, today: date) -> Bounds:
        first, last = (None if days is None else today + timedelta(days=days) for days in (self.nearest, self.farthest))
        return Bounds(first, last)


# As the reminders to the units go (BEY-06).
SPANS = (
    Span("over", "已过有效期", None, -1),
    Span("month", "30天内", 0, 30),
    Span("quarter", "31–90天", 31, 90),
    Span("year", "91–365天", 91, 365),
    Span("later", "一年以后", 366, None),
)


async def expiry(session: AsyncSession, *, actor: Actor) -> ExpiryRead:
    """The valid certificates of the actor's region that have an end."""
    now = now_utc()
    today = beijing_today(now)
    spans = [span.bounds(today) for span in SPANS]
    found = await repository.ending_by_region(session, actor=actor, spans=spans)
    sums = tuple(map(sum, zip(*found.values(), strict=True))) or (0,) * len(SPANS)
    own = region(actor.region_code)
    whole = _row("", own.name if own else actor.region_code, sums, spans)
    regions = [_row(key, _label(key), numbers, spans) for key, numbers in found.items()]
    return ExpiryRead(made_at=now, total=whole, regions=regions)


def _row(key: str, label: str, numbers: tuple[int, ...], spans: list[Bounds]) -> ExpiryRow:
    return ExpiryRow(
        key=key,
        label=label,
        figures=[
            ExpiryFigure(key=span.key, label=span.label, count=count, link=CERTIFICATES, filters=_filters(key, days))
            for span, count, days in zip(SPANS, numbers, spans, strict=True)
        ],
    )


def _filters(prefix: str, days: Bounds) -> dict[str, list[str]]:
    given = {"valid_from": days.first, "valid_to": days.last}
    narrowed = {name: [day.isoformat()] for name, day in given.items() if day}
    where = {"region_code": [prefix]} if prefix else {}
    return {"status": sorted(each.value for each in CertificateStatus.is_in_force), **where, **narrowed}


def _label(prefix: str) -> str:
    """A zone that only the administrators know is told by its code (ORG-13)."""
    found = region(prefix.ljust(6, "0"))
    return found.name if found else prefix
