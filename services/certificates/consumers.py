"""What certificates does about other services' events; the map of who listens to what is in ``shared.events.subscriptions``."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.forms.service import take_in
from services.certificates.issue.corrections import follow_correction
from services.certificates.issue.following import follow_person
from services.certificates.issue.service import issue_certificate
from services.certificates.papers.service import follow_revocation, keep_paper
from services.certificates.patterns.service import follow_deleted_type
from shared.events.auth import FormPrepared
from shared.events.bookmarks import Handlers, on
from shared.events.declaration import DeclarationPaperPrepared, DeclarationRevoked
from shared.events.training import PlanTypeDeleted, ResultCorrected, ResultPublished, RosterPrepared, ScoreSheetPrepared
from shared.events.training_people import PersonMoved
from shared.runtime import Runtime
from shared.web.internal import pull_all


async def paper_prepared(session: AsyncSession, event: DeclarationPaperPrepared) -> None:
    """The form to be printed, and what its public check says."""
    await take_in(session, event)
    await keep_paper(session, event)


HANDLERS: Handlers = dict(
    [
        on(ResultPublished, issue_certificate),
        on(ResultCorrected, follow_correction),
        on(PersonMoved, follow_person),
        on(PlanTypeDeleted, follow_deleted_type),
        on(FormPrepared, take_in),
        on(RosterPrepared, take_in),
        on(DeclarationPaperPrepared, paper_prepared),
        on(DeclarationRevoked, follow_revocation),
        on(ScoreSheetPrepared, take_in),
    ]
)


async def pull_events(runtime: Runtime) -> None:
    """Reads every log that certificates follows."""
    await pull_all(runtime, HANDLERS)
