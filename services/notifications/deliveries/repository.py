"""Queries of deliveries. Each status change is one guarded update taken from the workflow's table: a row that is not in the action's
source status, or that another claim holds by now, is left alone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries.models import Delivery
from services.notifications.deliveries.workflow import DELIVERY, DeliveryAction, DeliveryStatus
from services.notifications.kinds import Channel
from shared.tasks.work import Attempts, claim
from shared.workflow.definition import Labelled

BATCH = 100
LEASE_SECONDS = 120
ATTEMPTS = Attempts(most=12, first_pause=5, longest_pause=3600)


def _sources(action: DeliveryAction) -> set[Labelled]:
    return set().union(*(row.sources for row in DELIVERY.transitions if row.action == action))


def _target(action: DeliveryAction) -> Labelled:
    return next(row.target for row in DELIVERY.transitions if row.action == action)


async def add(session: AsyncSession, rows: Sequence[dict[str, object]]) -> None:
    await session.execute(insert(Delivery), rows)


async def claim_due(session: AsyncSession) -> Sequence[Delivery]:
    """The next deliveries that are due, leased to the caller. Each shows the status in which it was found: one already claimed
    was left by a worker that died."""
    rows = await claim(session, Delivery, ATTEMPTS, limit=BATCH, lease_seconds=LEASE_SECONDS)
    if not rows:
        return rows
    await session.execute(
        update(Delivery)
        .where(Delivery.id.in_([row.id for row in rows]), Delivery.status.in_(_sources(DeliveryAction.CLAIM)))
        .values(status=_target(DeliveryAction.CLAIM))
        .execution_options(synchronize_session=False)
    )
    return rows


async def settle(session: AsyncSession, delivery: Delivery, action: DeliveryAction, **values: object) -> bool:
    """Ends this claim of ``delivery`` by ``action``; False when the claim is no longer ours, and then nothing is written."""
    settled = await session.scalar(
        update(Delivery)
        .where(
            Delivery.id == delivery.id,
            Delivery.attempts == delivery.attempts,
            Delivery.status.in_(_sources(action)),
        )
        .values(status=_target(action), leased_until=None, **values)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return settled is not None


async def send_again(session: AsyncSession, *, days: int, channel: Channel | None) -> Sequence[Delivery]:
    """Puts what was given up within these days back to be sent, with all its attempts; gives what that is."""
    lately = Delivery.updated_at > func.now() - timedelta(days=days)
    rows = (
        update(Delivery)
        .where(Delivery.status.in_(_sources(DeliveryAction.SEND_AGAIN)), lately)
        .values(status=_target(DeliveryAction.SEND_AGAIN), attempts=0, due_at=func.now(), done_at=None)
        .returning(Delivery)
    )
    return (await session.scalars(rows if channel is None else rows.where(Delivery.channel == channel))).all()


def after(seconds: float) -> ColumnElement[datetime]:
    """The database's time so many seconds from now."""
    return func.now() + timedelta(seconds=seconds)


async def list_failed(session: AsyncSession, *, days: int) -> Sequence[Delivery]:
    """Deliveries given up within these days, newest first, at most a hundred."""
    lately = Delivery.updated_at > func.now() - timedelta(days=days)
    failed = select(Delivery).where(Delivery.status == DeliveryStatus.FAILED, lately)
    return (await session.scalars(failed.order_by(Delivery.updated_at.desc()).limit(100))).all()
