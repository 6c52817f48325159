"""What must hold for certificates whatever is killed when (PLAT-11): every page is made in ten minutes, no event is left behind, and
what the operator has set can sign."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.forms import repository as forms
from services.certificates.issue.repository import list_overdue, list_put_off
from services.certificates.signing.service import signing_trouble
from shared.clock import now_utc
from shared.event_checks import EventCheck, check_events
from shared.findings import Finding, keep
from shared.runtime import Runtime
from shared.web.internal import fetcher
from shared.workflow.definition import Labelled

OVERDUE_MINUTES = 10
PUT_OFF_MINUTES = 1


class CertificateCheck(Labelled):
    OVERDUE_CERTIFICATE = "overdue_certificate", "证书十分钟没有制作完成"
    OVERDUE_FORM = "overdue_form", "申请表十分钟没有制作完成"
    PAGES_PUT_OFF = "pages_put_off", "证书因签章或存储不可用而等待"
    SIGNING = "signing", "签章证书不可用"


CHECKS = (*EventCheck, *CertificateCheck)


async def overdue_certificates(session: AsyncSession) -> list[Finding]:
    """Certificates that have been waiting for their page for more than ten minutes."""
    return [
        Finding(CertificateCheck.OVERDUE_CERTIFICATE, str(row.id), row.updated_at, row.number)
        for row in await list_overdue(session, minutes=OVERDUE_MINUTES)
    ]


async def overdue_forms(session: AsyncSession) -> list[Finding]:
    """Forms that have been waiting for their page for more than ten minutes, or were given up."""
    return [
        Finding(CertificateCheck.OVERDUE_FORM, str(row.id), row.created_at, row.failure or row.last_error or row.kind)
        for row in await forms.list_overdue(session, minutes=OVERDUE_MINUTES)
    ]


async def pages_put_off(session: AsyncSession) -> list[Finding]:
    """Why pages wait: one finding for each reason, such as a signing service that does not answer."""
    return [
        Finding(CertificateCheck.PAGES_PUT_OFF, f"{each.certificates} certificates", each.since, each.reason or "")
        for each in await list_put_off(session, minutes=PUT_OFF_MINUTES)
    ]


async def signing(runtime: Runtime) -> list[Finding]:
    """What keeps pages from being signed, before the first of them has to wait for it (BEY-05)."""
    trouble = await signing_trouble(runtime)
    return [Finding(CertificateCheck.SIGNING, "identity", now_utc(), trouble)] if trouble else []


async def find_all(runtime: Runtime) -> list[Finding]:
    """Everything that does not hold now."""
    findings = [*await check_events(runtime.database, runtime.service, fetcher(runtime)), *await signing(runtime)]
    async with runtime.database.unit_of_work() as session:
        late = [*await overdue_certificates(session), *await overdue_forms(session)]
        return [*findings, *late, *await pages_put_off(session)]


async def check_invariants(runtime: Runtime) -> None:
    """Looks every minute and keeps what it found."""
    findings = await find_all(runtime)
    async with runtime.database.unit_of_work() as session:
        await keep(session, runtime.service, CHECKS, findings)
