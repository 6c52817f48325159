"""Use cases around 集体选班: 提交 and 撤回 along the workflow, what the last deadline finishes, and the places that a returned person gives
back. [确定] itself is in ``placing``.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.seats import repository as seats
from services.training.classes.seats.rules import plan_not_open
from services.training.classes.selection import finish_repository, overview, refusals, repository
from services.training.classes.selection.models import Selection
from services.training.classes.selection.refusals import PlacesRefused
from services.training.classes.selection.schemas import SelectionRead
from services.training.classes.selection.workflow import SELECTION, SelectionAction, SubmitBody
from services.training.classes.waiting import service as waiting
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import REGISTRATION
from services.training.hints import OFFER_PLACES
from shared.db.session import note_hint
from shared.errors import FieldError
from shared.events.log import record as record_event
from shared.events.training_selection import SelectionFinished
from shared.identity import SYSTEM, Actor
from shared.workflow.apply import apply
from shared.workflow.apply_all import apply_all
from shared.workflow.definition import ActionBody

FINISH_AT_ONCE = 300


async def act_on_selection(
    session: AsyncSession, actor: Actor, plan_id: UUID, action: SelectionAction, body: ActionBody
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


async def _lock_open_selection(session: AsyncSession, actor: Actor, plan_id: UUID) -> None:
    """The unit's selection is there and locked. Raises ``NotFound`` and ``PlacesRefused`` (not open)."""
    schedule = await repository.schedule_of_own_plan(session, actor, plan_id)
    if schedule.id is None or schedule.status is None or not schedule.status.is_open:
        raise PlacesRefused(plan_not_open(schedule.opens_at))
    await repository.lock_selection(session, actor, plan_id, schedule.id)


def _leaves_unplaced(body: ActionBody) -> bool:
    return isinstance(body, SubmitBody) and body.leave_unplaced


async def finish_selections(session: AsyncSession, plan_id: UUID, *, but_lost: bool = False) -> int:
    """After the last deadline of a plan: its units with approved people that have not submitted count as if they had (STAFF-06). Some
    hundred of them; how many, so that the caller goes on in another unit of work until it is none. ``but_lost``: not those that
    lost places with a session that was called off, who may choose again (STAFF-14)."""
    units = await finish_repository.units_to_finish(session, plan_id, FINISH_AT_ONCE, but_lost=but_lost)
    held = await finish_repository.lock_selections(session, plan_id, units)
    await apply_all(session, SELECTION, held, SelectionAction.FINISH, actor=SYSTEM, held=True)
    return len(units)


@SELECTION.effect("announce_finish")
async def announce_finish(session: AsyncSession, selection: Selection, actor: Actor, body: ActionBody) -> None:
    """One selection by itself; the deadline finishes many."""
    await announce_finishes(session, [selection], actor, body)


@SELECTION.effect_of_many("announce_finish")
async def announce_finishes(
    session: AsyncSession, selections: Sequence[Selection], _actor: Actor, _body: ActionBody
) -> None:
    """Each unit is told how many of its people have a place and how many have a specialty without one; all are of one plan."""
    if not selections:
        return
    plan = selections[0].schedule.plan
    numbers = await finish_repository.people_of_units(session, plan.id, [each.unit_id for each in selections])
    for each in selections:
        placed, unplaced = numbers.get(each.unit_id, (0, 0))
        record_event(
            session,
            SelectionFinished(
                plan_id=plan.id, plan_name=plan.name, unit_id=each.unit_id, placed=placed, unplaced=unplaced
            ),
        )


@REGISTRATION.effect("give_seat_back")
async def give_seat_back(session: AsyncSession, registration: Registration, actor: Actor, body: ActionBody) -> None:
    """A returned person's seats and places are free again at once, and so is his place in a queue (STAFF-04, BEY-02)."""
    await give_seats_back(session, [registration], actor, body)


@REGISTRATION.effect_of_many("give_seat_back")
async def give_seats_back(
    session: AsyncSession, registrations: Sequence[Registration], _actor: Actor, _body: ActionBody
) -> None:
    """The same for many at once. The registrations are locked by the caller; then everything in the order of the whole house, each by
    id: people, entries of queues, sessions. The rest changes only rows that belong to these."""
    ids = [each.id for each in registrations]
    await seats.lock_people(session, (each.person_id for each in registrations))
    queueing = set(await finish_repository.lock_waiting(session, ids))
    await finish_repository.lock_sessions_of(session, ids)
    for each in registrations:
        if each.id in queueing:
            await waiting.lapse_entries_of(
                session, each.id, f"{each.staff.name}当前为“{each.status.label}”，不再是“审核通过”"
            )
    sessions, placements = await seats.remove_registrations(session, ids)
    await seats.free(session, sessions, placements)
    if placements:
        note_hint(session, OFFER_PLACES)
