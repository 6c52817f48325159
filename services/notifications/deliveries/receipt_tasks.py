"""The worker's part in receipts: matching those that came, asking for those that did not, letting go of old ones."""

import asyncio
from collections.abc import Sequence

from services.notifications.deliveries import receipt_repository as repository
from services.notifications.deliveries.models import Delivery
from services.notifications.deliveries.receipt_service import keep_reports, pass_on
from shared.logging import get_logger
from shared.runtime import Runtime
from shared.services import Service
from shared.sms import Asked, CannotAsk, ChannelDown, Report, Route, sms_route

log = get_logger(__name__)


async def match_receipts(runtime: Runtime) -> None:
    """Receipts whose deliveries are there by now; what is about none of ours is passed on."""
    async with runtime.database.unit_of_work() as session:
        for delivered in (True, False):
            await repository.match(session, delivered=delivered)
        await pass_on(session)


async def ask_receipts(runtime: Runtime) -> None:
    """Asks providers about what has had no receipt, with no session open."""
    route = sms_route(runtime.settings, Service.NOTIFICATIONS)
    async with runtime.database.unit_of_work() as session:
        rows = await repository.claim_to_ask(session)
    reports = await asyncio.gather(*(_ask(runtime, route, row) for row in rows))
    async with runtime.database.unit_of_work() as session:
        await keep_reports(session, _known(rows, reports))


def _known(rows: Sequence[Delivery], reports: Sequence[Report | None]) -> list[tuple[Delivery, Report]]:
    return [(row, report) for row, report in zip(rows, reports, strict=True) if report is not None]


async def _ask(runtime: Runtime, route: Route, row: Delivery) -> Report | None:
    provider = route.named(row.provider or "")
    if provider is None or row.handed_at is None:
        return None
    asked = Asked(row.id, row.address, row.handed_at, row.provider_reference)
    try:
        return await provider.ask(runtime.http, asked)
    except (ChannelDown, CannotAsk) as silent:
        log.info("receipt_not_told", delivery_id=str(row.id), provider=row.provider, error=str(silent))
        return None


async def sweep(runtime: Runtime) -> None:
    """Lets go of what is old."""
    async with runtime.database.unit_of_work() as session:
        await repository.forget_old(session)
