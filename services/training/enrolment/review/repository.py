"""The review queue's queries: the registrations of the caller's region, the longest waiting first (STAFF-02), and the statement of a
batch's lock (STAFF-03).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer, joinedload, lazyload, load_only, selectinload

from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.repository import name_matches, visible_to
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.enrolment.review.filters import ReviewFilter
from services.training.people.institutions.models import Institution
from services.training.people.personnel.models import StaffMember
from services.training.plans.models import Plan
from shared.clock import end_of_beijing_day, start_of_beijing_day
from shared.db.paging import Columns, PageRequest, Rows, fetch_page
from shared.identity import Actor
from shared.reference.pinyin import like_pattern

# Since when somebody waits for the reviewer: the unit's request for a return, else the sending.
waiting_since: ColumnElement[datetime] = func.coalesce(
    Registration.return_requested_at, Registration.submitted_at, Registration.created_at
)
is_resubmitted = and_(Registration.status.in_(RegistrationStatus.awaits_review), Registration.return_kind.is_not(None))
_COLUMNS: Columns = {
    "id": Registration.id,
    "waiting_since": waiting_since,
    "submitted_at": func.coalesce(Registration.submitted_at, Registration.created_at),
    "unit_name": Registration.unit_name,
    "name": StaffMember.name_key,
}


def _queue(actor: Actor, wanted: ReviewFilter, *what: Any, by_name: bool = False) -> Select[Any]:
    """People's files are joined only where their names are asked for: the queue is long, and a page of it short."""
    statement = select(*what).where(visible_to(actor), *_conditions(wanted))
    if by_name or wanted.name.strip():
        return statement.join(StaffMember, StaffMember.id == Registration.staff_id)
    return statement


async def list_reviews(
    session: AsyncSession, actor: Actor, wanted: ReviewFilter, page: PageRequest
) -> Rows[Registration]:
    """One page of the queue."""
    sorted_by_name = any(part.strip().lstrip("-") == "name" for part in page.sort.split(","))
    statement = _queue(actor, wanted, Registration, by_name=sorted_by_name)
    page_only = statement.options(
        selectinload(Registration.staff),
        selectinload(Registration.plan).options(lazyload(Plan.specialties)),
        lazyload(Registration.specialties),
        defer(Registration.recipient_phone),
    )
    return await fetch_page(session, page_only, columns=_COLUMNS, default_sort="waiting_since", page=page)


async def ids_of_queue(session: AsyncSession, actor: Actor, wanted: ReviewFilter, most: int) -> Sequence[UUID]:
    """All that match, in the queue's order, ``most`` at most."""
    statement = _queue(actor, wanted, Registration.id).order_by(waiting_since, Registration.id)
    return (await session.scalars(statement.limit(most))).all()


async def neighbours(
    session: AsyncSession, actor: Actor, wanted: ReviewFilter, registration_id: UUID
) -> tuple[UUID | None, UUID | None]:
    """The ids before and after this registration in the queue's own order; its place is known also when a decision has just taken it
    out of the queue."""
    place = select(waiting_since, Registration.id).where(Registration.id == registration_id)
    here = tuple_(*(await session.execute(place)).one())
    order = tuple_(waiting_since, Registration.id)
    queue = _queue(actor, wanted, Registration.id).limit(1)
    before = queue.where(order < here).order_by(waiting_since.desc(), Registration.id.desc())
    after = queue.where(order > here).order_by(waiting_since, Registration.id)
    return await session.scalar(before), await session.scalar(after)


def _conditions(wanted: ReviewFilter) -> list[ColumnElement[bool]]:
    of_type = select(Plan.id).where(Plan.type_code == wanted.type_code)
    given: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.plan_id, Registration.plan_id == wanted.plan_id),
        (wanted.type_code, Registration.plan_id.in_(of_type)),
        (wanted.unit_id, Registration.unit_id == wanted.unit_id),
        (wanted.unit_name.strip(), Registration.unit_id.in_(_units_named(wanted.unit_name))),
        (wanted.region_code, Registration.region_code.startswith(wanted.region_code, autoescape=True)),
        (wanted.training_kind, Registration.training_kind == wanted.training_kind),
    ]
    asked_for = (condition for value, condition in given if value)
    return [*_what(wanted), *_when(wanted), *name_matches(wanted.name), *asked_for]


def _what(wanted: ReviewFilter) -> list[ColumnElement[bool]]:
    asked = Registration.return_requested_at.is_not(None)
    conditions: list[ColumnElement[bool]] = []
    if wanted.status:
        conditions.append(Registration.status.in_(wanted.status))
    elif wanted.requested_return is None:
        conditions.append(or_(Registration.status.in_(RegistrationStatus.awaits_review), asked))
    if wanted.requested_return is not None:
        conditions.append(asked if wanted.requested_return else ~asked)
    if wanted.resubmitted is not None:
        conditions.append(is_resubmitted if wanted.resubmitted else ~is_resubmitted)
    return conditions


def _when(wanted: ReviewFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for since, first, last in (
        (waiting_since, wanted.waiting_from, wanted.waiting_to),
        (Registration.created_at, wanted.created_from, wanted.created_to),
    ):
        if first:
            conditions.append(since >= start_of_beijing_day(first))
        if last:
            conditions.append(since <= end_of_beijing_day(last))
    return conditions


def _units_named(part: str) -> Select[UUID]:
    """Units by any part of the name they have now, or its initials (PLAT-08)."""
    return select(Institution.id).where(Institution.name_search.like(like_pattern(part), escape="\\"))


# What a decision without an effect needs of a registration: nothing that would have to be decrypted.
_LEAN = (
    defer(Registration.recipient_phone),
    joinedload(Registration.staff).options(load_only(StaffMember.name), lazyload(StaffMember.person)),
    selectinload(Registration.plan).options(load_only(Plan.name), lazyload(Plan.type), lazyload(Plan.specialties)),
    lazyload(Registration.specialties),
)


async def lock_for_decision(
    session: AsyncSession, actor: Actor, ids: Collection[UUID], *, whole: bool
) -> Sequence[Registration]:
    """Those of these that the actor may see, as they are now, locked in id order until the transaction ends; ``whole`` with all that an
    effect may want to read."""
    statement = (
        select(Registration)
        .where(Registration.id.in_(ids), visible_to(actor))
        .order_by(Registration.id)
        .with_for_update(of=Registration)
        .options(*(() if whole else _LEAN))
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).all()
