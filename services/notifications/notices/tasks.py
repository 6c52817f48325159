"""The worker's part in notices: batch after batch, each in its own transaction, so that a kill costs at most one of them."""

import time

from services.notifications.notices.models import Notice
from services.notifications.notices.service import claim_notice, expand_batch, pause
from shared import traces
from shared.logging import correlation_id
from shared.runtime import Runtime

# After that a code, or an event, gets its turn.
RUN_SECONDS = 0.15


async def expand_notices(runtime: Runtime) -> None:
    """Hands out what waits. A long notice is put back after a moment, so that codes and events are not kept waiting."""
    began = time.monotonic()
    while True:
        async with runtime.database.unit_of_work() as session:
            notice = await claim_notice(session)
        if notice is None:
            return
        correlation_id.set(notice.correlation_id)
        with traces.follow(notice.traceparent, "expand notice", kind=notice.kind, row=str(notice.id)):
            if not await _expand(runtime, notice, until=began + RUN_SECONDS):
                return


async def _expand(runtime: Runtime, notice: Notice, until: float) -> bool:
    """Whether it is handed out whole."""
    last = notice.expanded_to
    while True:
        async with runtime.database.unit_of_work() as session:
            last = await expand_batch(session, notice, last)
        if last is None:
            return True
        if time.monotonic() > until:
            async with runtime.database.unit_of_work() as session:
                await pause(session, notice)
            return False
