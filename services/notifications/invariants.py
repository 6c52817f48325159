"""What must hold for notifications: no event is left behind, and a message that could not be delivered is seen by a person."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries.repository import list_failed, pieces_this_month
from services.notifications.notices.catalogue import sms_kinds
from services.notifications.settings import notification_settings
from services.notifications.templates.repository import sms_templates
from shared.clock import beijing_today, now_utc, start_of_beijing_day
from shared.event_checks import EventCheck, check_events
from shared.findings import Finding, keep
from shared.runtime import Runtime
from shared.services import Service
from shared.sms import Route, sms_route
from shared.web.internal import fetcher
from shared.workflow.definition import Labelled


class NotificationsCheck(Labelled):
    DELIVERY_FAILED = "delivery_failed", "没有送达的短信、邮件"
    BUDGET_NEARLY_USED = "budget_nearly_used", "本月短信预算将用完"
    TEMPLATE_MISSING = "template_missing", "没有短信模板的消息"


# Of the month's budget.
NEARLY = 0.8
# It is so since the settings are.
STANDING = datetime(2026, 1, 1, tzinfo=UTC)
CHECKS = (*EventCheck, *NotificationsCheck)


async def failed_deliveries(session: AsyncSession) -> list[Finding]:
    """Deliveries given up within the last day; the address stays in its row."""
    return [
        Finding(NotificationsCheck.DELIVERY_FAILED, str(row.id), row.updated_at, row.last_error or "")
        for row in await list_failed(session, days=1)
    ]


async def budget_nearly_used(session: AsyncSession) -> list[Finding]:
    """When four fifths of the month's budget are gone; nothing is held back by it."""
    budget = notification_settings().sms_pieces_a_month
    used = await pieces_this_month(session) if budget else 0
    if not budget or used < budget * NEARLY:
        return []
    month = start_of_beijing_day(beijing_today(now_utc()).replace(day=1))
    return [Finding(NotificationsCheck.BUDGET_NEARLY_USED, f"{month:%Y-%m}", month, f"{used} / {budget}")]


def templates_missing(route: Route) -> list[Finding]:
    """Kinds that no provider has words for: their text messages are given up."""
    kinds = sorted(kind for kind in sms_kinds() if not route.candidates(kind))
    return [
        Finding(NotificationsCheck.TEMPLATE_MISSING, kind, STANDING, "no template at any provider") for kind in kinds
    ]


async def check_invariants(runtime: Runtime) -> None:
    """Looks every minute and keeps what it found. A wrong number or address is a person's, and no trouble of the platform."""
    findings = await check_events(runtime.database, runtime.service, fetcher(runtime))
    async with runtime.database.unit_of_work() as session:
        templates = await sms_templates(session, runtime.settings.sms_templates)
        route = sms_route(runtime.settings, Service.NOTIFICATIONS, templates)
        found = [
            *findings,
            *await failed_deliveries(session),
            *await budget_nearly_used(session),
            *templates_missing(route),
        ]
        await keep(session, runtime.service, CHECKS, found, silent={NotificationsCheck.DELIVERY_FAILED})
