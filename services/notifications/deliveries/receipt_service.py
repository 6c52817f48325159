"""Receipts: kept first and matched afterwards, so that neither order loses one, and asked for where none has come (BEY-12)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries import receipt_repository as repository
from services.notifications.deliveries.models import Delivery
from services.notifications.deliveries.receipts import receipts_of
from services.notifications.hints import MATCH_RECEIPTS
from shared.db.session import note_hint
from shared.sms import Report, Verdict


async def keep_receipts(session: AsyncSession, provider: str, rows: Sequence[Any]) -> None:
    """What a provider has called back."""
    await repository.keep(session, receipts_of(provider, rows))
    note_hint(session, MATCH_RECEIPTS)


async def keep_reports(session: AsyncSession, reports: Sequence[tuple[Delivery, Report]]) -> None:
    """What a provider has answered when asked; it goes the way of a receipt. That a message is still on its way says nothing new."""
    rows: list[dict[str, object]] = [
        {
            "provider": row.provider,
            "reference": row.provider_reference or str(row.id),
            "message_id": row.id,
            "delivered": report.verdict is Verdict.DELIVERED,
            "code": report.code,
        }
        for row, report in reports
        if report.verdict is not Verdict.TAKEN
    ]
    if rows:
        await repository.keep(session, rows)
        note_hint(session, MATCH_RECEIPTS)
