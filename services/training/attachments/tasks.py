"""Housekeeping of what requests leave behind: files that no record claimed, and answers kept for repeats."""

from shared.attachments import sweep_unclaimed
from shared.runtime import Runtime
from shared.web import idempotency


async def sweep_attachments(runtime: Runtime) -> None:
    """Lets go of files that nobody claimed within a day."""
    async with runtime.database.unit_of_work() as session:
        await sweep_unclaimed(session, runtime.storage)


async def forget_old_answers(runtime: Runtime) -> None:
    """Lets go of answers whose Idempotency-Key is older than a day."""
    async with runtime.database.unit_of_work() as session:
        await idempotency.forget_old_answers(session)
