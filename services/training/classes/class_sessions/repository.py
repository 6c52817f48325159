"""Every query about schedules and class sessions. They belong to the province and stand for every official who may read them; what is
asked here for the opening of selection (units with approved people) is read only.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, delete, exists, false, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, lazyload, load_only, selectinload
from sqlalchemy.sql.elements import ColumnElement

from services.training.classes.class_sessions.models import ClassSession, Schedule
from services.training.classes.class_sessions.workflow import SCHEDULE, ClassSessionStatus, ScheduleStatus
from services.training.classes.waiting.models import WaitingEntry
from services.training.classes.waiting.workflow import WaitingStatus
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import SELECTION_IS_OPEN, RegistrationStatus
from services.training.plans.models import Plan
from services.training.plans.workflow import RESULTS_OUT, SEATS
from shared.db.paging import Filter, PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identifiers import new_id
from shared.identity import Actor
from shared.reference.pinyin import like_pattern
from shared.roles import Permission


class ScheduleFilter(Filter):
    """``name`` is any part of the plan's name or of its initials."""

    plan_id: UUID | None = Field(default=None, description="培训计划")
    name: str = Field(default="", max_length=100, description="培训班名称，任意部分或拼音首字母")
    type_code: str | None = Field(default=None, max_length=50, description="培训班类型")
    status: list[ScheduleStatus] = Field(default=[], max_length=20, description="分班中、选班已开放，可多选")

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """On ``Schedule`` and its ``Plan`` (PLAT-08)."""
        found: list[ColumnElement[bool]] = []
        if self.plan_id is not None:
            found.append(Schedule.plan_id == self.plan_id)
        if self.name.strip():
            found.append(Plan.name_search.like(like_pattern(self.name), escape="\\"))
        if self.type_code:
            found.append(Plan.type_code == self.type_code)
        if self.status:
            found.append(Schedule.status.in_(self.status))
        return found


class ClassSessionFilter(ScheduleFilter):
    session_status: list[ClassSessionStatus] = Field(default=[], max_length=20, description="正常开班、已停办，可多选")

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """On ``ClassSession`` as well."""
        own = [ClassSession.status.in_(self.session_status)] if self.session_status else []
        return [*super().conditions, *own]


READERS = (Permission.CLASS_SCHEDULING, Permission.SCORE_ENTRY, Permission.TRAINING_OVERSIGHT)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Plans are the province's: officials of training see all of them, units see theirs through their selections (PLAT-06)."""
    return true() if actor.may(*READERS) else false()


async def require_plan(session: AsyncSession, plan_id: UUID) -> Plan:
    """The plan; raises ``NotFound``."""
    plan = await session.get(Plan, plan_id)
    if plan is None:
        raise NotFound
    return plan


async def lock_schedule(session: AsyncSession, plan_id: UUID) -> Schedule:
    """The plan's schedule, made when missing, locked: numbers of class sessions are given one after the other. A unit's first click,
    which refers to the schedule, does not wait for that."""
    made = insert(Schedule).values(id=new_id(), plan_id=plan_id, status=SCHEDULE.initial, version=1)
    await session.execute(made.on_conflict_do_nothing(index_elements=["plan_id"]))
    statement = select(Schedule).where(Schedule.plan_id == plan_id).with_for_update(of=Schedule, key_share=True)
    return (await session.scalars(statement.execution_options(populate_existing=True))).unique().one()


async def list_schedules(
    session: AsyncSession, actor: Actor, wanted: ScheduleFilter, page: PageRequest
) -> Rows[Schedule]:
    """Newest first; of the plans the names, of the class sessions how many there are."""
    statement = select(Schedule).join(Plan, Plan.id == Schedule.plan_id).where(visible_to(actor), *wanted.conditions)
    statement = statement.options(
        joinedload(Schedule.plan).options(load_only(Plan.name), lazyload(Plan.type), lazyload(Plan.specialties)),
        selectinload(Schedule.class_sessions).options(
            load_only(ClassSession.session_no, ClassSession.status), lazyload(ClassSession.specialties)
        ),
    )
    return await fetch_page(session, statement, columns={"id": Schedule.id}, default_sort="-id", page=page)


async def require_schedule(session: AsyncSession, actor: Actor, schedule_id: UUID) -> Schedule:
    """The schedule with its plan and class sessions; raises ``NotFound``."""
    row = await session.scalar(select(Schedule).where(visible_to(actor), Schedule.id == schedule_id))
    if row is None:
        raise NotFound
    return row


def _class_sessions(actor: Actor) -> Select[ClassSession]:
    return select(ClassSession).where(visible_to(actor))


async def list_class_sessions(
    session: AsyncSession, actor: Actor, wanted: ClassSessionFilter, page: PageRequest
) -> Rows[ClassSession]:
    """By 期次 within a plan."""
    statement = (
        _class_sessions(actor)
        .join(Schedule, Schedule.id == ClassSession.schedule_id)
        .join(Plan, Plan.id == ClassSession.plan_id)
        .where(*wanted.conditions)
    )
    columns = {"id": ClassSession.id, "session_no": ClassSession.session_no, "start_date": ClassSession.start_date}
    return await fetch_page(session, statement, columns=columns, default_sort="session_no", page=page)


