"""The worker's part in sending: a few batches, then others get their turn."""

from services.notifications.deliveries.sending import send_batch
from services.notifications.hints import SEND_DUE
from shared.db.session import note_hint
from shared.runtime import Runtime

BATCHES_PER_RUN = 3


async def send_due(runtime: Runtime) -> None:
    """Sends what is due; hints at itself when there is more."""
    for _ in range(BATCHES_PER_RUN):
        if not await send_batch(runtime):
            return
    async with runtime.database.unit_of_work() as session:
        note_hint(session, SEND_DUE)
