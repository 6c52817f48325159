"""Rows of work: a state, a lease, and an attempt counter raised before the work (PLAT-11). A worker claims rows, does the work outside
any transaction, and writes its end only if the lease is still its own; a row whose worker died is claimed again.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy import ColumnElement, func, inspect, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared import traces
from shared.clock import now_utc
from shared.identifiers import made_at

SHORTEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 5.0, 300.0
LAPSED = Counter("leases_lapsed_total", "Rows of work taken over from a worker whose lease had run out", ["table"])


@dataclass(frozen=True)
class Attempts:
    """How often a row of work is claimed before it is given up, and how many seconds it rests after a failure: ``first_pause``, then
    ``factor`` times as long each time, never longer than ``longest_pause``."""

    most: int
    first_pause: float = 0.0
    factor: float = 2.0
    longest_pause: float = math.inf

    def used_up(self, made: int) -> bool:
        """Whether ``made`` attempts were the last."""
        return made >= self.most

    def pause_after(self, made: int) -> float:
        """How long to rest after ``made`` attempts."""
        return min(self.first_pause * self.factor ** max(made - 1, 0), self.longest_pause)


class Work:
    """Columns of a row of work. ``done_at`` ends it; ``attempts`` counts claims; ``last_error`` says what went wrong last;
    ``traceparent`` is the place in a trace at which it was written."""

    id: Mapped[UUID]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    leased_until: Mapped[datetime | None]
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    done_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    correlation_id: Mapped[str] = mapped_column(default="", server_default="")
    traceparent: Mapped[str | None] = mapped_column(default=traces.carried)


W = TypeVar("W", bound=Work)


def unheld(model: type[Work]) -> ColumnElement[bool]:
    """No worker has the row, or none that is alive."""
    return or_(model.leased_until.is_(None), model.leased_until < func.now())


async def claim(
    session: AsyncSession, model: type[W], attempts: Attempts, *, limit: int, lease_seconds: float
) -> Sequence[W]:
    """Up to ``limit`` due rows, oldest first, leased to the caller; rows that others hold are passed over. Commit before working."""
    due = (
        select(model.id, model.leased_until.is_not(None).label("lapsed"))
        .where(
            model.done_at.is_(None),
            model.due_at <= func.now(),
            model.attempts < attempts.most,
            unheld(model),
        )
        .order_by(model.due_at, model.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    claimed = await session.execute(
        update(model)
        .where(model.id == due.c.id)
        .values(
            attempts=model.attempts + 1,
            leased_until=func.now() + text("make_interval(secs => :lease)").bindparams(lease=lease_seconds),
        )
        .returning(model, due.c.lapsed)
    )
    rows = claimed.all()
    LAPSED.labels(str(inspect(model).local_table)).inc(sum(lapsed for _, lapsed in rows))
    return sorted((row for row, _ in rows), key=lambda row: (row.due_at, row.id))


async def claim_one(session: AsyncSession, model: type[W], attempts: Attempts, *, lease_seconds: float) -> W | None:
    """The next due row, leased. For work that may kill its worker: one at a time, so that it costs no other row an attempt."""
    claimed = await claim(session, model, attempts, limit=1, lease_seconds=lease_seconds)
    return claimed[0] if claimed else None


async def list_exhausted(session: AsyncSession, model: type[W], attempts: Attempts, *, limit: int) -> Sequence[W]:
    """Rows whose last attempt never came to an end, because its worker died; locked, those of others passed over. Nobody will claim them
    again: the caller ends them."""
    lost = select(model).where(model.done_at.is_(None), model.attempts >= attempts.most, unheld(model))
    return (await session.scalars(lost.limit(limit).with_for_update(skip_locked=True))).all()


async def finish(session: AsyncSession, row: W) -> bool:
    """Ends the row if this claim still holds it; False when another worker has it by now, and then nothing may be written."""
    return await _write(session, row, done_at=func.now(), leased_until=None, last_error=None)


async def put_back(session: AsyncSession, row: W, *, error: str, delay_seconds: float, **values: object) -> bool:
    """Gives the row back after a failure, due again after ``delay_seconds``; ``values`` are columns of the row's own."""
    due_at = func.now() + text("make_interval(secs => :delay)").bindparams(delay=delay_seconds)
    return await _write(session, row, due_at=due_at, leased_until=None, last_error=error[:2000], **values)


async def try_again(session: AsyncSession, row: W, attempts: Attempts, *, error: str, **values: object) -> bool:
    """Gives the row back after a failure, to rest before its next attempt; False when it has none left, and then nothing is written."""
    if attempts.used_up(row.attempts):
        return False
    await put_back(session, row, error=error, delay_seconds=attempts.pause_after(row.attempts), **values)
    return True


async def wait_out(session: AsyncSession, row: W, *, error: str) -> bool:
    """Gives the row back because something that it needs is away. The attempt does not count, so that no outage uses the attempts up; the
    row waits as long again as it has waited since it was made, between ``SHORTEST_WAIT_SECONDS`` and ``LONGEST_WAIT_SECONDS``."""
    waited = (now_utc() - made_at(row.id)).total_seconds()
    delay = min(max(waited, SHORTEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS)
    due_at = func.now() + text("make_interval(secs => :delay)").bindparams(delay=delay)
    return await _write(
        session, row, due_at=due_at, leased_until=None, last_error=error[:2000], attempts=type(row).attempts - 1
    )


async def _write(session: AsyncSession, row: W, **values: object) -> bool:
    model = type(row)
    written = await session.scalar(
        update(model)
        .where(model.id == row.id, model.attempts == row.attempts, model.done_at.is_(None))
        .values(**values)
        .returning(model.id)
        .execution_options(synchronize_session=False)
    )
    return written is not None
