"""What must hold for notifications: no event is left behind, and a message that could not be delivered is seen by a person."""

from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries.repository import list_failed
from shared.events.health import EventCheck, Finding, check_events, show
from shared.runtime import Runtime
from shared.web.internal import fetcher


class NotificationsCheck(StrEnum):
    DELIVERY_FAILED = "delivery_failed"


CHECKS = (*EventCheck, *NotificationsCheck)


async def failed_deliveries(session: AsyncSession) -> list[Finding]:
    """Deliveries given up within the last day; the address stays in its row."""
    return [
        Finding(NotificationsCheck.DELIVERY_FAILED, str(row.id), row.updated_at, row.last_error or "")
        for row in await list_failed(session, days=1)
    ]


async def check_invariants(runtime: Runtime) -> None:
    """Looks every minute and shows what it found."""
    findings = await check_events(runtime.database, runtime.service, fetcher(runtime))
    async with runtime.database.unit_of_work() as session:
        show(runtime.service, CHECKS, [*findings, *await failed_deliveries(session)])
