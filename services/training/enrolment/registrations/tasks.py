"""The background work of registrations: the reminders before a plan's deadline."""

from services.training.enrolment.registrations.reminders import remind_of_deadlines
from shared.runtime import Runtime


async def remind_deadlines(runtime: Runtime) -> None:
    """Tells units that have not finished, 72 and 24 hours before the deadline day ends (FAQ-M8, BEY-03)."""
    async with runtime.database.unit_of_work() as session:
        await remind_of_deadlines(session)
