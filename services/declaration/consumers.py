"""What declaration does about other services' events; the map of who listens to what is in ``shared.events.subscriptions``."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations.basics import follow_employer
from services.declaration.employers.service import keep_employer
from services.declaration.regions.service import keep_region
from shared.events.auth import OrganisationChanged, RegionChanged
from shared.events.bookmarks import Handlers, on
from shared.runtime import Runtime
from shared.web.internal import pull_all


async def organisation_changed(session: AsyncSession, event: OrganisationChanged) -> None:
    """The directory of employers, and the record that is being filled in (DECL-15)."""
    employer = await keep_employer(session, event)
    if employer is not None:
        await follow_employer(session, employer)


HANDLERS: Handlers = dict([on(OrganisationChanged, organisation_changed), on(RegionChanged, keep_region)])


async def pull_events(runtime: Runtime) -> None:
    """Reads every log that declaration follows."""
    await pull_all(runtime, HANDLERS)
