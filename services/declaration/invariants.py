"""What must always be true of declaration's data; what breaks it is counted here, and shown and alerted on elsewhere."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations.models import Declaration
from services.declaration.declarations.repository import list_pending_since_before
from services.declaration.settings import declaration_settings

SHOWN = 100


async def overdue_reviews(session: AsyncSession, now: datetime) -> Sequence[Declaration]:
    """Declarations 待审核 for longer than the review may take, longest first; at most ``SHOWN``."""
    due = now - timedelta(days=declaration_settings().review_days)
    return await list_pending_since_before(session, due, SHOWN)
