"""The run of each day: every unit's periods looked at anew, so that those of before there were figures come by themselves, and whatever was
missed comes right. A row of work with a lease: of two workers one runs it, and a killed one's is taken up where it stopped.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.clock.repository import units_after
from services.declaration.figures import keeping, repository
from services.declaration.figures.models import FigureRun
from shared.clock import beijing_today
from shared.tasks.work import Attempts, claim_one, finish, put_back

BATCH: Final = 500
LEASE_SECONDS: Final = 120
ATTEMPTS: Final = Attempts(most=20, first_pause=60, longest_pause=1800)


class LeaseLost(Exception):
    """Another worker has taken the run over; this batch is undone."""


async def claim_run(session: AsyncSession, now: datetime) -> FigureRun | None:
    """Today's run, leased to the caller; None when it is over or another has it."""
    await repository.add_run(session, beijing_today(now))
    return await claim_one(session, FigureRun, ATTEMPTS, lease_seconds=LEASE_SECONDS)


async def keep_batch(session: AsyncSession, run: FigureRun, now: datetime) -> bool:
    """The next units. False when there are no more. Raises ``LeaseLost``, and then nothing of the batch stays."""
    units = await units_after(session, run.kept_to, BATCH)
    if not units:
        return False
    corrected = await keeping.correct(session, units, now)
    run.kept_to = units[-1]
    if not await repository.advance(
        session, run, kept_to=run.kept_to, corrected=corrected, lease_seconds=LEASE_SECONDS
    ):
        raise LeaseLost
    return True


async def end_run(session: AsyncSession, run: FigureRun) -> None:
    await finish(session, run)


async def put_off(session: AsyncSession, run: FigureRun, error: Exception) -> None:
    """It failed: again later."""
    await put_back(session, run, error=repr(error), delay_seconds=ATTEMPTS.pause_after(run.attempts))
