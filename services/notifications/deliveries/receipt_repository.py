"""Queries of receipts: kept as they come, then matched with the deliveries that they are about, whichever of the two was written first."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries import trouble_repository
from services.notifications.deliveries.models import DayCount, Delivery, Receipt, Usage
from services.notifications.deliveries.workflow import DELIVERY, DeliveryAction, DeliveryStatus
from shared.clock import beijing_today, now_utc
from shared.identifiers import new_id
from shared.tasks.work import unheld

# A receipt comes within three days, or never.
KEPT = timedelta(days=4)
# When a message without a receipt is asked about again, after each time; None is the end of it.
_ASKED_AGAIN = (timedelta(hours=2), timedelta(hours=24))
ASKED_AT_ONCE = 50
PASSED_ON_AT_ONCE = 500


async def keep(session: AsyncSession, rows: Sequence[dict[str, object]]) -> None:
    """Writes receipts down; a second one of the same message changes nothing."""
    if rows:
        new = insert(Receipt).values([{"id": new_id(), **row} for row in rows])
        await session.execute(new.on_conflict_do_nothing(index_elements=[Receipt.provider, Receipt.reference]))


async def match(session: AsyncSession, *, delivered: bool) -> int:
    """What the receipts that wait say of their deliveries, where these are there; gives how many."""
    action = DeliveryAction.DELIVER if delivered else DeliveryAction.BOUNCE
    steps = [row for row in DELIVERY.transitions if row.action == action]
    done = {"delivered_at": Receipt.received_at, "last_error": None} if delivered else {"last_error": Receipt.code}
    matched = await session.execute(
        update(Delivery)
        .where(
            Receipt.matched_at.is_(None),
            Receipt.delivered.is_(delivered),
            Delivery.provider == Receipt.provider,
            or_(Delivery.provider_reference == Receipt.reference, Delivery.id == Receipt.message_id),
            Delivery.status.in_(set().union(*(row.sources for row in steps))),
            or_(Delivery.done_at.is_not(None), unheld(Delivery)),
        )
        .values(
            status=steps[0].target,
            reported=Receipt.code,
            ask_at=None,
            done_at=func.coalesce(Delivery.done_at, func.now()),
            leased_until=None,
            **done,
        )
        .returning(Receipt.id, Delivery.id)
        .execution_options(synchronize_session=False)
    )
    ids = matched.all()
    if ids:
        seen = update(Receipt).where(Receipt.id.in_([receipt for receipt, _ in ids]))
        await session.execute(seen.values(matched_at=func.now()))
        note = trouble_repository.end if delivered else trouble_repository.note_bounced
        await note(session, [delivery for _, delivery in ids])
    return len(ids)


async def hold_strange(session: AsyncSession) -> Sequence[Receipt]:
    """Receipts that are about none of our deliveries, as far as can be known, and have not been passed on: they are now."""
    ours = select(Delivery.id).where(Delivery.id == Receipt.message_id).exists()
    strange = select(Receipt).where(Receipt.matched_at.is_(None), Receipt.passed_on_at.is_(None), ~ours)
    held = strange.order_by(Receipt.received_at).limit(PASSED_ON_AT_ONCE).with_for_update(skip_locked=True)
    rows: Sequence[Receipt] = (await session.scalars(held)).all()
    if rows:
        passed = update(Receipt).where(Receipt.id.in_([row.id for row in rows])).values(passed_on_at=func.now())
        await session.execute(passed.execution_options(synchronize_session=False))
    return rows


async def claim_to_ask(session: AsyncSession) -> Sequence[Delivery]:
    """Deliveries that have waited long enough for their receipt; each is asked about again later, or never."""
    due = (
        select(Delivery.id)
        .where(Delivery.ask_at <= func.now(), Delivery.status == DeliveryStatus.SENT)
        .order_by(Delivery.ask_at)
        .limit(ASKED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    ids: Sequence[UUID] = (await session.scalars(due)).all()
    if not ids:
        return []
    rows = (await session.scalars(select(Delivery).where(Delivery.id.in_(ids)))).all()
    for asked, pause in enumerate((*_ASKED_AGAIN, None)):
        same = [row.id for row in rows if min(row.asked, len(_ASKED_AGAIN)) == asked]
        again = {"ask_at": None if pause is None else func.now() + pause, "asked": asked + 1}
        later = update(Delivery).where(Delivery.id.in_(same)).values(**again)
        await session.execute(later.execution_options(synchronize_session=False))
    return rows


async def forget_old(session: AsyncSession) -> None:
    """Lets go of receipts, of counts of past days and of what was used more than a year ago."""
    today = beijing_today(now_utc())
    await session.execute(delete(Receipt).where(Receipt.received_at < func.now() - KEPT))
    await session.execute(delete(DayCount).where(DayCount.day < today - timedelta(days=1)))
    await session.execute(delete(Usage).where(Usage.day < today - timedelta(days=400)))
