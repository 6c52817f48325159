"""Queries of hooks and their sendings. A hook is its organisation's: whoever of its people made it, they see it and nobody else does."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.hooks.models import Hook, HookSending
from shared.db.paging import PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identity import Actor
from shared.tasks.work import Attempts, claim, list_exhausted

ATTEMPTS = Attempts(most=10, first_pause=30, factor=3, longest_pause=6 * 3600)
# Sent at once, each for up to ten seconds.
BATCH, LEASE_SECONDS = 20, 60
KEPT = timedelta(days=60)


def visible_to(actor: Actor) -> Select[Hook]:
    return select(Hook).where(Hook.organisation_id == actor.organisation_id)


async def list_hooks(session: AsyncSession, actor: Actor) -> Sequence[Hook]:
    """The newest first."""
    return (await session.scalars(visible_to(actor).order_by(Hook.created_at.desc(), Hook.id))).all()


async def require_hook(session: AsyncSession, actor: Actor, hook_id: UUID) -> Hook:
    """Locked. Raises NotFound, also for another organisation's."""
    found: Hook | None = await session.scalar(visible_to(actor).where(Hook.id == hook_id).with_for_update())
    if found is None:
        raise NotFound
    return found


async def list_sendings(session: AsyncSession, hook: Hook, page: PageRequest) -> Rows[HookSending]:
    """The newest first."""
    statement = select(HookSending).where(HookSending.hook_id == hook.id)
    columns = {"id": HookSending.id, "created_at": HookSending.created_at}
    return await fetch_page(session, statement, columns=columns, default_sort="-created_at,-id", page=page)


async def require_sending(session: AsyncSession, hook: Hook, sending_id: UUID) -> HookSending:
    """Raises NotFound for another hook's."""
    own = select(HookSending).where(HookSending.id == sending_id, HookSending.hook_id == hook.id)
    found: HookSending | None = await session.scalar(own)
    if found is None:
        raise NotFound
    return found


async def hooks_for(session: AsyncSession, organisation_ids: Collection[UUID], kind: str) -> Sequence[UUID]:
    """Those of these organisations that are to be told of this kind."""
    wanted = Hook.organisation_id.in_(organisation_ids), Hook.kinds.contains([kind]), Hook.stopped_at.is_(None)
    return (await session.scalars(select(Hook.id).where(*wanted))).all()


async def add_sendings(session: AsyncSession, rows: Sequence[dict[str, object]]) -> None:
    """One each notice and hook, however often a batch is handed out."""
    new = insert(HookSending).on_conflict_do_nothing(index_elements=[HookSending.hook_id, HookSending.notice_id])
    await session.execute(new, rows)


async def claim_due(session: AsyncSession) -> Sequence[HookSending]:
    """The next that are due, leased to the caller."""
    return await claim(session, HookSending, ATTEMPTS, limit=BATCH, lease_seconds=LEASE_SECONDS)


async def hooks_of(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Hook]:
    """By id."""
    return {row.id: row for row in await session.scalars(select(Hook).where(Hook.id.in_(ids)))}


async def lock_hook(session: AsyncSession, hook_id: UUID) -> Hook | None:
    """For whoever writes down how a sending ended."""
    return await session.get(Hook, hook_id, with_for_update=True, populate_existing=True)


async def end(session: AsyncSession, row: HookSending, **values: object) -> bool:
    """Ends this claim; False when another has it by now."""
    written = await session.scalar(
        update(HookSending)
        .where(HookSending.id == row.id, HookSending.attempts == row.attempts, HookSending.done_at.is_(None))
        .values(done_at=func.now(), leased_until=None, **values)
        .returning(HookSending.id)
        .execution_options(synchronize_session=False)
    )
    return written is not None


async def end_waiting(session: AsyncSession, hook_id: UUID, why: str) -> None:
    """What waits for a hook that was stopped."""
    waiting = update(HookSending).where(HookSending.hook_id == hook_id, HookSending.done_at.is_(None))
    await session.execute(
        waiting.values(done_at=func.now(), last_error=why).execution_options(synchronize_session=False)
    )


async def forget_old(session: AsyncSession) -> None:
    """Sendings that nobody will look for."""
    old = HookSending.created_at < func.now() - KEPT, HookSending.done_at.is_not(None)
    await session.execute(delete(HookSending).where(*old).execution_options(synchronize_session=False))


async def end_exhausted(session: AsyncSession) -> None:
    """What killed its worker each time is nobody's to send any more."""
    lost = await list_exhausted(session, HookSending, ATTEMPTS, limit=BATCH)
    for row in lost:
        await end(session, row, last_error="多次中断，没有结果")
