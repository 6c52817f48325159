"""The worker's part in notices: batch after batch, each in its own transaction, so that a kill costs at most one of them."""

from services.notifications.notices.service import claim_notice, expand_batch, pause
from shared.logging import correlation_id
from shared.runtime import Runtime

BATCHES_PER_CLAIM = 10


async def expand_notices(runtime: Runtime) -> None:
    """Hands out what waits. A long notice is put back after some batches, so that codes and events are not kept waiting."""
    while True:
        async with runtime.database.unit_of_work() as session:
            notice = await claim_notice(session)
        if notice is None:
            return
        correlation_id.set(notice.correlation_id)
        last = notice.expanded_to
        for _ in range(BATCHES_PER_CLAIM):
            async with runtime.database.unit_of_work() as session:
                last = await expand_batch(session, notice, last)
            if last is None:
                break
        else:
            async with runtime.database.unit_of_work() as session:
                await pause(session, notice)
            return
