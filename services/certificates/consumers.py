"""What certificates does about other services' events; the map of who listens to what is in ``shared.events.subscriptions``."""

from services.certificates.forms.service import take_in
from services.certificates.issue.corrections import follow_correction
from services.certificates.issue.following import follow_person
from services.certificates.issue.service import issue_certificate
from shared.events.auth import FormPrepared
from shared.events.bookmarks import Handlers, on
from shared.events.training import PersonMoved, ResultCorrected, ResultPublished, RosterPrepared, ScoreSheetPrepared
from shared.runtime import Runtime
from shared.web.internal import pull_all

HANDLERS: Handlers = dict(
    [
        on(ResultPublished, issue_certificate),
        on(ResultCorrected, follow_correction),
        on(PersonMoved, follow_person),
        on(FormPrepared, take_in),
        on(RosterPrepared, take_in),
        on(ScoreSheetPrepared, take_in),
    ]
)


async def pull_events(runtime: Runtime) -> None:
    """Reads every log that certificates follows."""
    await pull_all(runtime, HANDLERS)
