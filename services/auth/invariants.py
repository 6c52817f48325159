"""What must hold for auth: no text message waits for ten minutes, no event is left behind (PLAT-11)."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.texts.repository import oldest_waiting
from shared.event_checks import EventCheck, check_events
from shared.findings import Finding, keep
from shared.runtime import Runtime
from shared.web.internal import fetcher
from shared.workflow.definition import Labelled

OVERDUE_MINUTES = 10


class AuthCheck(Labelled):
    TEXTS_WAITING = "texts_waiting", "短信十分钟没有发出"


CHECKS = (*EventCheck, *AuthCheck)


async def texts_waiting(session: AsyncSession) -> list[Finding]:
    """One finding for all text messages that have been waiting for ten minutes: the provider is away, or refuses us."""
    found = await oldest_waiting(session, minutes=OVERDUE_MINUTES)
    if found is None:
        return []
    return [Finding(AuthCheck.TEXTS_WAITING, "texts", found.created_at, found.last_error or "")]


async def check_invariants(runtime: Runtime) -> None:
    """Looks every minute and keeps what it found."""
    findings = await check_events(runtime.database, runtime.service, fetcher(runtime))
    async with runtime.database.unit_of_work() as session:
        await keep(session, runtime.service, CHECKS, [*findings, *await texts_waiting(session)])
