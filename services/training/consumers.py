"""What training does about other services' events; the map of who listens to what is in ``shared.events.subscriptions``."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.accepted.service import keep_judged
from services.training.people.institutions.service import keep_organisation
from services.training.people.personnel.service import add_certificate, revoke_certificate
from services.training.plans.calendar_service import keep_calendar
from services.training.results.scores.certificates import forget_certificate, note_certificate, renew_certificate
from services.training.results.scores.corrections import tell_present
from shared.events.auth import OrganisationChanged, ResidentIdJudged
from shared.events.bookmarks import Handlers, on
from shared.events.certificates import CertificateIssued, CertificateReissued, CertificateRetried, CertificateRevoked
from shared.events.declaration import CalendarYearKept
from shared.runtime import Runtime
from shared.web.internal import pull_all


async def certificate_issued(session: AsyncSession, event: CertificateIssued) -> None:
    """The certificate joins the person's file (TRN-05), and its number the unit's result page (CERT-04)."""
    await add_certificate(session, event)
    await note_certificate(session, event)


async def certificate_reissued(session: AsyncSession, event: CertificateReissued) -> None:
    """File and result page say what the certificate says now (STAFF-09)."""
    await renew_certificate(session, event)
    await note_certificate(session, event)


async def certificate_revoked(session: AsyncSession, event: CertificateRevoked) -> None:
    """Neither the file nor the result page shows it as valid any more (STAFF-10)."""
    await revoke_certificate(session, event)
    await forget_certificate(session, event)


HANDLERS: Handlers = dict(
    [
        on(OrganisationChanged, keep_organisation),
        on(ResidentIdJudged, keep_judged),
        on(CalendarYearKept, keep_calendar),
        on(CertificateIssued, certificate_issued),
        on(CertificateReissued, certificate_reissued),
        on(CertificateRevoked, certificate_revoked),
        on(CertificateRetried, tell_present),
    ]
)


async def pull_events(runtime: Runtime) -> None:
    """Reads every log that training follows."""
    await pull_all(runtime, HANDLERS)
