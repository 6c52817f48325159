"""The task of the clock: today's run, batch after batch, each in a transaction of its own, so that a kill costs at most one of them."""

from services.declaration.clock import runs
from shared.clock import beijing_today, now_utc
from shared.logging import get_logger
from shared.runtime import Runtime

log = get_logger(__name__)


async def run_clock(runtime: Runtime) -> None:
    """Reckons every unit anew and sends the reminders whose day has come (BEY-10); nothing when today's run is over."""
    now = now_utc()
    async with runtime.database.unit_of_work() as session:
        run = await runs.claim_run(session, now)
    if run is None:
        return
    try:
        more = True
        while more:
            async with runtime.database.unit_of_work() as session:
                more = await runs.keep_batch(session, run)
        more = True
        while more:
            async with runtime.database.unit_of_work() as session:
                more = await runs.remind(session, run, beijing_today(now))
        async with runtime.database.unit_of_work() as session:
            await runs.end_run(session, run)
    except runs.LeaseLost:
        log.info("clock_run_lost", day=run.day.isoformat())
    except Exception as error:
        log.error("clock_run_failed", day=run.day.isoformat(), error=repr(error))
        async with runtime.database.unit_of_work() as session:
            await runs.put_off(session, run, error)
