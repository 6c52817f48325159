"""What notifications does about other services' events; the map of who listens to what is in ``shared.events.subscriptions``."""

from services.notifications.contacts.service import keep_account, keep_organisation
from services.notifications.notices.service import announce
from services.notifications.notices.texts import TEXTS
from shared.events.auth import AccountChanged, OrganisationChanged
from shared.events.bookmarks import Handlers, on
from shared.runtime import Runtime
from shared.web.internal import pull_all

HANDLERS: Handlers = {
    **dict([on(OrganisationChanged, keep_organisation), on(AccountChanged, keep_account)]),
    **dict.fromkeys(TEXTS, announce),
}


async def pull_events(runtime: Runtime) -> None:
    """Reads every log that notifications follows."""
    await pull_all(runtime, HANDLERS)
