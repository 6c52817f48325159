"""Receipts: kept first and matched afterwards, so that neither order loses one, and asked for where none has come (BEY-12)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries import receipt_repository as repository
from services.notifications.deliveries.models import Delivery
from services.notifications.deliveries.receipts import receipts_of
from services.notifications.hints import MATCH_RECEIPTS
from shared.db.session import note_hint
from shared.events.log import record
from shared.events.notifications import ReceiptsUnclaimed, UnclaimedReceipt
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


async def pass_on(session: AsyncSession) -> None:
    """Tells auth of receipts that are about nothing of ours. One of ours that came too early is among them, and is nobody's there."""
    rows = await repository.hold_strange(session)
    for provider in sorted({row.provider for row in rows}):
        receipts = tuple(
            UnclaimedReceipt(reference=row.reference, message_id=row.message_id, delivered=row.delivered, code=row.code)
            for row in rows
            if row.provider == provider
        )
        record(session, ReceiptsUnclaimed(provider=provider, receipts=receipts))
    if len(rows) == repository.PASSED_ON_AT_ONCE:
        note_hint(session, MATCH_RECEIPTS)
