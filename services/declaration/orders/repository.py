"""Every query about orders; what is listed or read is narrowed to the caller's region (PLAT-06)."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations.models import Declaration
from services.declaration.orders.filters import OrderFilter
from services.declaration.orders.models import ReviewOrder
from services.declaration.orders.workflow import OrderStatus
from shared.db.paging import PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identity import Actor
from shared.roles import Permission

BATCH = 200
COLUMNS = {"id": ReviewOrder.id, "due_on": ReviewOrder.due_on, "region_code": ReviewOrder.region_code}


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Whoever reviews or oversees the region; units are not told of what their offices settle among themselves."""
    if actor.may(Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT) and actor.region_prefix:
        return ReviewOrder.region_code.startswith(actor.region_prefix, autoescape=True)
    return false()


async def list_orders(
    session: AsyncSession, actor: Actor, wanted: OrderFilter, page: PageRequest, today: date
) -> Rows[ReviewOrder]:
    """One page, the earliest due first."""
    late = and_(ReviewOrder.status == OrderStatus.ORDERED, ReviewOrder.due_on < today)
    conditions = [visible_to(actor)]
    if wanted.status:
        conditions.append(ReviewOrder.status.in_(wanted.status))
    if wanted.declaration_id:
        conditions.append(ReviewOrder.declaration_id == wanted.declaration_id)
    if wanted.overdue is not None:
        conditions.append(late if wanted.overdue else ~late)
    statement = select(ReviewOrder).where(*conditions)
    return await fetch_page(session, statement, columns=COLUMNS, default_sort="due_on,id", page=page)


async def require_order(session: AsyncSession, actor: Actor, order_id: UUID) -> ReviewOrder:
    """Raises ``NotFound``, also for another region's."""
    found = await session.scalar(select(ReviewOrder).where(ReviewOrder.id == order_id, visible_to(actor)))
    if found is None:
        raise NotFound
    return found


async def open_order_of(session: AsyncSession, declaration_id: UUID) -> ReviewOrder | None:
    """The one that waits for an answer."""
    found: ReviewOrder | None = await session.scalar(
        select(ReviewOrder).where(
            ReviewOrder.declaration_id == declaration_id, ReviewOrder.status.in_(OrderStatus.is_open)
        )
    )
    return found


async def follow(session: AsyncSession, employer_id: UUID) -> None:
    """Where the declarations of this employer are, their orders are; one that is open is answered by the office that reviews there."""
    about = and_(Declaration.id == ReviewOrder.declaration_id, Declaration.employer_id == employer_id)
    moved = update(ReviewOrder).where(about, ReviewOrder.region_code != Declaration.region_code)
    # An order that was answered keeps whose office it asked.
    level = case((ReviewOrder.status == OrderStatus.ORDERED, Declaration.review_level), else_=ReviewOrder.level)
    await session.execute(moved.values(region_code=Declaration.region_code, level=level))


async def take_overdue(session: AsyncSession, today: date, now: datetime) -> Sequence[ReviewOrder]:
    """Some of those without an answer whose last day has passed and of which nobody was told, marked as told."""
    untold = (
        select(ReviewOrder.id)
        .where(ReviewOrder.status == OrderStatus.ORDERED, ReviewOrder.due_on < today)
        .where(ReviewOrder.overdue_told_at.is_(None))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    told = update(ReviewOrder).where(ReviewOrder.id.in_(untold.scalar_subquery())).values(overdue_told_at=now)
    return (await session.scalars(told.returning(ReviewOrder))).all()
