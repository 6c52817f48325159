"""The repeated work of applications: old drafts go, the empty form is kept up to date."""

from services.auth.desks.applications import documents, service
from shared.runtime import Runtime


async def sweep(runtime: Runtime) -> None:
    """Lets go of drafts that nobody has touched."""
    async with runtime.database.unit_of_work() as session:
        await service.delete_stale_drafts(session)


async def bring_moved(runtime: Runtime) -> None:
    """Tells those who have an application now."""
    async with runtime.database.unit_of_work() as session:
        await service.bring_moved(session)


async def prepare_blank_form(runtime: Runtime) -> None:
    """The empty form says what its fields and contacts are today."""
    async with runtime.database.unit_of_work() as session:
        await documents.prepare_blank_form(session)
