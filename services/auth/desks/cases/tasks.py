"""The repeated work of cases: whose desk was left without anybody goes to the next level up."""

from services.auth.desks.cases import service
from shared.runtime import Runtime


async def bring_moved(runtime: Runtime) -> None:
    """Tells those who have a case now."""
    async with runtime.database.unit_of_work() as session:
        await service.bring_moved(session)
