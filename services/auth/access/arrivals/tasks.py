"""The worker's part in whether messages arrive: following them, asking about those of which nothing was said, letting go."""

import asyncio

from services.auth.access.arrivals import repository, service
from services.auth.access.texts.models import Text
from services.auth.hints import FOLLOW_TEXTS
from shared.db.session import note_hint
from shared.logging import get_logger
from shared.runtime import Runtime
from shared.services import Service
from shared.sms import Asked, CannotAsk, ChannelDown, Report, Route, sms_route

log = get_logger(__name__)


async def follow_texts(runtime: Runtime) -> None:
    """Hints at itself when there may be more."""
    async with runtime.database.unit_of_work() as session:
        if await service.follow(session):
            note_hint(session, FOLLOW_TEXTS)


async def ask_texts(runtime: Runtime) -> None:
    """Asks providers about what has had no receipt, with no session open."""
    route = sms_route(runtime.settings, Service.AUTH)
    async with runtime.database.unit_of_work() as session:
        rows = await repository.claim_to_ask(session)
    if not rows:
        return
    reports = await asyncio.gather(*(_ask(runtime, route, row) for row in rows))
    async with runtime.database.unit_of_work() as session:
        told = [(row, report) for row, report in zip(rows, reports, strict=True) if report is not None]
        await service.keep_reports(session, told)


async def _ask(runtime: Runtime, route: Route, row: Text) -> Report | None:
    provider = route.named(row.provider or "")
    if provider is None or row.handed_at is None or row.phone is None:
        return None
    try:
        return await provider.ask(runtime.http, Asked(row.id, row.phone, row.handed_at, row.reference))
    except (ChannelDown, CannotAsk) as silent:
        log.info("receipt_not_told", text_id=str(row.id), provider=row.provider, error=str(silent))
        return None


async def sweep(runtime: Runtime) -> None:
    """Lets go of what is old."""
    async with runtime.database.unit_of_work() as session:
        await repository.forget_old(session)
