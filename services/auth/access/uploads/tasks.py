"""The sweep of what is no longer counted."""

from services.auth.access.uploads import service
from shared.runtime import Runtime


async def sweep(runtime: Runtime) -> None:
    """Lets go of the days that are over."""
    async with runtime.database.unit_of_work() as session:
        await service.forget_old_uploads(session)
