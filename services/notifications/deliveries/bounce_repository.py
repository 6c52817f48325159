"""Queries of what comes back: each report once, and the delivery that it is about."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries.models import Delivery, Receipt
from services.notifications.deliveries.workflow import DELIVERY, DeliveryAction, DeliveryStatus
from services.notifications.kinds import Channel
from shared.identifiers import new_id

# A report is a receipt of this provider, and goes when receipts go.
MAIL = "mail"
# Its end is not written down yet: what came back was quicker than we.
UNDER_WAY = (DeliveryStatus.WAITING, DeliveryStatus.CLAIMED)


async def lock_mail(session: AsyncSession, delivery_id: UUID) -> Delivery | None:
    """The e-mail of that id, locked; None when there is none (any more)."""
    found = select(Delivery).where(Delivery.id == delivery_id, Delivery.channel == Channel.EMAIL)
    row: Delivery | None = await session.scalar(found.with_for_update())
    return row


async def keep_report(session: AsyncSession, *, name: str, delivery_id: UUID, code: str) -> bool:
    """Writes down that a report has been read; False when it had been before."""
    values = {"provider": MAIL, "reference": name, "message_id": delivery_id, "delivered": False, "code": code}
    new = insert(Receipt).values(id=new_id(), **values, matched_at=func.now())
    kept = new.on_conflict_do_nothing(index_elements=[Receipt.provider, Receipt.reference]).returning(Receipt.id)
    return await session.scalar(kept) is not None


async def bounce(session: AsyncSession, delivery: Delivery, code: str) -> bool:
    """The mail has come back; False when it is not one that was thought to be sent."""
    target = next(row.target for row in DELIVERY.transitions if row.action == DeliveryAction.BOUNCE)
    sent = update(Delivery).where(Delivery.id == delivery.id, Delivery.status == DeliveryStatus.SENT)
    error = f"bounced {code}"
    written = sent.values(status=target, reported=code, last_error=error).returning(Delivery.id)
    return await session.scalar(written.execution_options(synchronize_session=False)) is not None
