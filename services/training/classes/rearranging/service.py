"""改期 and 停办 of a class session with people in it (STAFF-14, docs/adr/0023). Nothing is sold twice: seats move, or are given back and
counted, in the transaction that changes the session, with everybody in it locked.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions import repository as class_sessions
from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.class_sessions.reading import shown
from services.training.classes.class_sessions.schemas import ClassSessionRead
from services.training.classes.class_sessions.service import change, check_bound_dates, days_of, readable
from services.training.classes.class_sessions.workflow import (
    ATTENDED_DAYS,
    CLASS_SESSION,
    ClassSessionAction,
    PutOffBody,
)
from services.training.classes.rearranging import repository
from services.training.classes.rearranging.repository import Sitting
from services.training.classes.seats import repository as seats
from services.training.classes.seats.rules import described
from services.training.classes.selection.workflow import SELECTION, SelectionAction
from services.training.classes.waiting import service as waiting
from services.training.classes.waiting.workflow import WaitingAction
from services.training.hints import OFFER_PLACES
from shared.db.session import note_hint
from shared.errors import Conflict, FieldError, InvalidInput
from shared.events.log import record as record_event
from shared.events.training_selection import ClassSessionCalledOff, ClassSessionPutOff
from shared.identity import SYSTEM, Actor
from shared.workflow.apply import apply
from shared.workflow.apply_all import apply_all
from shared.workflow.definition import ActionBody


class PeopleClash(Conflict):
    code = "people_clash"


async def act_on_class_session(
    session: AsyncSession, actor: Actor, class_session_id: UUID, action: ClassSessionAction, body: ActionBody
) -> ClassSessionRead:
    """[改期] and [停办]. Raises ``NotFound``, ``ActionRefused``, ``InvalidInput`` (reason, dates) and ``PeopleClash``: somebody sits
    elsewhere on one of the new days, and is not to be released."""
    row = await repository.hold(session, actor, class_session_id)
    await apply(session, CLASS_SESSION, row, action, actor=actor, body=body, held=True)
    note_hint(session, OFFER_PLACES)
    return await shown(session, actor, await class_sessions.require_class_session(session, actor, class_session_id))


@CLASS_SESSION.effect("move_seats", PutOffBody)
async def move_seats(session: AsyncSession, row: ClassSession, actor: Actor, body: PutOffBody) -> None:
    """Who can come on the new days keeps the place; who cannot is 待选 again."""
    changes = await _changes(session, row, body)
    clashing, before = await _clashing(session, row, body), described(row)
    units, people = await repository.concerned_units(session, row.id), await repository.sitting(session, row.id)
    lost = [each for each in people if each.registration_id in clashing]
    await _send_back(session, row, lost, f"{before}改期后与其他班次的日期冲突", actor)
    await seats.move_days(session, row.id, body.start_date, body.end_date)
    old = readable({name: getattr(row, name) for name in changes})
    change(row, changes)
    new = readable(changes)
    CLASS_SESSION.note(session, row.id, "update", actor=actor, before=old, after=new, reason=body.reason)
    kept = [each for each in people if each.registration_id not in clashing]
    await _announce_new_days(session, row, before, body.reason or "", units, kept, lost)


async def _changes(session: AsyncSession, row: ClassSession, body: PutOffBody) -> dict[str, object]:
    """What is new about the session. Raises ``InvalidInput``, also of days on which somebody has been there already."""
    given = body.model_dump(exclude_none=True, exclude={"reason", "release_clashing"})
    changes = {name: value for name, value in given.items() if getattr(row, name) != value}
    if not {"start_date", "end_date"} & changes.keys():
        said = "培训日期没有变化；只改地点、截止日期或人数的，请直接修改班次"
        raise InvalidInput(errors=[FieldError("start_date", "same_dates", said)])
    if body.days is None:
        changes["days"] = days_of(row, changes)
    check_bound_dates(row, await class_sessions.lock_schedule(session, row.plan_id), changes)
    attended = await ATTENDED_DAYS(session, row.id)
    if attended and not body.start_date <= attended[0] <= attended[1] <= body.end_date:
        field = "start_date" if attended[0] < body.start_date else "end_date"
        said = f"{attended[0]} 至 {attended[1]} 已有签到，新的培训日期须包含这些日期"
        raise InvalidInput(errors=[FieldError(field, "attended", said)])
    return changes


async def _clashing(session: AsyncSession, row: ClassSession, body: PutOffBody) -> set[UUID]:
    """Who sits elsewhere on one of the new days. Raises ``PeopleClash``, naming them one by one, unless they are to be released."""
    found = await repository.clashes(session, row.id, body.start_date, body.end_date)
    if found and not body.release_clashing:
        errors = [
            FieldError(
                f"registrations.{each.registration_id}",
                "time_clash",
                f"{each.name}（{each.unit_name}）已选“{each.plan_name}”{described(each)}",
            )
            for each in found
        ]
        named = "；".join(each.message for each in errors)
        raise PeopleClash(f"改期后有人员与其他班次的日期冲突：{named}。继续改期，他们将退回待选班", errors=errors)
    return {each.registration_id for each in found}


@CLASS_SESSION.effect("clear_seats")
async def clear_seats(session: AsyncSession, row: ClassSession, actor: Actor, body: ActionBody) -> None:
    """Everybody is 待选 again, and the queue is over; nobody is left there."""
    lost, why = await repository.sitting(session, row.id), f"{described(row)}停办：{body.reason}"
    await _send_back(session, row, lost, why, actor)
    for entry in await repository.open_entries(session, row.id):
        await waiting.end(session, entry, WaitingAction.LAPSE, why)
    plan = await class_sessions.require_plan(session, row.plan_id)
    for unit_id, names in _names_by_unit(lost).items():
        record_event(
            session,
            ClassSessionCalledOff(
                plan_id=plan.id,
                plan_name=plan.name,
                class_session_id=row.id,
                session_no=row.session_no,
                unit_id=unit_id,
                days=f"{row.start_date} 至 {row.end_date}",
                reason=body.reason or "",
                people="、".join(names),
            ),
        )


async def _send_back(session: AsyncSession, row: ClassSession, lost: Sequence[Sitting], why: str, actor: Actor) -> None:
    """These people hold nothing in the session any more, come first wherever they queue, and their units choose again."""
    ids = [each.registration_id for each in lost]
    await seats.note_lost(session, row.id, ids)
    for each in sorted(ids):
        await waiting.lapse_entries_of(session, each, why, row.id)
    await seats.remove_people(session, row.id, ids)
    by_unit = {each.unit_id for each in lost}
    selections = await repository.selections_of(session, row.plan_id, by_unit)
    await apply_all(
        session, SELECTION, selections, SelectionAction.REOPEN, actor=SYSTEM, body=ActionBody(reason=why), held=True
    )
    for selection in selections:
        gone = [str(each.registration_id) for each in lost if each.unit_id == selection.unit_id]
        before = {"class_session_id": str(row.id), "removed": gone}
        SELECTION.note(session, selection.id, "release", actor=actor, before=before, reason=why)


async def _announce_new_days(
    session: AsyncSession,
    row: ClassSession,
    before: str,
    reason: str,
    units: Collection[UUID],
    kept: Sequence[Sitting],
    lost: Sequence[Sitting],
) -> None:
    plan = await class_sessions.require_plan(session, row.plan_id)
    staying, leaving = _names_by_unit(kept), _names_by_unit(lost)
    for unit_id in units:
        record_event(
            session,
            ClassSessionPutOff(
                plan_id=plan.id,
                plan_name=plan.name,
                class_session_id=row.id,
                session_no=row.session_no,
                unit_id=unit_id,
                before=before,
                after=f"{row.start_date} 至 {row.end_date}",
                location=row.location,
                reason=reason,
                kept=len(staying[unit_id]),
                people="、".join(leaving[unit_id]),
            ),
        )


def _names_by_unit(people: Sequence[Sitting]) -> defaultdict[UUID, list[str]]:
    names: defaultdict[UUID, list[str]] = defaultdict(list)
    for each in people:
        names[each.unit_id].append(each.name)
    return names
