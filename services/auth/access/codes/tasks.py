"""The sweep of old codes."""

from services.auth.access.codes import service
from shared.runtime import Runtime


async def sweep(runtime: Runtime) -> None:
    """Lets go of what no limit counts any more."""
    async with runtime.database.unit_of_work() as session:
        await service.forget_old_codes(session)
