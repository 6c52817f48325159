"""What auth does about other services' events; the map of who listens to what is in ``shared.events.subscriptions``."""

from services.auth.access.arrivals.service import receipts_unclaimed
from services.auth.desks.oversight.service import follow_employer
from shared.events.bookmarks import Handlers, on
from shared.events.declaration import EmployerChanged
from shared.events.notifications import ReceiptsUnclaimed
from shared.runtime import Runtime
from shared.web.internal import pull_all

HANDLERS: Handlers = dict([on(EmployerChanged, follow_employer), on(ReceiptsUnclaimed, receipts_unclaimed)])


async def pull_events(runtime: Runtime) -> None:
    """Reads every log that auth follows."""
    await pull_all(runtime, HANDLERS)
