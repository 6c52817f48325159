"""The figures' background work: folding what was appended, and the run of each day, which ends with a recount."""

from services.declaration.figures import repository, runs
from services.declaration.figures.models import FigureRun
from shared.clock import now_utc
from shared.logging import get_logger
from shared.runtime import Runtime

# What a long outage has left is folded in turns, so that none of them holds its locks for long.
TURNS = 20
log = get_logger(__name__)


async def fold_figures(runtime: Runtime) -> None:
    """Figures are as old as the oldest change that is not folded."""
    for _ in range(TURNS):
        async with runtime.database.unit_of_work() as session:
            await repository.take_time(session)
            if await repository.fold(session) < repository.FOLDED_AT_ONCE:
                return


async def run_figures(runtime: Runtime) -> None:
    """Looks at every unit anew, then sees that the sums are those of a recount; nothing when today's run is over."""
    async with runtime.database.unit_of_work() as session:
        run = await runs.claim_run(session, now_utc())
    if run is None:
        return
    try:
        await keep_all(runtime, run)
        await recount(runtime)
        async with runtime.database.unit_of_work() as session:
            await runs.end_run(session, run)
    except runs.LeaseLost:
        log.info("figure_run_lost", day=run.day.isoformat())
    except Exception as error:
        log.error("figure_run_failed", day=run.day.isoformat(), error=repr(error))
        async with runtime.database.unit_of_work() as session:
            await runs.put_off(session, run, error)


async def keep_all(runtime: Runtime, run: FigureRun) -> None:
    """Batch after batch, each in a transaction of its own, so that a kill costs at most one of them. Raises ``LeaseLost``."""
    more = True
    while more:
        async with runtime.database.unit_of_work() as session:
            more = await runs.keep_batch(session, run, now_utc())


async def recount(runtime: Runtime) -> None:
    """Sums that are not those of a recount are told to the operator, and counted anew."""
    async with runtime.database.unit_of_work() as session:
        await repository.take_time(session)
        found = await repository.drift(session, "")
    for each in found:
        log.error("figures_drifted", **each._asdict())
    if found:
        async with runtime.database.unit_of_work() as session:
            await repository.rebuild(session)
