"""Use cases of 分班 (STAFF-05, STAFF-06): class sessions are made, changed and deleted, and selection is opened. Who sits in them is
selection's business; this module only never lets a bound fall below the seats taken.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions import repository, rules
from services.training.classes.class_sessions.models import ClassSession, Schedule, SessionSpecialty
from services.training.classes.class_sessions.schemas import (
    ClassSessionCreate,
    ClassSessionUpdate,
    PlacesOf,
    ScheduleRead,
    schedule_read,
)
from services.training.classes.class_sessions.workflow import (
    CLASS_SESSION,
    CONCERNED_UNITS,
    SCHEDULE,
    SESSION_IN_USE,
    OpeningBody,
    ScheduleAction,
    deletion_refusal,
)
from services.training.plans.models import Plan
from services.training.plans.service import code_names
from shared.clock import now_utc
from shared.errors import Conflict
from shared.events.log import record as record_event
from shared.events.training_selection import ClassSessionChanged, SelectionOpened
from shared.identity import SYSTEM, Actor
from shared.web.versions import require_version
from shared.wording import unsaid, words_of
from shared.workflow.apply import ActionRefused, apply
from shared.workflow.definition import ActionBody


class PlanNotPublished(Conflict):
    code = "plan_not_published"
    detail = "培训计划尚未发布，请先发布再分班"


CLASS_SESSION.words.update(words_of(ClassSessionCreate, plan_id=unsaid("培训计划")))
_ALIKE = ("start_date", "end_date", "location")
_BOUND_DATES = ("start_date", "end_date", "selection_deadline", "opens_at")


async def create_class_session(session: AsyncSession, *, actor: Actor, body: ClassSessionCreate) -> ClassSession:
    """Adds a class session, and the plan's schedule with the first one. Raises ``InvalidInput`` (dates, specialties),
    ``SessionNoTaken`` and ``PlanNotPublished`` (STAFF-05)."""
    plan = await repository.require_plan(session, body.plan_id)
    if not plan.status.is_listed:
        raise PlanNotPublished
    schedule = await repository.lock_schedule(session, plan.id)
    values = body.model_dump(exclude={"specialties"})
    rules.check_dates(**{name: values[name] for name in _BOUND_DATES}, plan_opens_at=rules.set_opening(schedule))
    rows = rules.check_specialties(plan, body.specialties)
    rules.check_places(values["capacity"], rows)
    asked_no, asked_days = values.pop("session_no"), values.pop("days")
    if asked_no is None:
        await _check_alike(session, schedule.id, values)
    number = asked_no or await repository.next_session_no(session, schedule.id)
    await _check_number(session, schedule.id, number, None)
    row = ClassSession(
        **values,
        schedule_id=schedule.id,
        session_no=number,
        days=asked_days or (values["end_date"] - values["start_date"]).days + 1,
        specialties=[SessionSpecialty(**each.model_dump()) for each in rows],
    )
    session.add(row)
    await session.flush()
    after = {**body.model_dump(mode="json", exclude={"plan_id"}), "specialties": _limits(row)}
    CLASS_SESSION.note(session, row.id, "create", actor=actor, after=after)
    await session.flush()
    return await repository.require_class_session(session, actor, row.id)


async def update_class_session(
    session: AsyncSession, *, actor: Actor, class_session_id: UUID, version: int, body: ClassSessionUpdate
) -> ClassSession:
    """Changes what is given. The row is locked first, and every placement changes that row: no seat can be taken between the check
    and the change. Raises ``VersionMismatch``, ``CalledOff``, ``InvalidInput``, ``BelowTaken``, ``AlreadyChosen``, ``SessionNoTaken``."""
    known = await repository.require_class_session(session, actor, class_session_id)
    schedule = await repository.lock_schedule(session, known.plan_id)
    row = await repository.require_class_session(session, actor, class_session_id, lock=True)
    await require_version(session, CLASS_SESSION, row, version, code_names)
    if not row.status.takes_place:
        raise rules.CalledOff
    given = body.model_dump(exclude_none=True, exclude={"specialties"}) | _taken_back(body)
    changes = {name: value for name, value in given.items() if getattr(row, name) != value}
    wanted = await _wanted_rows(session, row, body)
    check_bound_dates(row, schedule, changes)
    _check_size(row, changes, wanted)
    rules.check_not_chosen_by(row, set(changes))
    if "session_no" in changes:
        await _check_number(session, row.schedule_id, changes["session_no"], row.id)
    if "days" not in given and {"start_date", "end_date"} & changes.keys():
        changes["days"] = days_of(row, changes)
    before, limits = {name: getattr(row, name) for name in changes}, _limits(row)
    change(row, changes, wanted)
    _remember(session, actor, row, before, limits)
    await _announce_change(session, row, rules.told(before, changes))
    await session.flush()
    return await repository.require_class_session(session, actor, row.id)


def _taken_back(body: ClassSessionUpdate) -> dict[str, None]:
    """The one field that null empties."""
    return {"opens_at": None} if "opens_at" in body.model_fields_set and body.opens_at is None else {}


async def _wanted_rows(session: AsyncSession, row: ClassSession, body: ClassSessionUpdate) -> list[PlacesOf] | None:
    if body.specialties is None:
        return None
    return rules.check_specialties(await repository.require_plan(session, row.plan_id), body.specialties)


def _check_size(row: ClassSession, changes: Mapping[str, Any], wanted: Sequence[PlacesOf] | None) -> None:
    capacity: int = changes.get("capacity", row.capacity)
    rules.check_not_below_taken(row, capacity, wanted)
    if wanted is not None:
        rules.check_places(capacity, wanted)
    elif "capacity" in changes:
        rules.check_capacity(row, capacity)


def check_bound_dates(row: ClassSession, schedule: Schedule, changes: Mapping[str, Any]) -> None:
    """Those of the row as it will be. Raises ``InvalidInput``."""
    merged = {name: changes.get(name, getattr(row, name)) for name in _BOUND_DATES}
    rules.check_dates(**merged, plan_opens_at=rules.set_opening(schedule))


def days_of(row: ClassSession, changes: Mapping[str, Any]) -> int:
    """From the first to the last day as they will be, both counted."""
    first, last = (changes.get(name, getattr(row, name)) for name in ("start_date", "end_date"))
    return int((last - first).days) + 1


def _limits(row: ClassSession) -> dict[str, int | None]:
    """限制人数 by 专业类别."""
    return {each.specialty_code: each.places for each in row.specialties}


def _remember(
    session: AsyncSession,
    actor: Actor,
    row: ClassSession,
    before: Mapping[str, object],
    limits: Mapping[str, int | None],
) -> None:
    old, new = readable(before), readable({name: getattr(row, name) for name in before})
    if limits != (now := _limits(row)):
        old["specialties"], new["specialties"] = limits, now
    CLASS_SESSION.note(session, row.id, "update", actor=actor, before=old, after=new)


def readable(values: Mapping[str, object]) -> dict[str, object]:
    """Columns as a row of the history keeps them."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def change(row: ClassSession, changes: Mapping[str, object], wanted: Sequence[PlacesOf] | None = None) -> None:
    """Writes what changes. A new deadline is told of, and closes, anew."""
    anew = {"reminded_at": None, "closed_at": None} if "selection_deadline" in changes else {}
    for name, value in {**changes, **anew}.items():
        setattr(row, name, value)
    # The version is what a placement under way looks at, so it rises also when only a 限制人数 changes.
    row.updated_at = now_utc()
    if wanted is None:
        return
    kept = {each.specialty_code: each for each in row.specialties}
    for each in wanted:
        if each.specialty_code in kept:
            kept[each.specialty_code].places = each.places
    codes = {each.specialty_code for each in wanted}
    row.specialties = [each for each in row.specialties if each.specialty_code in codes] + [
        SessionSpecialty(**each.model_dump()) for each in wanted if each.specialty_code not in kept
    ]


