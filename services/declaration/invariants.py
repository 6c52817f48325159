"""What must hold for declaration: no review outlives its time, no event is left behind."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations.models import Declaration
from services.declaration.declarations.repository import list_pending_since_before
from services.declaration.settings import declaration_settings
from shared.clock import now_utc
from shared.events.health import EventCheck, Finding, check_events, show
from shared.runtime import Runtime
from shared.web.internal import fetcher

SHOWN = 100


class DeclarationCheck(StrEnum):
    OVERDUE_REVIEW = "overdue_review"


CHECKS = (*EventCheck, *DeclarationCheck)


async def overdue_reviews(session: AsyncSession, now: datetime) -> Sequence[Declaration]:
    """Declarations 待审核 for longer than the review may take, longest first; at most ``SHOWN``."""
    due = now - timedelta(days=declaration_settings().review_days)
    return await list_pending_since_before(session, due, SHOWN)


async def check_invariants(runtime: Runtime) -> None:
    """Looks every minute and shows what it found."""
    findings = await check_events(runtime.database, runtime.service, fetcher(runtime))
    async with runtime.database.unit_of_work() as session:
        late = [
            Finding(DeclarationCheck.OVERDUE_REVIEW, str(row.id), row.pending_since or row.updated_at, row.region_code)
            for row in await overdue_reviews(session, now_utc())
        ]
    show(runtime.service, CHECKS, [*findings, *late])
