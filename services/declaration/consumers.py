"""What declaration does about other services' events; the map of who listens to what is in ``shared.events.subscriptions``."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.clock import keeping as clock
from services.declaration.clock.accounts_service import keep_account
from services.declaration.declarations.basics import follow_employer, follow_place
from services.declaration.employers.repository import declares
from services.declaration.employers.service import keep_employer
from services.declaration.figures import keeping as figures
from services.declaration.legacy.waiting import take_over
from services.declaration.officers.service import keep_officer
from services.declaration.orders import service as orders
from services.declaration.regions.service import keep_region
from shared.events.auth import AccountChanged, LegacyAccountMatched, OrganisationChanged, RegionChanged
from shared.events.bookmarks import Handlers, on
from shared.runtime import Runtime
from shared.web.internal import pull_all


async def organisation_changed(session: AsyncSession, event: OrganisationChanged) -> None:
    """The directory of employers, the record that is being filled in (DECL-15), where the others are reviewed and read, the orders about
    them, what is due of the unit (BEY-10), and where its figures stand."""
    employer = await keep_employer(session, event)
    if employer is not None:
        await follow_employer(session, employer)
        await follow_place(session, employer)
        await orders.follow(session, employer.id)
        await clock.follow(session, employer.id)
        await figures.follow(session, employer.id)


async def account_changed(session: AsyncSession, event: AccountChanged) -> None:
    """Whom of a unit a notice reaches (BEY-10), who may be named for confidential products (DECL-07); and the first account that may
    declare, or the last that might, makes of a unit one that has something to declare, or none."""
    unit = event.organisation_id
    before = await declares(session, unit)
    await keep_account(session, event)
    await keep_officer(session, event)
    if await declares(session, unit) is not before:
        await clock.follow(session, unit)
        await figures.follow(session, unit)


HANDLERS: Handlers = dict(
    [
        on(OrganisationChanged, organisation_changed),
        on(AccountChanged, account_changed),
        on(RegionChanged, keep_region),
        on(LegacyAccountMatched, take_over),
    ]
)


async def pull_events(runtime: Runtime) -> None:
    """Reads every log that declaration follows."""
    await pull_all(runtime, HANDLERS)
