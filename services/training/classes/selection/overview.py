"""What a unit sees of its selection in a plan: the header with its three numbers, the people without a place and why, the session cards,
and who sits where (TRN-65…71). Reads only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession, Schedule
from services.training.classes.seats.rules import (
    LEFT_UNIT,
    closed,
    free_places,
    not_approved,
    opens_later,
    plan_not_open,
)
from services.training.classes.selection import refusals, repository
from services.training.classes.selection.models import Selection
from services.training.classes.selection.repository import Place
from services.training.classes.selection.schemas import (
    Operation,
    PlacedPerson,
    PlacedRow,
    PlacedSession,
    PlacementsOfPlan,
    PlanHeader,
    SelectionRead,
    SessionCard,
    SessionRow,
    SpecialtyState,
    UnplacedPerson,
    WaitingPerson,
)
from services.training.classes.selection.workflow import SELECTION
from services.training.enrolment.registrations.models import Registration
from services.training.people.personnel.namesakes import masked_ids
from services.training.plans.models import NO_SPECIALTY, Plan
from shared.clock import end_of_beijing_day, now_utc
from shared.identity import Actor
from shared.workflow.buttons import AllowedAction, allowed_actions
from shared.workflow.definition import Refusal

NOTHING_FITS = "您选择的专业类别未开班！"


@dataclass(frozen=True)
class State:
    """Everything of one unit in one plan. ``rows`` is empty until selection is open; ``placements`` maps
    (registration, specialty) to the place."""

    plan: Plan
    schedule: Schedule | None
    selection: Selection | None
    rows: Sequence[ClassSession]
    registrations: Sequence[Registration]
    placements: dict[tuple[UUID, str], Place]
    now: datetime

    @property
    def is_open(self) -> bool:
        return self.schedule is not None and self.schedule.status.is_open

    @property
    def not_open(self) -> Refusal | None:
        """Why nothing can be chosen yet in the whole plan."""
        return None if self.is_open else plan_not_open(self.opens_at)

    @property
    def opens_at(self) -> datetime | None:
        return self.schedule.opens_at if self.schedule else None

    @property
    def accepted(self) -> set[tuple[UUID, str]]:
        """Placed people and specialties; an offer of the queue is none until it is accepted (BEY-02)."""
        return {each for each, place in self.placements.items() if not place.offered}

    @cached_property
    def ids(self) -> dict[UUID, str]:
        """By registration, of those whose name somebody else of the unit has in the plan as well."""
        return masked_ids((each.id, each.staff) for each in self.registrations)

    @property
    def approved(self) -> list[Registration]:
        return [each for each in self.registrations if each.status.takes_a_seat]

    @property
    def choosing(self) -> list[Registration]:
        """Who can be placed: who has left holds nothing up, and keeps what he has."""
        return [each for each in self.approved if each.staff.status.is_in_post]


async def load(session: AsyncSession, actor: Actor, plan_id: UUID) -> State:
    """The unit's state in the plan as it is now; raises ``NotFound`` when the unit has nobody in it."""
    plan = await repository.require_plan(session, actor, plan_id)
    schedule = await repository.get_schedule(session, plan_id)
    is_open = schedule is not None and schedule.status.is_open
    return State(
        plan=plan,
        schedule=schedule,
        selection=await repository.get_selection(session, actor, plan_id),
        rows=await repository.class_sessions_of(session, plan_id) if is_open else (),
        registrations=await repository.registrations_of(session, actor, plan_id),
        placements=await repository.placements_of(session, actor, plan_id),
        now=now_utc(),
    )


def person(registration: Registration, ids: Mapping[UUID, str]) -> dict[str, object]:
    """The columns of every list of people here; ``ids`` are of those whose name another has (``masked_ids``); age in whole years on the
    registration deadline (TRN-39)."""
    staff = registration.staff
    return {
        **{name: getattr(staff, name) for name in ("name", "sex", "title_level", "title_level_label", "title")},
        "registration_id": registration.id,
        "employment": staff.status,
        "masked_id": ids.get(registration.id),
        "age": staff.person.age_on(registration.plan.registration_deadline),
        "training_kind": registration.training_kind,
    }


def unplaced_people(state: State) -> list[UnplacedPerson]:
    """Approved people, 在职, with a specialty that has no place, those specialties named (TRN-66), each with what stands in the way
    (FAQ-M4)."""
    found, accepted = [], state.accepted
    for each in state.choosing:
        specialties = [
            _specialty_state(state, each, row.specialty_code, row.specialty.label)
            for row in each.specialties
            if (each.id, row.specialty_code) not in accepted
        ]
        if specialties:
            found.append(UnplacedPerson(**person(each, state.ids), specialties=specialties))
    return found