async def _announce_change(session: AsyncSession, row: ClassSession, changes: str) -> None:
    """Who sits or queues there is told (STAFF-14)."""
    units = await CONCERNED_UNITS(session, row.id) if changes else ()
    if units:
        plan = await repository.require_plan(session, row.plan_id)
        record_event(
            session,
            ClassSessionChanged(
                plan_id=plan.id,
                plan_name=plan.name,
                class_session_id=row.id,
                session_no=row.session_no,
                unit_ids=units,
                changes=changes,
            ),
        )


async def _check_alike(session: AsyncSession, schedule_id: UUID, values: Mapping[str, Any]) -> None:
    """Who names no number asks for one more session, and not twice for the same: the schedule is locked. Raises ``SessionExists``."""
    if alike := await repository.get_alike(session, schedule_id, *(values[name] for name in _ALIKE)):
        raise rules.SessionExists(alike)


async def _check_number(session: AsyncSession, schedule_id: UUID, number: int, own_id: UUID | None) -> None:
    if await repository.session_no_is_taken(session, schedule_id, number, own_id):
        raise rules.SessionNoTaken(f"该培训计划已有第 {number} 期，请换一个期次")


async def delete_class_session(session: AsyncSession, *, actor: Actor, class_session_id: UUID) -> None:
    """Deletes a class session in which nobody sits and for which nobody queues. Raises ``ActionRefused``."""
    row = await repository.require_class_session(session, actor, class_session_id)
    before = {"plan_id": str(row.plan_id), "session_no": row.session_no, "capacity": row.capacity}
    if refusal := deletion_refusal(row, is_queued=bool(await repository.queued_for(session, [row.id]))):
        raise ActionRefused(refusal)
    if not await repository.delete_when_empty(session, class_session_id):
        # Somebody sat down since.
        raise ActionRefused(SESSION_IN_USE)
    CLASS_SESSION.note(session, class_session_id, "delete", actor=actor, before=before)