async def require_class_session(
    session: AsyncSession, actor: Actor, class_session_id: UUID, *, lock: bool = False
) -> ClassSession:
    """The class session as the database has it now; ``lock`` keeps every placement out until the end of the transaction, because
    each one changes this row's counter. Raises ``NotFound``."""
    statement = _class_sessions(actor).where(ClassSession.id == class_session_id)
    if lock:
        # By an update, as every placement does it: a SELECT FOR UPDATE that comes upon updates under way can deadlock with them.
        held = update(ClassSession).where(ClassSession.id == class_session_id).values(updated_at=func.now())
        await session.execute(held.execution_options(synchronize_session=False))
    row: ClassSession | None = await session.scalar(statement.execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    if lock:
        await session.refresh(row, ["specialties"])
    return row


async def first_deadline(session: AsyncSession, schedule_id: UUID) -> date | None:
    """The first 选班截止日期 of the plan's sessions as it is now."""
    first = select(func.min(ClassSession.selection_deadline)).where(
        ClassSession.schedule_id == schedule_id, ClassSession.status.in_(ClassSessionStatus.takes_place)
    )
    found: date | None = await session.scalar(first)
    return found


async def next_session_no(session: AsyncSession, schedule_id: UUID) -> int:
    """The number after the highest; the schedule is locked by the caller."""
    highest = await session.scalar(
        select(func.max(ClassSession.session_no)).where(ClassSession.schedule_id == schedule_id)
    )
    return (highest or 0) + 1


async def get_alike(
    session: AsyncSession, schedule_id: UUID, start: date, end: date, location: str
) -> ClassSession | None:
    """The first session of these days at this place that takes place."""
    statement = (
        select(ClassSession)
        .where(
            ClassSession.schedule_id == schedule_id,
            ClassSession.start_date == start,
            ClassSession.end_date == end,
            ClassSession.location == location,
            ClassSession.status.in_(ClassSessionStatus.takes_place),
        )
        .order_by(ClassSession.session_no)
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


async def session_no_is_taken(session: AsyncSession, schedule_id: UUID, session_no: int, own_id: UUID | None) -> bool:
    """Whether another class session of the plan has this number."""
    statement = select(ClassSession.id).where(
        ClassSession.schedule_id == schedule_id, ClassSession.session_no == session_no
    )
    if own_id is not None:
        statement = statement.where(ClassSession.id != own_id)
    return await session.scalar(statement.limit(1)) is not None


async def queued_for(session: AsyncSession, class_session_ids: Collection[UUID]) -> set[UUID]:
    """Those of them for which somebody queues."""
    statement = select(WaitingEntry.class_session_id).where(
        WaitingEntry.class_session_id.in_(class_session_ids), WaitingEntry.status.in_(WaitingStatus.is_open)
    )
    return set(await session.scalars(statement.distinct()))


async def delete_when_empty(session: AsyncSession, class_session_id: UUID) -> bool:
    """Deletes the class session if nobody sits or queues there; False when somebody does. Entries of the queue that ended go along."""
    queued = exists().where(
        WaitingEntry.class_session_id == class_session_id, WaitingEntry.status.in_(WaitingStatus.is_open)
    )
    statement = delete(ClassSession).where(ClassSession.id == class_session_id, ClassSession.taken == 0, ~queued)
    return await session.scalar(statement.returning(ClassSession.id)) is not None


async def units_with_approved_people(session: AsyncSession, plan_id: UUID) -> tuple[UUID, ...]:
    """Who is told of the opening (STAFF-06)."""
    statement = select(Registration.unit_id).distinct().order_by(Registration.unit_id)
    approved = statement.where(
        Registration.plan_id == plan_id, Registration.status.in_(RegistrationStatus.takes_a_seat)
    )
    return tuple(await session.scalars(approved))


@SELECTION_IS_OPEN.answer
async def selection_is_open(session: AsyncSession, plan_id: UUID, now: datetime) -> bool:
    """Whether the plan's units may choose sessions, or the set time for it has come (STAFF-06, FAQ-M6)."""
    begun = or_(Schedule.status.in_(ScheduleStatus.is_open), Schedule.opens_at <= now)
    return bool(await session.scalar(select(exists().where(Schedule.plan_id == plan_id, begun))))


@SEATS.answer
async def seats_of(session: AsyncSession, plan_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """The seats of all class sessions of each of these plans that take place."""
    rows = await session.execute(
        select(ClassSession.plan_id, func.sum(ClassSession.capacity))
        .where(ClassSession.plan_id.in_(plan_ids), ClassSession.status.in_(ClassSessionStatus.takes_place))
        .group_by(ClassSession.plan_id)
    )
    return {plan_id: int(seats) for plan_id, seats in rows}


@RESULTS_OUT.answer
async def results_out(session: AsyncSession, plan_id: UUID) -> bool:
    """Whether the results of one of the plan's sessions are out."""
    out = exists().where(ClassSession.plan_id == plan_id, ClassSession.results_at.is_not(None))
    return bool(await session.scalar(select(out)))


async def note_times(session: AsyncSession, class_session_id: UUID, **times: datetime) -> None:
    """Writes when something was done, past the row's version: a placement under way looks at that, and is not to be refused for this."""
    written = update(ClassSession).where(ClassSession.id == class_session_id).values(times)
    await session.execute(written.execution_options(synchronize_session=False))


async def shut(session: AsyncSession, class_session_id: UUID) -> None:
    """The session's results are out. Raises its version: a placement under way, which looks at it, is refused and finds them out."""
    statement = update(ClassSession).where(ClassSession.id == class_session_id)
    shut = statement.values(version=ClassSession.version + 1, results_at=func.now())
    await session.execute(shut.execution_options(synchronize_session=False))
