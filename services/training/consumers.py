"""What training does about other services' events; the map of who listens to what is in ``shared.events.subscriptions``."""

from shared.events.bookmarks import Handlers
from shared.runtime import Runtime
from shared.web.internal import pull_all

HANDLERS: Handlers = {}


async def pull_events(runtime: Runtime) -> None:
    """Reads every log that training follows."""
    await pull_all(runtime, HANDLERS)