async def act_on_schedule(
    session: AsyncSession, actor: Actor, schedule_id: UUID, action: ScheduleAction, body: ActionBody
) -> ScheduleRead:
    """Moves a schedule along its table."""
    schedule = await repository.require_schedule(session, actor, schedule_id)
    await apply(session, SCHEDULE, schedule, action, actor=actor, body=body)
    return schedule_read(schedule, actor)


def let_opening_lapse(session: AsyncSession, schedule: Schedule, why: str) -> None:
    """What cannot be opened at its set time loses it, and ``why`` is remembered."""
    before = {"opens_at": str(schedule.opens_at)}
    schedule.opens_at = None
    SCHEDULE.note(session, schedule.id, "opening_lapsed", actor=SYSTEM, before=before, reason=why)


@SCHEDULE.effect("announce_selection")
async def announce_selection(session: AsyncSession, schedule: Schedule, _actor: Actor, _body: ActionBody) -> None:
    """The units with approved people may choose from now on, and are told (STAFF-06, NOTE-02)."""
    schedule.opened_at = now_utc()
    plan: Plan = schedule.plan
    first = await repository.first_deadline(session, schedule.id)
    assert first is not None  # the guard has seen a class session
    record_event(
        session,
        SelectionOpened(
            plan_id=plan.id,
            plan_name=plan.name,
            unit_ids=await repository.units_with_approved_people(session, plan.id),
            first_deadline=first,
        ),
    )


@SCHEDULE.effect("keep_opening_time", OpeningBody)
async def keep_opening_time(session: AsyncSession, schedule: Schedule, _actor: Actor, body: OpeningBody) -> None:
    """Selection opens by itself at that time; null takes it back (STAFF-06). Raises ``InvalidInput``."""
    first = await repository.first_deadline(session, schedule.id)
    if body.opens_at is not None and first is not None:
        rules.check_opening(body.opens_at, first, now_utc())
    schedule.opens_at = body.opens_at
