"""The worker's part in sending: for a moment, then others get their turn."""

import time

from services.notifications.deliveries.sending import send_batch
from services.notifications.hints import SEND_DUE
from shared.db.session import note_hint
from shared.runtime import Runtime

# A code may be waiting for the same worker.
RUN_SECONDS = 0.1


async def send_due(runtime: Runtime) -> None:
    """Sends what is due; hints at itself when there is more."""
    began = time.monotonic()
    while await send_batch(runtime):
        if time.monotonic() - began > RUN_SECONDS:
            async with runtime.database.unit_of_work() as session:
                note_hint(session, SEND_DUE)
            return
