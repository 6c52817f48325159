"""Orders whose last day has passed without an answer: whoever gave them is told, once (FAQ-D22)."""

from services.declaration.orders import repository
from services.declaration.orders.announcements import overdue
from shared.clock import beijing_today, now_utc
from shared.events.log import record
from shared.runtime import Runtime


async def tell_overdue(runtime: Runtime) -> None:
    """A batch at a time; two who look at once tell each of them once."""
    while True:
        async with runtime.database.unit_of_work() as session:
            now = now_utc()
            orders = await repository.take_overdue(session, beijing_today(now), now)
            for order in orders:
                record(session, overdue(order))
        if len(orders) < repository.BATCH:
            return
