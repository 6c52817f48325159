"""Housekeeping of the kit's own tables, the same in every service, once an hour: files that no record claimed, answers kept for repeats,
and notes of events that were refused at first and accepted later.
"""

from shared.attachments import sweep_unclaimed
from shared.events.bookmarks import forget_accepted
from shared.runtime import Runtime
from shared.web.idempotency import forget_old_answers


async def tidy_up(runtime: Runtime) -> None:
    """Lets go of all that has had its time."""
    async with runtime.database.unit_of_work() as session:
        await forget_old_answers(session)
        await forget_accepted(session)
    async with runtime.database.unit_of_work() as session:
        await sweep_unclaimed(session, runtime.storage)
