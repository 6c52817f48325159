"""The sweep of used proofs."""

from services.auth.access.challenges import service
from shared.runtime import Runtime


async def sweep(runtime: Runtime) -> None:
    """Lets go of proofs that are refused for their age alone."""
    async with runtime.database.unit_of_work() as session:
        await service.forget_used_proofs(session)
