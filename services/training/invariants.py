"""What must hold for training whatever is killed when (PLAT-11): every passed result has its certificate, no event is left behind."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.results.scores.certificate_repository import list_passed_without_certificate
from shared.event_checks import EventCheck, check_events
from shared.findings import Finding, keep
from shared.runtime import Runtime
from shared.web.internal import fetcher
from shared.workflow.definition import Labelled

OVERDUE_MINUTES = 10


class TrainingCheck(Labelled):
    PASSED_WITHOUT_CERTIFICATE = "passed_without_certificate", "合格后十分钟没有证书"


CHECKS = (*EventCheck, *TrainingCheck)


async def passed_without_certificate(session: AsyncSession) -> list[Finding]:
    """People whose published result passed more than ten minutes ago and of whose certificate nothing has been heard."""
    check = TrainingCheck.PASSED_WITHOUT_CERTIFICATE
    rows = await list_passed_without_certificate(session, minutes=OVERDUE_MINUTES)
    return [Finding(check, str(row.registration_id), row.published_at, str(row.class_session_id)) for row in rows]


async def check_invariants(runtime: Runtime) -> None:
    """Looks every minute and keeps what it found."""
    findings = await check_events(runtime.database, runtime.service, fetcher(runtime))
    async with runtime.database.unit_of_work() as session:
        await keep(session, runtime.service, CHECKS, [*findings, *await passed_without_certificate(session)])
