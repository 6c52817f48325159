"""The run of each night (BEY-10): a row of work with a lease, so that of two workers one runs it, and a killed one's is taken up where it
stopped. A day on which nothing ran is made up for by the next.
"""

from datetime import date, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.clock import keeping, reminders, repository
from services.declaration.clock.models import ClockRun
from shared.clock import beijing_today
from shared.tasks.work import Attempts, claim_one, finish, put_back

BATCH: Final = 1000
LEASE_SECONDS: Final = 120
ATTEMPTS: Final = Attempts(most=20, first_pause=60, longest_pause=1800)


class LeaseLost(Exception):
    """Another worker has taken the run over; this batch is undone."""


async def claim_run(session: AsyncSession, now: datetime) -> ClockRun | None:
    """Today's run, leased to the caller; None when it is over or another has it."""
    await repository.add_run(session, beijing_today(now))
    return await claim_one(session, ClockRun, ATTEMPTS, lease_seconds=LEASE_SECONDS)


async def keep_batch(session: AsyncSession, run: ClockRun) -> bool:
    """Reckons the next units anew. False when there are no more. Raises ``LeaseLost``, and then nothing of the batch stays."""
    units = await repository.units_after(session, run.kept_to, BATCH)
    if not units:
        return False
    corrected = await keeping.correct(session, units)
    run.kept_to = units[-1]
    await _hold(session, run, corrected=corrected)
    return True


async def remind(session: AsyncSession, run: ClockRun, today: date) -> bool:
    """Sends the next reminders. False when they were the last. Raises ``LeaseLost``."""
    reminded = await reminders.remind_batch(session, today)
    await _hold(session, run, reminded=reminded)
    return reminded == reminders.BATCH


async def _hold(session: AsyncSession, run: ClockRun, *, corrected: int = 0, reminded: int = 0) -> None:
    held = await repository.advance(
        session, run, kept_to=run.kept_to, corrected=corrected, reminded=reminded, lease_seconds=LEASE_SECONDS
    )
    if not held:
        raise LeaseLost


async def end_run(session: AsyncSession, run: ClockRun) -> None:
    await finish(session, run)


async def put_off(session: AsyncSession, run: ClockRun, error: Exception) -> None:
    """It failed: again later."""
    await put_back(session, run, error=repr(error), delay_seconds=ATTEMPTS.pause_after(run.attempts))
