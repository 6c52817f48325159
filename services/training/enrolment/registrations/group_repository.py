"""The queries of 集体报名: every published plan with one unit's progress in it, counted from the rows in one statement (TRN-53), and the
unit's people as candidates for a plan.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.registrations.group_schemas import GroupFilter
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.repository import UNSENT, name_matches
from services.training.enrolment.registrations.workflow import PlanProgress, RegistrationStatus
from services.training.people.personnel.models import StaffMember
from services.training.plans.models import Plan
from services.training.plans.repository import matching
from services.training.plans.workflow import PlanStatus
from shared.db.paging import PageRequest, Rows, fetch_page
from shared.db.rows import named_rows


class PlanOfUnit(NamedTuple):
    """A plan with one unit's progress in it. ``open_until`` is the latest day granted to somebody who is not sent."""

    plan: Plan
    total: int
    own: int
    unsent: int
    returned: int
    progress: str
    open_until: date | None


class Candidate(NamedTuple):
    """Somebody in the unit's file; ``registered_by`` is the unit that has the person in the plan."""

    staff: StaffMember
    registered_by: UUID | None


_SENT = (RegistrationStatus.SUBMITTED, RegistrationStatus.APPROVED)


async def list_group_registrations(
    session: AsyncSession, unit_id: UUID, wanted: GroupFilter, page: PageRequest, *, today: date
) -> Rows[PlanOfUnit]:
    """The nearest deadline first, then by class type (TRN-32)."""
    statement = _with_progress(unit_id)
    columns = {"id": Plan.id, "deadline": Plan.registration_deadline, "type": Plan.type_code}
    statement = statement.where(*matching(wanted.type_code, wanted.name), *_when(wanted, today))
    status = statement.selected_columns["progress"]
    if wanted.status:
        statement = statement.where(status.in_([each.value for each in wanted.status]))
    if wanted.mine:
        statement = statement.where(status != PlanProgress.NOT_REGISTERED.value)
    return await fetch_page(
        session, statement, columns=columns, default_sort="deadline,type", page=page, row=PlanOfUnit
    )


async def progress_of(session: AsyncSession, unit_id: UUID, plan_id: UUID) -> PlanOfUnit:
    """The same row for one plan."""
    return PlanOfUnit(*(await session.execute(_with_progress(unit_id).where(Plan.id == plan_id))).one())


def _with_progress(unit_id: UUID) -> Select[Plan, int, int, int, int, str, date | None]:
    own = (
        select(
            func.count().filter(Registration.status.in_(_SENT)).label("sent"),
            func.count().filter(Registration.status == RegistrationStatus.DRAFT).label("unsent"),
            func.count().filter(Registration.status == RegistrationStatus.RETURNED).label("returned"),
            func.max(Registration.open_until).filter(Registration.status.in_(UNSENT)).label("open_until"),
        )
        .where(Registration.plan_id == Plan.id, Registration.unit_id == unit_id)
        .correlate(Plan)
        .lateral("own")
    )
    everybody = (
        select(func.count()).where(Registration.plan_id == Plan.id, Registration.status.in_(_SENT)).scalar_subquery()
    )
    progress = case(
        (own.c.returned > 0, PlanProgress.WITH_RETURNS.value),
        (own.c.unsent > 0, PlanProgress.IN_PROGRESS.value),
        (own.c.sent > 0, PlanProgress.REGISTERED.value),
        else_=PlanProgress.NOT_REGISTERED.value,
    )
    return (
        select(Plan, everybody, own.c.sent, own.c.unsent, own.c.returned, progress.label("progress"), own.c.open_until)
        .join(own, true())
        .where(Plan.status.in_(PlanStatus.is_listed))
    )


def _when(wanted: GroupFilter, today: date) -> list[ColumnElement[bool]]:
    """X27: 是否截止 = 是 and 我的报名 clear a start date that nobody touched, which is otherwise today; an end that is past clears 是否截止
    as well."""
    past = wanted.deadline_to is not None and wanted.deadline_to < today and wanted.deadline_from is None
    closed = wanted.closed if wanted.closed is not None or wanted.mine or past else False
    start = wanted.deadline_from or (today if closed is False and not past else None)
    over = or_(Plan.status.in_(PlanStatus.is_over), Plan.registration_deadline < today)
    conditions: list[ColumnElement[bool]] = []
    if closed is not None:
        conditions.append(over if closed else ~over)
    if start:
        conditions.append(Plan.registration_deadline >= start)
    if wanted.deadline_to:
        conditions.append(Plan.registration_deadline <= wanted.deadline_to)
    return conditions


def _candidates(unit_id: UUID, plan_id: UUID) -> Select[StaffMember, UUID | None]:
    taken = and_(Registration.plan_id == plan_id, Registration.person_id == StaffMember.person_id)
    return (
        select(StaffMember, Registration.unit_id).outerjoin(Registration, taken).where(StaffMember.unit_id == unit_id)
    )


async def list_candidates(
    session: AsyncSession, unit_id: UUID, plan_id: UUID, name: str, page: PageRequest
) -> Rows[Candidate]:
    """Everybody in the unit's file (TRN-37, FAQ-M2)."""
    statement = _candidates(unit_id, plan_id).where(*name_matches(name))
    columns = {"id": StaffMember.id, "name": StaffMember.name_key}
    return await fetch_page(session, statement, columns=columns, default_sort="name", page=page, row=Candidate)


async def candidates_by_id(
    session: AsyncSession, unit_id: UUID, plan_id: UUID, staff_ids: Sequence[UUID]
) -> dict[UUID, Candidate]:
    """The same for chosen people; ids that are not in the unit's file are left out."""
    rows = await named_rows(session, _candidates(unit_id, plan_id).where(StaffMember.id.in_(staff_ids)), Candidate)
    return {each.staff.id: each for each in rows}
