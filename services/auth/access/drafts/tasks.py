"""The sweep of old drafts."""

from services.auth.access.drafts import service
from shared.runtime import Runtime


async def sweep(runtime: Runtime) -> None:
    """Lets go of what nobody has typed into for thirty days."""
    async with runtime.database.unit_of_work() as session:
        await service.forget_old_drafts(session)
