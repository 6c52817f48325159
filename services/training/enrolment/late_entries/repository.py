"""Queries of the requests to register late: a unit sees its own, the reviewer those of the region (PLAT-06)."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.late_entries.models import LateEntry
from services.training.enrolment.late_entries.workflow import LateEntryStatus
from shared.db.paging import PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identity import Actor
from shared.roles import Level

OPEN = (LateEntryStatus.REQUESTED, LateEntryStatus.GRANTED)
_COLUMNS = {"id": LateEntry.id, "created_at": LateEntry.created_at, "unit_name": LateEntry.unit_name}


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Whose requests exist for the actor."""
    if actor.level is Level.UNIT:
        return LateEntry.unit_id == actor.organisation_id
    return LateEntry.region_code.startswith(actor.region_prefix, autoescape=True)


async def require_late_entry(session: AsyncSession, actor: Actor, late_entry_id: UUID) -> LateEntry:
    """One request with its plan. Raises ``NotFound``, also for a stranger's."""
    found = await session.scalar(
        select(LateEntry)
        .where(LateEntry.id == late_entry_id, visible_to(actor))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


async def list_late_entries(
    session: AsyncSession,
    actor: Actor,
    page: PageRequest,
    *,
    plan_id: UUID | None,
    statuses: Sequence[LateEntryStatus],
) -> Rows[LateEntry]:
    """One page, the newest first."""
    statement = select(LateEntry).where(visible_to(actor))
    if plan_id:
        statement = statement.where(LateEntry.plan_id == plan_id)
    if statuses:
        statement = statement.where(LateEntry.status.in_(statuses))
    return await fetch_page(session, statement, columns=_COLUMNS, default_sort="-id", page=page)


async def newest_of(session: AsyncSession, unit_id: UUID, plan_ids: Iterable[UUID]) -> dict[UUID, LateEntry]:
    """{plan id: the unit's request}, one that is open before others, else the newest."""
    rows = await session.scalars(
        select(LateEntry)
        .where(LateEntry.unit_id == unit_id, LateEntry.plan_id.in_(list(plan_ids)))
        .ext(distinct_on(LateEntry.plan_id))
        .order_by(LateEntry.plan_id, case((LateEntry.status.in_(OPEN), 0), else_=1), LateEntry.id.desc())
        .execution_options(populate_existing=True)
    )
    return {each.plan_id: each for each in rows}


async def granted_until(session: AsyncSession, unit_id: UUID, plan_id: UUID) -> date | None:
    """The last day on which the unit may register late in the plan, gone by or not; None when nothing was granted."""
    return await session.scalar(
        select(LateEntry.granted_until).where(
            LateEntry.unit_id == unit_id, LateEntry.plan_id == plan_id, LateEntry.status == LateEntryStatus.GRANTED
        )
    )


async def open_pairs(session: AsyncSession, entries: Iterable[LateEntry]) -> set[tuple[UUID, UUID]]:
    """(unit, plan) of those of ``entries`` for which there is an open request."""
    units, plans = {each.unit_id for each in entries}, {each.plan_id for each in entries}
    rows = await session.execute(
        select(LateEntry.unit_id, LateEntry.plan_id).where(
            LateEntry.unit_id.in_(units), LateEntry.plan_id.in_(plans), LateEntry.status.in_(OPEN)
        )
    )
    return {(unit_id, plan_id) for unit_id, plan_id in rows}
