"""The open inbox (消息中心, BEY-03): what comes is told as it comes. Not a unit of work, and in no document of routes, because its answer
does not end; docs/api.md says what it tells.
"""

import resource
from typing import Annotated

from fastapi import APIRouter, Header, Request

from services.notifications.live.hub import Hub, Inbox
from services.notifications.live.repository import Place
from services.notifications.settings import notification_settings
from shared.web.callers import SignedInQuietly, token_hash, token_of
from shared.web.route import RuntimeOf
from shared.web.streams import EventStream

router = APIRouter(prefix="/api/notifications/messages", include_in_schema=False)
LastEventId = Annotated[str, Header(max_length=100)]
# Files of a process that are none of its sockets.
_OTHER_FILES = 100


@router.get("/stream")
async def follow_inbox(
    request: Request, runtime: RuntimeOf, actor: SignedInQuietly, last_event_id: LastEventId = ""
) -> EventStream:
    hub = _hub_of(request, runtime)
    inbox = Inbox(actor.account_id, token_hash(token_of(request)[0]), Place.read(last_event_id))
    hub.join(inbox)
    return EventStream(inbox, left=lambda: hub.leave(inbox))


def _hub_of(request: Request, runtime: RuntimeOf) -> Hub:
    """The process's own, made for the first that asks."""
    state = request.app.state
    if not isinstance(getattr(state, "inboxes", None), Hub):
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - runtime.settings.connections - _OTHER_FILES
        state.inboxes = Hub(runtime, most=max(0, min(notification_settings().open_inboxes, files)))
    hub: Hub = state.inboxes
    return hub
