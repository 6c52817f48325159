"""The worker's part in mails that come together."""

from services.notifications.deliveries import digest_service
from shared.runtime import Runtime


async def send_digests(runtime: Runtime) -> None:
    """Makes what is due, some accounts at a time."""
    more = True
    while more:
        async with runtime.database.unit_of_work() as session:
            more = await digest_service.send_digests(session)
