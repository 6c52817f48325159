"""Every query about plans and their dictionaries. Units see what has been published, officials of training see drafts too (TRN-31)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.plans.models import NO_SPECIALTY, Plan, PlanType, PlanTypeSpecialty, Specialty
from services.training.plans.workflow import PLAN, PlanStatus
from shared.attachments import Attachment, of_record
from shared.days import Day
from shared.db.paging import Filter, PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identity import Actor
from shared.reference.pinyin import like_pattern
from shared.roles import Permission

STAFF = (
    Permission.PLAN_MANAGEMENT,
    Permission.TRAINING_OVERSIGHT,
    Permission.PROVINCE_REVIEW,
    Permission.CLASS_SCHEDULING,
    Permission.SCORE_ENTRY,
)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Plans are the province's and for everybody, once they are published; drafts are for the staff."""
    return true() if actor.may(*STAFF) else Plan.status.in_(PlanStatus.is_listed)


async def get_plan(session: AsyncSession, actor: Actor, plan_id: UUID, *, lock: bool | None = None) -> Plan | None:
    """``lock`` False keeps others from changing the plan while rows are added to it, True keeps them from adding rows."""
    statement = select(Plan).where(Plan.id == plan_id, visible_to(actor)).execution_options(populate_existing=True)
    if lock is not None:
        statement = statement.with_for_update(of=Plan, read=not lock)
    return (await session.scalars(statement)).one_or_none()


async def require_plan(session: AsyncSession, actor: Actor, plan_id: UUID, *, lock: bool | None = None) -> Plan:
    """As ``get_plan``; raises ``NotFound``, also for a draft that is not the actor's business."""
    plan = await get_plan(session, actor, plan_id, lock=lock)
    if plan is None:
        raise NotFound
    return plan


async def get_alike(
    session: AsyncSession, *, type_code: str, name: str, deadline: date, but: UUID | None
) -> Plan | None:
    """The plan, other than ``but``, that is already there under this natural key (PLAT-03)."""
    key = (Plan.type_code == type_code, Plan.name == name, Plan.registration_deadline == deadline, Plan.twin == 0)
    statement = select(Plan).where(*key, Plan.id.is_distinct_from(but))
    return (await session.scalars(statement)).one_or_none()


def matching(type_code: str | None, name: str, extra: Sequence[ColumnElement[bool]] = ()) -> list[ColumnElement[bool]]:
    """The conditions of the two plan filters that every list of plans has: the type, and any part of the name or its pinyin initials
    (TRN-30, PLAT-08)."""
    conditions = list(extra)
    if type_code:
        conditions.append(Plan.type_code == type_code)
    if name.strip():
        conditions.append(Plan.name_search.like(like_pattern(name), escape="\\"))
    return conditions


class PlanFilter(Filter):
    type_code: str | None = Field(default=None, max_length=40)
    name: str = Field(default="", max_length=100)
    status: list[PlanStatus] = Field(default=[], max_length=20)
    deadline_from: Day | None = Field(default=None, description="报名截止日期起")
    deadline_to: Day | None = Field(default=None, description="报名截止日期止")


async def list_plans(session: AsyncSession, actor: Actor, page: PageRequest, wanted: PlanFilter) -> Rows[Plan]:
    """Plans, the latest deadline first."""
    statement = select(Plan).where(visible_to(actor), *matching(wanted.type_code, wanted.name))
    if wanted.status:
        statement = statement.where(Plan.status.in_(wanted.status))
    if wanted.deadline_from:
        statement = statement.where(Plan.registration_deadline >= wanted.deadline_from)
    if wanted.deadline_to:
        statement = statement.where(Plan.registration_deadline <= wanted.deadline_to)
    columns = {"id": Plan.id, "deadline": Plan.registration_deadline, "type": Plan.type_code, "name": Plan.name}
    return await fetch_page(session, statement, columns=columns, default_sort="-deadline,type", page=page)


async def list_types(session: AsyncSession) -> list[tuple[PlanType, list[Specialty]]]:
    """Class types in their own order, each with its specialties in theirs."""
    offered = await session.execute(
        select(PlanTypeSpecialty.type_code, Specialty)
        .join(Specialty, Specialty.code == PlanTypeSpecialty.specialty_code)
        .where(Specialty.code != NO_SPECIALTY)
        .order_by(Specialty.position)
    )
    of_type: dict[str, list[Specialty]] = {}
    for type_code, specialty in offered:
        of_type.setdefault(type_code, []).append(specialty)
    types = await session.scalars(select(PlanType).order_by(PlanType.position))
    return [(each, of_type.get(each.code, [])) for each in types]


async def specialty_labels(session: AsyncSession) -> dict[str, str]:
    """{code: label} of every specialty."""
    return dict((await session.execute(select(Specialty.code, Specialty.label))).all())


async def claim_reminders(session: AsyncSession, last_day: date, today: date, number: int) -> Sequence[Plan]:
    """Published plans whose deadline is from ``today`` to ``last_day`` and which have had fewer than ``number`` reminders; from now on
    they have had so many. Whoever asks at the same time gets none of them."""
    due = (
        update(Plan)
        .where(
            Plan.status.in_(PlanStatus.takes_people),
            Plan.registration_deadline.between(today, last_day),
            Plan.reminders_sent < number,
        )
        .values(reminders_sent=number)
        .returning(Plan.id)
        .execution_options(synchronize_session=False)
    )
    ids = (await session.scalars(due)).all()
    rows = await session.scalars(
        select(Plan).where(Plan.id.in_(ids)).order_by(Plan.id).execution_options(populate_existing=True)
    )
    return rows.all()


async def attachments_of(session: AsyncSession, plan_id: UUID) -> Sequence[Attachment]:
    return await of_record(session, PLAN, [plan_id])
