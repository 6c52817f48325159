"""What must hold for training whatever is killed when (PLAT-11): every passed result has its certificate, no event is left behind."""

from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.results.scores.certificate_repository import list_passed_without_certificate
from shared.events.health import EventCheck, Finding, check_events, show
from shared.runtime import Runtime
from shared.web.internal import fetcher

OVERDUE_MINUTES = 10


class TrainingCheck(StrEnum):
    PASSED_WITHOUT_CERTIFICATE = "passed_without_certificate"


CHECKS = (*EventCheck, *TrainingCheck)


async def passed_without_certificate(session: AsyncSession) -> list[Finding]:
    """People whose published result passed more than ten minutes ago and of whose certificate nothing has been heard."""
    check = TrainingCheck.PASSED_WITHOUT_CERTIFICATE
    rows = await list_passed_without_certificate(session, minutes=OVERDUE_MINUTES)
    return [Finding(check, str(row.registration_id), row.published_at, str(row.class_session_id)) for row in rows]


async def check_invariants(runtime: Runtime) -> None:
    """Looks every minute and shows what it found."""
    findings = await check_events(runtime.database, runtime.service, fetcher(runtime))
    async with runtime.database.unit_of_work() as session:
        show(runtime.service, CHECKS, [*findings, *await passed_without_certificate(session)])
