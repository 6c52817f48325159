"""The task that reminds of certificates that end, every hour. A unit that fails is told of in the log and holds up no other."""

from services.training.desk.expiry import reminders
from shared.clock import now_utc
from shared.logging import get_logger
from shared.runtime import Runtime

log = get_logger(__name__)


async def remind_expiry(runtime: Runtime) -> None:
    """Tells every unit of the certificates whose mark has come (BEY-06), each unit in transactions of its own."""
    now = now_utc()
    async with runtime.database.unit_of_work() as session:
        units = await reminders.units_due(session, now)
    for unit_id in units:
        try:
            more = True
            while more:
                async with runtime.database.unit_of_work() as session:
                    more = await reminders.remind_unit(session, unit_id, now)
        except Exception as error:
            log.error("expiry_reminder_failed", unit_id=str(unit_id), error=repr(error))
