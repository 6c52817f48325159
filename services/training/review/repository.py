"""The review queue's query: the registrations of the reviewer's region, the longest waiting first (STAFF-02)."""

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.personnel.models import StaffMember
from services.training.registrations.models import Registration
from services.training.registrations.repository import name_matches, visible_to
from services.training.review.filters import ReviewFilter
from shared.db.paging import PageRequest, Rows, fetch_page
from shared.identity import Actor

_COLUMNS: dict[str, Any] = {
    "id": Registration.id,
    "submitted_at": func.coalesce(Registration.submitted_at, Registration.created_at),
    "unit_name": Registration.unit_name,
    "name": StaffMember.name_key,
}


async def list_reviews(session: AsyncSession, actor: Actor, wanted: ReviewFilter, page: PageRequest) -> Rows:
    """One page of the queue."""
    statement = (
        select(Registration)
        .join(StaffMember, StaffMember.id == Registration.staff_id)
        .where(visible_to(actor), *_conditions(wanted))
    )
    return await fetch_page(session, statement, columns=_COLUMNS, default_sort="submitted_at", page=page)


def _conditions(wanted: ReviewFilter) -> list[ColumnElement[bool]]:
    conditions = [Registration.status.in_(wanted.statuses), *name_matches(wanted.name)]
    if wanted.plan_id:
        conditions.append(Registration.plan_id == wanted.plan_id)
    if wanted.unit_name.strip():
        conditions.append(Registration.unit_name.icontains(wanted.unit_name.strip(), autoescape=True))
    if wanted.region_code:
        conditions.append(Registration.region_code.startswith(wanted.region_code, autoescape=True))
    if wanted.training_kind:
        conditions.append(Registration.training_kind == wanted.training_kind)
    return conditions
