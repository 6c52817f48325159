"""What does not hold in a service, as rows that stand as long as it does not hold: what its worker finds, its API shows to Prometheus, an
operator reads with ``python -m ops status``, and the province's account managers are told of once a day (PLAT-10).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import Gauge
from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import KitBase
from shared.events.alarms import ALARMS
from shared.events.log import record
from shared.logging import get_logger
from shared.services import Service
from shared.workflow.definition import Labelled

# One look may see what the next one does not: a worker that was just replaced, an event on its way.
STEADY = timedelta(minutes=2)
TOLD_AGAIN = timedelta(days=1)
FINDINGS = Gauge("invariant_findings", "Places where what should hold does not", ["service", "check"])
LOOKED = Gauge("invariant_looked_at_seconds", "When a worker last looked, in seconds since 1970", ["service", "check"])
log = get_logger(__name__)
# In one migration of every service; never edited, a change is a V2 in a migration of its own.
FINDINGS_DDL_V1 = (
    """
CREATE TABLE findings (
  "check" varchar NOT NULL,
  subject varchar NOT NULL,
  since timestamptz NOT NULL,
  detail varchar NOT NULL,
  found_at timestamptz NOT NULL DEFAULT now(),
  told_at timestamptz,
  CONSTRAINT pk_findings PRIMARY KEY ("check", subject))""",
    """
CREATE TABLE looks (
  "check" varchar NOT NULL CONSTRAINT pk_looks PRIMARY KEY,
  label varchar NOT NULL,
  looked_at timestamptz NOT NULL)""",
)


@dataclass(frozen=True)
class Finding:
    """One place where something is wrong since ``since``; ``subject`` is an id or a name, never a person's data."""

    check: Labelled
    subject: str
    since: datetime
    detail: str


class Look(KitBase):
    """When a service last looked whether something holds; also when nothing was found."""

    __tablename__ = "looks"

    check: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    looked_at: Mapped[datetime]


class FindingRow(KitBase):
    """A finding that stands. ``found_at`` is when it was first seen, ``told_at`` when people were last told."""

    __tablename__ = "findings"

    check: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    detail: Mapped[str]
    found_at: Mapped[datetime] = mapped_column(server_default=func.now())
    told_at: Mapped[datetime | None]


async def keep(
    session: AsyncSession,
    service: Service,
    checks: Sequence[Labelled],
    findings: Sequence[Finding],
    *,
    silent: Collection[Labelled] = (),
) -> None:
    """Makes the rows of ``checks`` what was found just now. People are told of a check with findings that stand for two minutes, and again
    each day; never of the ``silent`` ones, which are somebody else's to see."""
    for finding in findings:
        log.warning("invariant_broken", check=finding.check, subject=finding.subject, since=finding.since.isoformat())
    await _look(session, checks)
    await _replace(session, checks, {(each.check.value, each.subject): each for each in findings})
    await _tell(session, service, [check for check in checks if check not in silent])


async def _look(session: AsyncSession, checks: Sequence[Labelled]) -> None:
    rows = [{"check": each.value, "label": each.label, "looked_at": func.now()} for each in checks]
    new = insert(Look).values(rows)
    await session.execute(
        new.on_conflict_do_update(
            index_elements=[Look.check], set_={"looked_at": new.excluded.looked_at, "label": new.excluded.label}
        )
    )


async def _replace(session: AsyncSession, checks: Sequence[Labelled], found: dict[tuple[str, str], Finding]) -> None:
    gone = delete(FindingRow).where(FindingRow.check.in_(checks))
    if found:
        gone = gone.where(tuple_(FindingRow.check, FindingRow.subject).not_in(list(found)))
    await session.execute(gone)
    if found:
        rows = [
            {"check": check, "subject": subject, "since": each.since, "detail": each.detail}
            for (check, subject), each in found.items()
        ]
        new = insert(FindingRow).values(rows)
        await session.execute(
            new.on_conflict_do_update(
                index_elements=[FindingRow.check, FindingRow.subject],
                set_={"since": new.excluded.since, "detail": new.excluded.detail},
                where=FindingRow.detail != new.excluded.detail,
            )
        )


async def _tell(session: AsyncSession, service: Service, checks: Sequence[Labelled]) -> None:
    untold = (FindingRow.told_at.is_(None)) | (FindingRow.told_at < func.now() - TOLD_AGAIN)
    steady = FindingRow.found_at <= func.now() - STEADY
    due = set(await session.scalars(select(FindingRow.check).where(untold, steady, FindingRow.check.in_(checks))))
    for check in (each for each in checks if each in due):
        rows = update(FindingRow).where(FindingRow.check == check, steady).values(told_at=func.now())
        since = (await session.scalars(rows.returning(FindingRow.since))).all()
        record(session, ALARMS[service](check=check.value, label=check.label, count=len(since), since=min(since)))


@dataclass(frozen=True)
class Counted:
    """One check: when a worker last looked, how many findings stand, and since when the oldest."""

    check: str
    label: str
    looked_at: datetime
    findings: int
    since: datetime | None


async def list_looks(session: AsyncSession) -> list[Counted]:
    """Every check of the service, by its code."""
    counted = (
        select(Look.check, Look.label, Look.looked_at, func.count(FindingRow.subject), func.min(FindingRow.since))
        .outerjoin(FindingRow, FindingRow.check == Look.check)
        .group_by(Look.check)
        .order_by(Look.check)
    )
    return [Counted(*row) for row in await session.execute(counted)]


async def list_findings(session: AsyncSession, *, limit: int = 100) -> Sequence[FindingRow]:
    """The findings that stand, oldest first."""
    return (await session.scalars(select(FindingRow).order_by(FindingRow.since).limit(limit))).all()


async def show(session: AsyncSession, service: Service) -> None:
    """Sets the gauges to what the rows say, zeros included."""
    for each in await list_looks(session):
        FINDINGS.labels(service, each.check).set(each.findings)
        LOOKED.labels(service, each.check).set(each.looked_at.timestamp())
