"""The queries of the review desk: the queue of the caller's region, what comes before and after, a batch, the switches of flags."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations.models import Declaration
from services.declaration.declarations.repository import chosen, visible_to
from services.declaration.declarations.workflow import DeclarationStatus
from services.declaration.reviews.filters import ReviewFilter
from services.declaration.reviews.models import FlagSwitch
from shared.db.paging import Columns, PageRequest, Rows, fetch_page
from shared.identity import Actor
from shared.roles import Level, Permission

# A unit that asks for its record back stands on top (FAQ-D8); then who has waited longest.
_asked: ColumnElement[int] = case((Declaration.withdrawal_requested_at.is_not(None), 0), else_=1)
_waiting_since: ColumnElement[datetime] = func.coalesce(Declaration.pending_since, Declaration.created_at)
COLUMNS: Columns = {
    "id": Declaration.id,
    "asked": _asked,
    "waiting_since": _waiting_since,
    "declared_on": Declaration.declared_on,
    "employer_name": Declaration.employer_name,
    "region_code": Declaration.region_code,
    "kind": Declaration.kind,
}
_WAITS = (_asked, _waiting_since, Declaration.id)
_DONE = (Declaration.declared_on, Declaration.id)


@dataclass(frozen=True)
class Odd:
    """What a queue asks of beyond its rows: the ``flags`` that the province wants, and the moment before which a submission is late."""

    flags: Collection[str]
    late_before: datetime


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Offices only: an employer has its own list."""
    if not actor.may(Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT):
        return false()
    return and_(visible_to(actor), Declaration.status.in_(DeclarationStatus.is_told))


def _queue(actor: Actor, wanted: ReviewFilter, odd: Odd, *what: Any) -> Select[Any]:
    return select(*what).where(seen_by(actor), *_conditions(actor, wanted, odd))


def _conditions(actor: Actor, wanted: ReviewFilter, odd: Odd) -> list[ColumnElement[bool]]:
    conditions = chosen(wanted)
    if not wanted.status:
        conditions.append(Declaration.status.in_(DeclarationStatus.awaits_review))
    if wanted.region_code:
        conditions.append(Declaration.region_code.startswith(wanted.region_code, autoescape=True))
    asked: list[tuple[bool | None, ColumnElement[bool]]] = [
        (wanted.late, _late(odd)),
        (wanted.in_charge, decided_by(actor)),
        (wanted.held_by_me, func.coalesce(Declaration.reviewer_id == actor.account_id, False)),
        (wanted.opened, Declaration.opened_by_reviewer_at.is_not(None)),
        (wanted.flagged, Declaration.flag_codes.overlap(list(odd.flags))),
        (wanted.withdrawal_requested, Declaration.withdrawal_requested_at.is_not(None)),
        (wanted.resubmitted, Declaration.returned_content.is_not(None)),
    ]
    return [*conditions, *(condition if yes else ~condition for yes, condition in asked if yes is not None)]


def _late(odd: Odd) -> ColumnElement[bool]:
    waits = Declaration.status.in_(DeclarationStatus.awaits_review)
    return func.coalesce(and_(waits, Declaration.pending_since < odd.late_before), False)


async def count_by_region(
    session: AsyncSession, actor: Actor, digits: int, begins: str, asked: Sequence[ReviewFilter], odd: Odd
) -> dict[str, list[int]]:
    """{the first so many digits of a region: how many rows the queue has there for each of ``asked``}, in one query. Only what is still on
    its way is counted: ``asked`` name such statuses or none."""
    region = func.substr(Declaration.region_code, 1, digits)
    counts = [func.count().filter(*_conditions(actor, wanted, odd)) for wanted in asked]
    on_its_way = {status for wanted in asked for status in (wanted.status or DeclarationStatus.awaits_review)}
    statement = (
        select(region, *counts)
        .where(seen_by(actor), Declaration.status.in_(on_its_way))
        .where(Declaration.region_code.startswith(begins, autoescape=True))
        .group_by(region)
    )
    return {code: list(found) for code, *found in await session.execute(statement)}


def decided_by(actor: Actor) -> ColumnElement[bool]:
    """What the guard ``in_charge`` says, for a query."""
    own = Declaration.review_level == actor.level
    return or_(own, Declaration.city_stands_in) if actor.level is Level.CITY else own


def _waits(wanted: ReviewFilter) -> bool:
    return not wanted.status or set(wanted.status) <= DeclarationStatus.awaits_review


async def list_reviews(
    session: AsyncSession, actor: Actor, wanted: ReviewFilter, page: PageRequest, odd: Odd
) -> Rows[Declaration]:
    """One page: what waits in the order of waiting, what is decided by the newest 申报日期 first (DECL-11)."""
    order = "asked,waiting_since,id" if _waits(wanted) else "-declared_on,-id"
    statement = _queue(actor, wanted, odd, Declaration)
    return await fetch_page(session, statement, columns=COLUMNS, default_sort=order, page=page)


async def neighbours(
    session: AsyncSession, actor: Actor, wanted: ReviewFilter, declaration_id: UUID, odd: Odd
) -> tuple[UUID | None, UUID | None]:
    """The ids before and after this record in the queue's own order; its place is known also when a decision has just taken it out."""
    columns = _WAITS if _waits(wanted) else _DONE
    here = tuple_(*(await session.execute(select(*columns).where(Declaration.id == declaration_id))).one())
    order, queue = tuple_(*columns), _queue(actor, wanted, odd, Declaration.id).limit(1)
    below = queue.where(order < here).order_by(*(each.desc() for each in columns))
    above = queue.where(order > here).order_by(*columns)
    first, second = await session.scalar(below), await session.scalar(above)
    return (first, second) if _waits(wanted) else (second, first)


async def lock_for_decision(session: AsyncSession, actor: Actor, ids: Iterable[UUID]) -> Sequence[Declaration]:
    """Those of these that the actor may see, as they are now, locked in id order until the transaction ends."""
    statement = (
        select(Declaration)
        .where(Declaration.id.in_(list(ids)), seen_by(actor))
        .order_by(Declaration.id)
        .with_for_update(of=Declaration)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).all()


async def approved_before(session: AsyncSession, declaration: Declaration) -> Declaration | None:
    """The newest 已审核 record of the same employer that is older than this one, with its hazards."""
    here = tuple_(declaration.declared_on, declaration.id)
    found: Declaration | None = await session.scalar(
        select(Declaration)
        .where(
            Declaration.employer_id == declaration.employer_id,
            Declaration.status.in_(DeclarationStatus.is_settled),
            Declaration.id != declaration.id,
            tuple_(Declaration.declared_on, Declaration.id) < here,
        )
        .order_by(Declaration.declared_on.desc(), Declaration.id.desc())
        .limit(1)
    )
    return found


async def switched_off(session: AsyncSession, province: str) -> set[str]:
    """The flags that this province does not want."""
    off = select(FlagSwitch.code).where(FlagSwitch.province == province, FlagSwitch.enabled.is_(False))
    return set(await session.scalars(off))


async def switch(session: AsyncSession, province: str, code: str, actor: Actor, *, enabled: bool) -> None:
    """Turns a flag on or off."""
    values = {"enabled": enabled, "changed_by": actor.account_id}
    row = insert(FlagSwitch).values(province=province, code=code, **values)
    await session.execute(row.on_conflict_do_update(index_elements=["province", "code"], set_=values))
