"""The nightly job: it comes every ten minutes and finds work once a day."""

from services.auth.desks.oversight import validity
from shared.runtime import Runtime


async def expire_accounts(runtime: Runtime) -> None:
    """Warns of and ends validities, batch by batch (AUTH-05)."""
    for batch in (validity.expire_batch, validity.warn_batch):
        more = True
        while more:
            async with runtime.database.unit_of_work() as session:
                more = await batch(session)
