"""What notifications does about other services' events; the map of who listens to what is in ``shared.events.subscriptions``."""

from services.notifications.contacts.service import keep_organisation
from services.notifications.notices.service import announce, announce_approval, announce_loss
from services.notifications.notices.texts import TEXTS
from services.notifications.oversight.service import account_changed, account_text_reported
from shared.events.auth import AccountChanged, AccountTextReported, OrganisationChanged
from shared.events.bookmarks import Handlers, on
from shared.events.training import (
    RegistrationApproved,
    RegistrationCancelled,
    RegistrationReturned,
    RegistrationReviewUndone,
)
from shared.runtime import Runtime
from shared.web.internal import pull_all

HANDLERS: Handlers = {
    **dict([on(OrganisationChanged, keep_organisation), on(AccountChanged, account_changed)]),
    **dict([on(AccountTextReported, account_text_reported)]),
    **dict.fromkeys(TEXTS, announce),
    **dict([on(RegistrationApproved, announce_approval)]),
    **dict(
        [on(lost, announce_loss) for lost in (RegistrationCancelled, RegistrationReturned, RegistrationReviewUndone)]
    ),
}


async def pull_events(runtime: Runtime) -> None:
    """Reads every log that notifications follows."""
    await pull_all(runtime, HANDLERS)
