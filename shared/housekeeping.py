"""Housekeeping of the kit's own tables, the same in every service, once an hour: files that no record claimed, answers kept for repeats,
notes of events that were refused at first and accepted later, what histories said until their time was over, events that all have read,
and the signed digest of each day's history.
"""

from shared.attachments import sweep_unclaimed
from shared.clock import now_utc
from shared.db.digests import close_days
from shared.events.bookmarks import forget_accepted
from shared.runtime import Runtime
from shared.tasks.histories import empty_histories
from shared.web.idempotency import forget_old_answers
from shared.web.internal import forget_events


async def tidy_up(runtime: Runtime) -> None:
    """Lets go of all that has had its time, and closes the history of the days that are over (PLAT-04)."""
    async with runtime.database.unit_of_work() as session:
        await forget_old_answers(session)
        await forget_accepted(session)
    async with runtime.database.unit_of_work() as session:
        await sweep_unclaimed(session, runtime.storage)
    await close_days(runtime.database, service=runtime.service, signing_key=runtime.settings.signing_key, now=now_utc())
    await empty_histories(runtime)
    await forget_events(runtime)
