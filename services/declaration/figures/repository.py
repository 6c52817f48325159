"""Keeping the figures: the periods of units and their declarations, the fold of what was appended, the recount, and the run of each day.
What they do is a function each of the database, made by the migration: they are statements of many parts over what a trigger has appended
(ADR 30).
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, cast, func, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.figures.measures import COUNTED_ITEMS
from services.declaration.figures.models import FigureCell, FigureDays, FigureRun
from shared.identifiers import new_id

FOLDED_AT_ONCE = 20_000
_COUNTY = 6


class Drift(NamedTuple):
    """A cell that shows other sums than the periods are."""

    scope: str
    period: int
    factor_class: str
    factor: str
    division: str
    size: str
    shown: list[int]
    counted: list[int]


async def keep(session: AsyncSession, ids: Collection[UUID], today: date) -> int:
    """Brings the periods of these units, whose clocks the caller holds, up to date; how many were not."""
    items = cast(COUNTED_ITEMS, JSONB)
    changed = await session.scalar(select(func.keep_figures(cast(list(ids), ARRAY(Uuid())), today, items)))
    return int(changed or 0)


async def fold(session: AsyncSession, *, most: int = FOLDED_AT_ONCE) -> int:
    """Moves deltas into the cells, the oldest first; how many. All or nothing: a worker that dies leaves them where they were."""
    return int(await session.scalar(select(func.fold_figures(most))) or 0)


async def take_time(session: AsyncSession) -> None:
    """What follows in this transaction may take longer than a request."""
    await session.execute(select(func.set_config("statement_timeout", "0", True)))


async def drift(session: AsyncSession, begins: str, *, most: int = 20) -> Sequence[Drift]:
    """Where the sums of the regions whose codes begin so are not what a recount is, of one moment."""
    found = func.figure_drift(begins, most).table_valued(*Drift._fields)
    return [Drift(*row) for row in await session.execute(select(found))]


async def rebuild(session: AsyncSession) -> None:
    """Counts everything anew; changes that commit meanwhile append their deltas as ever, and stay."""
    await take_time(session)
    await session.execute(select(func.rebuild_figures()))


async def let_go_days(session: AsyncSession, before: date) -> int:
    """Lets go of what the days of one month have changed, the oldest that is wholly before that day; how many cells. Its month and its
    year keep it (ADR 40)."""
    await take_time(session)
    return int(await session.scalar(select(func.let_go_figure_days(before))) or 0)


async def days_since(session: AsyncSession) -> date | None:
    """From which day on each day is known; None while all are."""
    return await session.scalar(select(FigureDays.since))


async def counties(session: AsyncSession) -> Sequence[str]:
    """Every county of which there is a figure, in the order of the codes."""
    now = FigureCell.period == 0, FigureCell.factor_class == "", func.length(FigureCell.scope) == _COUNTY
    return (await session.scalars(select(FigureCell.scope).where(*now).distinct().order_by(FigureCell.scope))).all()


async def add_run(session: AsyncSession, day: date) -> None:
    """The run of that day, unless it is there already."""
    await session.execute(insert(FigureRun).values(id=new_id(), day=day).on_conflict_do_nothing(index_elements=["day"]))


async def advance(
    session: AsyncSession, run: FigureRun, *, kept_to: UUID, corrected: int, lease_seconds: float
) -> bool:
    """Notes how far the run has come and holds it for longer; False when another worker has it by now."""
    lease = func.now() + func.make_interval(0, 0, 0, 0, 0, 0, lease_seconds)
    written = await session.scalar(
        update(FigureRun)
        .where(FigureRun.id == run.id, FigureRun.attempts == run.attempts, FigureRun.done_at.is_(None))
        .values(kept_to=kept_to, corrected=FigureRun.corrected + corrected, leased_until=lease)
        .returning(FigureRun.id)
        .execution_options(synchronize_session=False)
    )
    return written is not None