def _specialty_state(state: State, registration: Registration, code: str, specialty_label: str) -> SpecialtyState:
    refusal = state.not_open or _hindrance(state, registration, code)
    return SpecialtyState(
        specialty_code=code,
        specialty_label=specialty_label,
        code=refusal.code if refusal else None,
        reason=refusal.reason if refusal else None,
    )


def _hindrance(state: State, registration: Registration, code: str) -> Refusal | None:
    if (registration.id, code) in state.placements:
        return refusals.OFFER_PENDING
    own = {place.class_session_id for (owner, _), place in state.placements.items() if owner == registration.id}
    return refusals.unplaceable(registration, code, state.rows, own, state.now)


def _waiting(state: State) -> list[WaitingPerson]:
    waiting = [(each, _unplaceable_person(state, each)) for each in state.registrations]
    return [
        WaitingPerson(**person(each, state.ids), code=refusal.code, reason=refusal.reason)
        for each, refusal in waiting
        if refusal
    ]


def _unplaceable_person(state: State, each: Registration) -> Refusal | None:
    """Why nothing is chosen for this person at all; not said of who has left with all that he was registered for."""
    if not each.status.takes_a_seat:
        return not_approved(each.status)
    placed = all((each.id, row.specialty_code) in state.accepted for row in each.specialties)
    return None if each.staff.status.is_in_post or placed else LEFT_UNIT


async def read_selection(session: AsyncSession, actor: Actor, plan_id: UUID) -> SelectionRead:
    """The detail page (TRN-66…68)."""
    state = await load(session, actor, plan_id)
    selection = state.selection or Selection(status=SELECTION.initial, version=0, schedule=state.schedule)
    wanted = {(each.training_kind, row.specialty_code) for each in state.choosing for row in each.specialties}
    taught = {(row.training_kind, each.specialty_code) for row in state.rows for each in row.specialties}
    nothing_fits = state.is_open and bool(wanted) and not wanted & taught
    unplaced = unplaced_people(state)
    registered = await repository.approved_by_specialty(session, plan_id)
    return SelectionRead(
        plan=PlanHeader.of(state.plan),
        status=selection.status,
        open=state.is_open,
        opens_at=state.opens_at,
        nothing_fits=nothing_fits,
        message=NOTHING_FITS if nothing_fits else state.not_open.reason if state.not_open else "",
        has_specialties=bool(state.plan.specialties),
        placed=len({registration_id for registration_id, _ in state.accepted}),
        unplaced=len(unplaced),
        approved=len(state.approved),
        unplaced_people=unplaced,
        waiting_people=_waiting(state),
        class_sessions=[_card(state, row, registered, selection) for row in state.rows],
        version=selection.version,
        allowed_actions=_actions(state, selection, actor),
    )


def _actions(state: State, selection: Selection, actor: Actor) -> list[AllowedAction]:
    """Addressed by the plan, as the whole selection is, which is not even kept before the first place."""
    if not state.is_open:
        return []
    return allowed_actions(SELECTION, selection, actor, state.now, known_as=state.plan.id)


def _card(state: State, row: ClassSession, registered: dict[str, int], selection: Selection) -> SessionCard:
    refusal = refusals.finished(selection.status) or opens_later(row, state.now) or closed(row, state.now)
    own = [code for (_, code), place in state.placements.items() if place.class_session_id == row.id]
    return SessionCard.of(
        row,
        class_session_id=row.id,
        closes_at=end_of_beijing_day(row.selection_deadline),
        specialties=[each.specialty.label for each in row.specialties if each.specialty_code != NO_SPECIALTY],
        rows=[
            SessionRow.of(
                each,
                registered=registered.get(each.specialty_code, 0),
                remaining=free_places(row, each.specialty_code),
                own=own.count(each.specialty_code),
            )
            for each in row.specialties
        ],
        operation=Operation.VIEW if refusal else Operation.SELECT,
        code=refusal.code if refusal else None,
        reason=refusal.reason if refusal else None,
    )


async def read_placements(session: AsyncSession, actor: Actor, plan_id: UUID) -> PlacementsOfPlan:
    """查看 (TRN-71): who of the unit sits where, per session and specialty; sessions without anybody of it as well."""
    state = await load(session, actor, plan_id)
    return PlacementsOfPlan(
        plan=PlanHeader.of(state.plan),
        has_specialties=bool(state.plan.specialties),
        class_sessions=[_placed(state, row) for row in state.rows],
    )


def _placed(state: State, row: ClassSession) -> PlacedSession:
    def people(code: str) -> list[PlacedPerson]:
        places = [(each, state.placements.get((each.id, code))) for each in state.registrations]
        here = [(each, place) for each, place in places if place and place.class_session_id == row.id]
        return [PlacedPerson(**person(each, state.ids), offered=place.offered) for each, place in here]

    rows = [PlacedRow.of(each, people=people(each.specialty_code)) for each in row.specialties]
    return PlacedSession.of(row, class_session_id=row.id, rows=rows)
