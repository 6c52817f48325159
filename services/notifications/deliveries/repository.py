"""Queries of deliveries. Each status change is one guarded update taken from the workflow's table: a row that is not in the action's
source status, or that another claim holds by now, is left alone.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, String, bindparam, func, insert, select, true, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Integer, Uuid

from services.notifications.deliveries.models import DayCount, Delivery, DigestLine, ProviderCircuit, Usage
from services.notifications.deliveries.trouble_repository import NOT_SENT
from services.notifications.deliveries.workflow import DELIVERY, DeliveryAction, DeliveryStatus
from services.notifications.kinds import Channel
from services.notifications.messages.models import Message
from shared.clock import beijing_today, now_utc
from shared.db.types import blind_index
from shared.sms import Route
from shared.tasks.retention import forget
from shared.tasks.texting import Ending, Handed, hand_over, note_health
from shared.tasks.work import Attempts, claim, unheld
from shared.workflow.definition import Labelled

# As many as leave within a tenth of a second: a code may be waiting for the same worker.
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


async def hand_over_texts(session: AsyncSession, route: Route, rows: Sequence[Delivery]) -> list[Handed[Delivery]]:
    """These claimed text messages, each with its provider written down."""
    return await hand_over(session, ProviderCircuit, route, {row: row.kind for row in rows})


async def note_providers(session: AsyncSession, endings: Sequence[Ending]) -> None:
    """What these attempts say of their providers."""
    await note_health(session, ProviderCircuit, endings)


async def expire(session: AsyncSession) -> None:
    """Ends what nobody wants any more and nobody may have sent."""
    late = update(Delivery).where(
        Delivery.done_at.is_(None),
        Delivery.useless_at <= func.now(),
        Delivery.status.in_(_sources(DeliveryAction.EXPIRE)),
        Delivery.provider.is_(None),
        unheld(Delivery),
    )
    ended = late.values(status=_target(DeliveryAction.EXPIRE), done_at=func.now(), last_error="too late")
    await session.execute(ended.execution_options(synchronize_session=False))


async def settle(session: AsyncSession, delivery: Delivery, action: DeliveryAction, **changes: object) -> bool:
    """Ends this claim of ``delivery`` by ``action``; False when the claim is no longer ours, and then nothing is written."""
    settled = await session.scalar(
        update(Delivery)
        .where(
            Delivery.id == delivery.id,
            Delivery.attempts == delivery.attempts,
            Delivery.status.in_(_sources(action)),
        )
        .values(status=_target(action), leased_until=None, **changes)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return settled is not None


async def confirm(session: AsyncSession, sent: Mapping[Delivery, str], **changes: object) -> int:
    """``settle`` by CONFIRM for many in one statement, each with its provider's reference; gives how many were still ours."""
    # Three arrays, not as many rows: the statement stays the same, and is put together once.
    columns = (
        bindparam("ids", [row.id for row in sent], ARRAY(Uuid)),
        bindparam("tried", [row.attempts for row in sent], ARRAY(Integer)),
        bindparam("references", list(sent.values()), ARRAY(String)),
    )
    data = func.unnest(*columns).table_valued("id", "attempts", "reference", name="sent").render_derived()
    settled = await session.scalars(
        update(Delivery)
        .where(
            Delivery.id == data.c.id,
            Delivery.attempts == data.c.attempts,
            Delivery.status.in_(_sources(DeliveryAction.CONFIRM)),
        )
        .values(
            status=_target(DeliveryAction.CONFIRM),
            leased_until=None,
            done_at=func.now(),
            last_error=None,
            provider_reference=data.c.reference,
            **changes,
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(settled.all())


async def count_today(session: AsyncSession, rows: Sequence[Delivery]) -> dict[tuple[bytes, Channel], int]:
    """Counts these messages to their addresses' day; gives the count of each address and channel, these among it."""
    wanted: dict[tuple[bytes, Channel], int] = {}
    for row in rows:
        key = (blind_index(row.address.lower()), row.channel)
        wanted[key] = wanted.get(key, 0) + 1
    if not wanted:
        return {}
    day = beijing_today(now_utc())
    counts = [
        {"address_index": index, "channel": channel, "day": day, "count": count}
        for (index, channel), count in sorted(wanted.items())
    ]
    new = upsert(DayCount)
    # Rows beside the statement, not in it: it is put together once for all batches.
    counted = await session.execute(
        new.on_conflict_do_update(
            index_elements=[DayCount.address_index, DayCount.channel, DayCount.day],
            set_={"count": DayCount.count + new.excluded.count},
        ).returning(DayCount.address_index, DayCount.channel, DayCount.count),
        counts,
    )
    return {(index, channel): count for index, channel, count in counted}


async def count_pieces(session: AsyncSession, pieces: int) -> None:
    """Counts what providers have taken to the day's use."""
    new = upsert(Usage).values(day=beijing_today(now_utc()), pieces=pieces)
    await session.execute(
        new.on_conflict_do_update(index_elements=[Usage.day], set_={"pieces": Usage.pieces + new.excluded.pieces})
    )


async def pieces_this_month(session: AsyncSession) -> int:
    """Pieces that providers have taken since the first of the month, Beijing time."""
    first = beijing_today(now_utc()).replace(day=1)
    return await session.scalar(select(func.coalesce(func.sum(Usage.pieces), 0)).where(Usage.day >= first)) or 0


async def list_given_up(session: AsyncSession, *, days: int, channel: Channel | None) -> Sequence[Delivery]:
    """What was given up within these days, locked. What has lost its sense since, and what nobody knows the fate of, is left to whoever
    looks at each."""
    lately = Delivery.updated_at > func.now() - timedelta(days=days)
    failed = select(Delivery).where(Delivery.status == DeliveryStatus.FAILED, lately, still_wanted())
    rows = failed if channel is None else failed.where(Delivery.channel == channel)
    return (await session.scalars(rows.order_by(Delivery.id).with_for_update())).all()


async def send_again(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[UUID]:
    """Puts these back to be sent, with all their attempts; gives those that were given up."""
    rows = (
        update(Delivery)
        .where(Delivery.id.in_(ids), Delivery.status == DeliveryStatus.FAILED)
        .values(status=_target(DeliveryAction.SEND_AGAIN), **anew())
        .returning(Delivery.id)
    )
    return (await session.scalars(rows.execution_options(synchronize_session=False))).all()


async def send_one_again(session: AsyncSession, delivery_id: UUID) -> bool:
    """Puts back one that was given up, or that nobody knows the fate of, because a person says so; False when there is none such."""
    row = (
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.status.in_(_sources(DeliveryAction.SEND_AGAIN)), still_wanted())
        .values(status=_target(DeliveryAction.SEND_AGAIN), **anew())
        .returning(Delivery.id)
    )
    return await session.scalar(row) is not None


def is_unclear(row: Delivery) -> bool:
    """It may have arrived, and its provider cannot say."""
    return row.status is DeliveryStatus.UNCLEAR


def still_wanted() -> ColumnElement[bool]:
    """It has not lost its sense."""
    return func.coalesce(Delivery.useless_at > func.now(), true())


def anew() -> dict[str, Any]:
    """What a row says that goes again from the beginning; whoever failed with it is asked last."""
    return {
        "attempts": 0,
        "due_at": func.now(),
        "done_at": None,
        "passed": Delivery.provider,
        "provider": None,
        "handed_at": None,
        "ask_at": None,
        "asked": 0,
        "reported": None,
        "leased_until": None,
    }


def after(seconds: float) -> ColumnElement[datetime]:
    """The database's time so many seconds from now."""
    return func.now() + timedelta(seconds=seconds)


async def list_failed(session: AsyncSession, *, days: int) -> Sequence[Delivery]:
    """Deliveries given up within these days, and those that nobody knows the fate of, newest first, at most a hundred. What was not sent
    because nothing arrives there has not failed: the account stands in 收不到的账号."""
    lately = Delivery.updated_at > func.now() - timedelta(days=days)
    troubled = Delivery.status.in_((DeliveryStatus.FAILED, DeliveryStatus.UNCLEAR))
    held_back = func.coalesce(Delivery.last_error, "").startswith(NOT_SENT)
    failed = select(Delivery).where(troubled, lately, ~held_back)
    return (await session.scalars(failed.order_by(Delivery.updated_at.desc()).limit(100))).all()


async def forget_ended(session: AsyncSession, age: timedelta) -> int:
    """Takes away text messages and e-mails that have come to an end and are older than ``age``; how many."""
    return await forget(session, Delivery.id, select(Delivery.id).where(Delivery.done_at.is_not(None)), age)


async def forget_messages(session: AsyncSession, age: timedelta) -> int:
    """Takes away messages of the inbox older than ``age`` of which nothing is, or was lately, on its way; how many."""
    sent = select(Delivery.id).where(Delivery.message_id == Message.id).exists()
    held = select(DigestLine.message_id).where(DigestLine.message_id == Message.id).exists()
    return await forget(session, Message.id, select(Message.id).where(~sent, ~held), age)
