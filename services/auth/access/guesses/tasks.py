"""The sweep of old guesses."""

from services.auth.access.guesses import service
from shared.runtime import Runtime


async def sweep(runtime: Runtime) -> None:
    """Lets go of names that nobody tries any more."""
    async with runtime.database.unit_of_work() as session:
        await service.forget_old_guesses(session)
