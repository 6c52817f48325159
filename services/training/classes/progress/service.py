"""选班进度 (STAFF-16): who has not chosen yet, per unit and session, and a reminder for one or all."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions import repository as class_sessions
from services.training.classes.class_sessions.models import ClassSession, Schedule
from services.training.classes.progress import repository
from services.training.classes.progress.filters import ProgressFilter
from services.training.classes.progress.repository import SeatsTaken, UnitRow
from services.training.classes.progress.schemas import (
    ProgressRead,
    ReminderResult,
    RemindersAsked,
    RemindersRead,
    SeatsOfUnit,
    SessionColumn,
    UnitProgress,
)
from services.training.classes.selection.repository import class_sessions_of, get_schedule
from services.training.plans.models import Plan
from shared.clock import beijing_time, beijing_today, now_utc, start_of_beijing_day
from shared.db.paging import Page, PageRequest
from shared.errors import NotFound
from shared.events.log import record
from shared.events.training_selection import SelectionReminded
from shared.identity import Actor
from shared.roles import Permission
from shared.web.lists import page_of
from shared.workflow.apply import ActionRefused
from shared.workflow.buttons import button
from shared.workflow.definition import Refusal

_NOT_OPEN = Refusal("selection_not_open", "选班尚未开放；请先在【分班】中开放选班，开放时各单位会收到通知")
_ALL_CLOSED = Refusal("selection_closed", "各班次的选班都已截止；需要继续选班的，请先在【分班】中延长选班截止日期")
_NOBODY_LEFT = Refusal("nobody_left", "所有单位都已提交选班或安排完人员，无需提醒")
_SUBMITTED = Refusal("selection_submitted", "该单位已提交选班")
_ALL_PLACED = Refusal("everybody_placed", "该单位的人员都已选班，提交后即完成")
_TELLS = "还没有安排完人员、也没有提交的单位会收到站内消息和短信；同一单位每天只提醒一次。"


async def read_progress(session: AsyncSession, *, actor: Actor, plan_id: UUID) -> ProgressRead:
    """The plan in numbers, and its sessions as columns. Raises ``NotFound``."""
    plan = await class_sessions.require_plan(session, plan_id)
    schedule, rows = await get_schedule(session, plan_id), await class_sessions_of(session, plan_id)
    today = beijing_today(now_utc())
    counted = await repository.totals(session, actor, plan_id)
    ends = _next_deadline(rows, today)
    refusal = _closed_to_all(schedule, ends) or (None if counted.units_left else _NOBODY_LEFT)
    remind = button("remind", "全部提醒", refusal, consequence=_TELLS)
    return ProgressRead(
        plan_id=plan.id,
        plan_name=plan.name,
        open=schedule is not None and schedule.status.is_open,
        opens_at=schedule.opens_at if schedule else None,
        next_deadline=ends,
        days_left=(ends - today).days if ends else None,
        **counted._asdict(),
        sessions=[SessionColumn.of(each, class_session_id=each.id) for each in rows],
        allowed_actions=[remind] if actor.may(Permission.CLASS_SCHEDULING) else [],
    )


async def list_units(
    session: AsyncSession, *, actor: Actor, plan_id: UUID, wanted: ProgressFilter, page: PageRequest
) -> Page[UnitProgress]:
    """The units of the plan, those that have not submitted first. Raises ``NotFound``."""
    await class_sessions.require_plan(session, plan_id)
    found = await repository.list_units(session, actor, plan_id, wanted, page)
    rows = await class_sessions_of(session, plan_id)
    seats = await repository.seats_of(session, [each.id for each in rows], [each.unit.id for each in found.items])
    closed = _closed_to_all(await get_schedule(session, plan_id), _next_deadline(rows, beijing_today(now_utc())))
    now = now_utc()
    return page_of(found, lambda row: _unit(row, seats, closed or _refusal(row, now)))


def _unit(row: UnitRow, seats: Mapping[UUID, Sequence[SeatsTaken]], refusal: Refusal | None) -> UnitProgress:
    return UnitProgress(
        unit_id=row.unit.id,
        unit_name=row.unit.name,
        region_code=row.unit.region_code,
        status=row.status,
        approved=row.approved,
        placed=row.approved - row.unplaced,
        unplaced=row.unplaced,
        touched_at=row.touched_at,
        reminded_at=row.reminded_at,
        reminded_by=row.reminded_by,
        seats=[
            SeatsOfUnit(class_session_id=each.class_session_id, people=each.people)
            for each in seats.get(row.unit.id, ())
        ],
        code=refusal.code if refusal else None,
        reason=refusal.reason if refusal else None,
    )


def _next_deadline(rows: Sequence[ClassSession], today: date) -> date | None:
    return min((each.selection_deadline for each in rows if each.selection_deadline >= today), default=None)


def _closed_to_all(schedule: Schedule | None, ends: date | None) -> Refusal | None:
    if schedule is None or not schedule.status.is_open:
        return _NOT_OPEN
    return None if ends else _ALL_CLOSED


def _refusal(row: UnitRow, now: datetime) -> Refusal | None:
    """Why this unit is not reminded now."""
    if row.status.is_done:
        return _SUBMITTED
    if not row.unplaced:
        return _ALL_PLACED
    return _reminded(row) if row.reminded_at and row.reminded_at >= _day_began(now) else None


def _reminded(row: UnitRow) -> Refusal:
    when = f"{beijing_time(row.reminded_at):%H:%M}" if row.reminded_at else "刚刚"
    return Refusal("reminded_today", f"{row.reminded_by or '同事'}今天 {when} 已提醒过，明天可再提醒")


def _day_began(now: datetime) -> datetime:
    return start_of_beijing_day(beijing_today(now))


async def remind(session: AsyncSession, *, actor: Actor, plan_id: UUID, body: RemindersAsked) -> RemindersRead:
    """Tells units to choose, each once a day whoever presses (STAFF-16). Raises ``NotFound``, and ``ActionRefused`` where nobody can choose
    or nobody is left."""
    plan = await class_sessions.require_plan(session, plan_id)
    now = now_utc()
    ends = _next_deadline(await class_sessions_of(session, plan_id), beijing_today(now))
    if refusal := _closed_to_all(await get_schedule(session, plan_id), ends):
        raise ActionRefused(refusal)
    found = await repository.units_of(session, actor, plan_id, body.unit_ids)
    _check_found(found, body.unit_ids)
    refusals = {row.unit.id: _refusal(row, now) for row in found}
    willing = [row for row in found if refusals[row.unit.id] is None]
    if body.unit_ids is None and not willing:
        raise ActionRefused(_NOBODY_LEFT if not any(map(_is_left, found)) else _all_reminded())
    told = await _tell(session, actor, plan, ends, [row.unit.id for row in willing], now)
    shown = found if body.unit_ids else [row for row in found if row.unit.id in told]
    return RemindersRead(reminded=len(told), results=[_result(row, refusals[row.unit.id], told) for row in shown])


def _is_left(row: UnitRow) -> bool:
    return row.unplaced > 0 and row.status.awaits_choice


def _all_reminded() -> Refusal:
    return Refusal("reminded_today", "还没有选完的单位今天都已提醒过，明天可再提醒")


def _check_found(found: Sequence[UnitRow], asked: Sequence[UUID] | None) -> None:
    """Another region's units, and those with nobody approved here, are nobody's (PLAT-06)."""
    if asked is not None and {row.unit.id for row in found} != set(asked):
        raise NotFound("所选单位在该培训计划中没有审核通过的人员，请重新查询")


async def _tell(
    session: AsyncSession, actor: Actor, plan: Plan, ends: date | None, unit_ids: Sequence[UUID], now: datetime
) -> set[UUID]:
    if not unit_ids or ends is None:
        return set()
    told = await repository.note_reminders(session, plan.id, unit_ids, actor, now, _day_began(now))
    if told:
        units = tuple(each for each in unit_ids if each in told)
        record(
            session,
            SelectionReminded(plan_id=plan.id, plan_name=plan.name, selection_deadline=ends, unit_ids=units),
        )
    return told


def _result(row: UnitRow, refusal: Refusal | None, told: set[UUID]) -> ReminderResult:
    why = refusal or (None if row.unit.id in told else _reminded(row))
    return ReminderResult(
        unit_id=row.unit.id,
        unit_name=row.unit.name,
        done=why is None,
        code=why.code if why else None,
        reason=why.reason if why else None,
    )
