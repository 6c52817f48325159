"""Use cases of 集体选班: 确定 places and removes a unit's people in one row, 提交 and 撤回 along the workflow, and a returned registration
gives its seats back. How places are counted is in ``seats``, why one is refused in ``refusals``.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.class_sessions.models import ClassSession
from services.training.class_sessions.workflow import ScheduleStatus
from services.training.registrations.models import Registration
from services.training.registrations.workflow import REGISTRATION
from services.training.selection import full, overview, refusals, repository, seats
from services.training.selection.models import Selection
from services.training.selection.refusals import PlacesRefused
from services.training.selection.schemas import PlacementsPut, PlacementsRead, SelectionRead
from services.training.selection.seats import Bound
from services.training.selection.workflow import SELECTION, SelectionAction, SubmitBody
from shared.clock import now_utc
from shared.db.history import remember
from shared.errors import FieldError, InvalidInput
from shared.identity import Actor
from shared.workflow.apply import apply
from shared.workflow.definition import ActionBody, Labelled, Refusal


async def _lock_open_selection(session: AsyncSession, actor: Actor, plan_id: UUID) -> tuple[UUID, Refusal | None]:
    """(id of the unit's selection, locked; why it is finished). Raises ``NotFound`` and ``PlacesRefused`` (not open)."""
    schedule = await repository.schedule_of_own_plan(session, actor, plan_id)
    if schedule is None or schedule[1] is not ScheduleStatus.OPEN:
        raise PlacesRefused(refusals.NOT_OPEN)
    selection = await repository.lock_selection(session, actor, plan_id, schedule[0])
    return selection.id, refusals.finished(selection.status)


async def place_people(session: AsyncSession, *, actor: Actor, plan_id: UUID, body: PlacementsPut) -> PlacementsRead:
    """Makes the ticked set the unit's people of that row: all or nothing (TRN-69, TRN-72). Raises ``PlacesRefused`` (not open,
    submitted, deadline over, results out), ``PeopleNotSelectable``, ``TimeClash``, ``AlreadyPlaced``, ``ClassIsFull``."""
    selection_id, done = await _lock_open_selection(session, actor, plan_id)
    row = await repository.require_class_session(session, plan_id, body.class_session_id)
    await _check_row(session, row, body.specialty_code, done)
    current = await repository.placed_in(session, actor, row.id, body.specialty_code)
    wanted = set(body.registration_ids)
    added, removed = wanted - current, current - wanted
    if not added | removed:
        each = refusals.specialty_row(row, body.specialty_code)
        assert each is not None
        return _answer(body, Bound(row.capacity, row.taken), Bound(each.places, each.taken), 0, 0)
    people = await repository.lock_registrations(session, actor, plan_id, added | removed)
    new = [each for each in people if each.id in added]
    _check_people(new, row, body)
    await seats.lock_people(session, (each.person_id for each in people))
    places_gone, seats_gone = await seats.remove_placements(session, row.id, body.specialty_code, removed)
    seats_made = await _seat(session, actor, row, new)
    await _place(session, actor, row, body, new)
    now = await _count(session, row, body, seats_made - seats_gone, len(added) - places_gone)
    remember(
        session,
        record_type=SELECTION.name,
        record_id=selection_id,
        action="place",
        actor=actor,
        before={"removed": [str(each) for each in sorted(removed)]},
        after={
            "class_session_id": str(row.id),
            "specialty_code": body.specialty_code,
            "added": [str(each) for each in sorted(added)],
        },
    )
    await session.flush()
    return _answer(body, *now, len(added), places_gone)


async def _check_row(session: AsyncSession, row: ClassSession, specialty_code: str, done: Refusal | None) -> None:
    if refusals.specialty_row(row, specialty_code) is None:
        raise InvalidInput(errors=[FieldError("specialty_code", "not_offered", "本期未开设该专业类别")])
    if await repository.results_are_published(session, row.id):
        done = Refusal("results_published", f"第{row.session_no}期成绩已发布，不能再调整选班")
    if refusal := done or refusals.closed(row, now_utc()):
        raise PlacesRefused(refusal)


def _check_people(new: Sequence[Registration], row: ClassSession, body: PlacementsPut) -> None:
    errors = [
        FieldError(
            f"registration_ids.{body.registration_ids.index(each.id)}",
            refusal.code,
            f"{each.staff.name}：{refusal.reason}",
        )
        for each in new
        if (refusal := refusals.unfit(each, row, body.specialty_code))
    ]
    if errors:
        raise refusals.PeopleNotSelectable("；".join(error.message for error in errors), errors=errors)


async def _seat(session: AsyncSession, actor: Actor, row: ClassSession, new: Sequence[Registration]) -> int:
    people = [(each.id, each.person_id) for each in new]
    try:
        return await seats.take_seats(session, row, actor.organisation_id, people)
    except seats.SeatsOverlap as error:
        clashes = await repository.clashing_seats(session, row, [each.person_id for each in new])
        errors = [
            FieldError(
                f"registrations.{each.id}",
                "time_clash",
                f"{each.staff.name}已选“{clashes[each.person_id][1]}”{refusals.described(clashes[each.person_id][0])}，培训时间冲突",
            )
            for each in new
            if each.person_id in clashes
        ]
        raise refusals.TimeClash("；".join(each.message for each in errors) or None, errors=errors) from error


async def _place(
    session: AsyncSession, actor: Actor, row: ClassSession, body: PlacementsPut, new: Sequence[Registration]
) -> None:
    placed = await seats.add_placements(session, row.id, body.specialty_code, [each.id for each in new])
    if len(placed) == len(new):
        return
    elsewhere = await repository.placements_of(session, actor, row.plan_id)
    rows = {each.id: each for each in await repository.class_sessions_of(session, row.plan_id)}
    errors = [
        FieldError(
            f"registrations.{each.id}",
            "already_placed",
            f"{each.staff.name}的该专业类别已选{refusals.described(rows[elsewhere[each.id, body.specialty_code]])}",
        )
        for each in new
        if each.id not in placed
    ]
    raise refusals.AlreadyPlaced("；".join(each.message for each in errors), errors=errors)


async def _count(
    session: AsyncSession, row: ClassSession, body: PlacementsPut, people: int, places: int
) -> tuple[Bound, Bound]:
    """Both bounds bind (X11); the session's row comes first for everybody."""
    seated = await seats.count_seats(session, row, people)
    if seated is None:
        raise await full.session_refusal(session, row, body.specialty_code, people)
    placed = await seats.count_places(session, row.id, body.specialty_code, places)
    if placed is None:
        raise await full.specialty_refusal(session, row, body.specialty_code, places)
    return seated, placed


def _answer(body: PlacementsPut, seated: Bound, placed: Bound, added: int, removed: int) -> PlacementsRead:
    assert seated.limit is not None
    places = seated.limit if placed.limit is None else placed.limit
    remaining = seated.limit - seated.taken
    return PlacementsRead(
        class_session_id=body.class_session_id,
        specialty_code=body.specialty_code,
        registration_ids=sorted(set(body.registration_ids)),
        added=added,
        removed=removed,
        session_remaining=remaining,
        specialty_taken=placed.taken,
        specialty_remaining=min(remaining, places - placed.taken),
    )


async def perform_on_selection(
    session: AsyncSession, actor: Actor, plan_id: UUID, action: Labelled, body: ActionBody
) -> SelectionRead:
    """提交 and 撤回 of the unit's selection in a plan. 提交 raises ``PeopleUnplaced``, naming them, unless ``leave_unplaced`` (TRN-73)."""
    await _lock_open_selection(session, actor, plan_id)
    selection = await repository.get_selection(session, actor, plan_id)
    assert isinstance(selection, Selection)
    state = await overview.load(session, actor, plan_id)
    submits = action is SelectionAction.SUBMIT and selection.status is SELECTION.initial
    if submits and not _leaves_unplaced(body) and (unplaced := overview.unplaced_people(state)):
        errors = [
            FieldError(
                f"registrations.{each.registration_id}",
                "unplaced",
                f"{each.name}：{'、'.join(one.specialty_label for one in each.specialties)}",
            )
            for each in unplaced
        ]
        names = "、".join(each.name for each in unplaced)
        raise refusals.PeopleUnplaced(f"还有 {len(unplaced)} 人未选班：{names}。确定提交吗？", errors=errors)
    await apply(session, SELECTION, selection, action, actor=actor, body=body)
    return await overview.read_selection(session, actor, plan_id)


def _leaves_unplaced(body: ActionBody) -> bool:
    return isinstance(body, SubmitBody) and body.leave_unplaced


@REGISTRATION.effect("give_seat_back")
async def give_seat_back(session: AsyncSession, registration: Registration, _actor: Actor, _body: ActionBody) -> None:
    """A returned person's seats and places are free again at once (STAFF-04)."""
    await seats.lock_people(session, [registration.person_id])
    sessions, placements = await seats.remove_registration(session, registration.id)
    await seats.free(session, sessions, placements)
