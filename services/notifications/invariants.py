"""What must hold for notifications: no event is left behind, and a message that could not be delivered is seen by a person."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries.repository import list_failed
from shared.event_checks import EventCheck, check_events
from shared.findings import Finding, keep
from shared.runtime import Runtime
from shared.web.internal import fetcher
from shared.workflow.definition import Labelled


class NotificationsCheck(Labelled):
    DELIVERY_FAILED = "delivery_failed", "没有送达的短信、邮件"


CHECKS = (*EventCheck, *NotificationsCheck)


async def failed_deliveries(session: AsyncSession) -> list[Finding]:
    """Deliveries given up within the last day; the address stays in its row."""
    return [
        Finding(NotificationsCheck.DELIVERY_FAILED, str(row.id), row.updated_at, row.last_error or "")
        for row in await list_failed(session, days=1)
    ]


async def check_invariants(runtime: Runtime) -> None:
    """Looks every minute and keeps what it found. A wrong number or address is a person's, and no trouble of the platform."""
    findings = await check_events(runtime.database, runtime.service, fetcher(runtime))
    async with runtime.database.unit_of_work() as session:
        found = [*findings, *await failed_deliveries(session)]
        await keep(session, runtime.service, CHECKS, found, silent={NotificationsCheck.DELIVERY_FAILED})
