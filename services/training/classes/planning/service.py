"""分班 before there are class sessions (STAFF-05): demand per 专业类别 and 培训类型, and a proposal that one only corrects. Reads only;
sessions are made by ``class_sessions``.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions import repository as class_sessions
from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.planning import repository
from services.training.classes.planning.dividing import Part, Person, Room, divide, left_over
from services.training.classes.planning.repository import Wish
from services.training.classes.planning.schemas import (
    DemandRead,
    DemandRow,
    ProposalAsked,
    ProposalRead,
    ProposedPlaces,
    ProposedSession,
)
from services.training.classes.planning.timing import Days, deadline_for, next_days, unknown_years
from services.training.classes.seats.rules import closed, free_places
from services.training.classes.selection.repository import class_sessions_of
from services.training.plans.calendar_service import calendar_of
from services.training.plans.choices import TrainingKind
from services.training.plans.models import NO_SPECIALTY, Plan
from services.training.plans.service import code_names
from shared.clock import beijing_today, now_utc
from shared.workdays import Calendar

USUAL_SIZE = 100
HOURS_A_DAY = 8
LEAD = timedelta(days=14)


async def read_demand(session: AsyncSession, plan_id: UUID) -> DemandRead:
    """Who is approved for what, and how much of it the sessions there are can hold. Raises ``NotFound``."""
    plan = await class_sessions.require_plan(session, plan_id)
    wishes = await repository.wishes_of(session, plan_id)
    rows = await class_sessions_of(session, plan_id)
    labels = await code_names(session)
    unplaced = sum(any(not each.placed for each in own) for own in wishes.values())
    return DemandRead(
        plan_id=plan.id,
        plan_name=plan.name,
        approved=len(wishes),
        placed=len(wishes) - unplaced,
        unplaced=unplaced,
        in_review=await repository.count_in_review(session, plan_id),
        rows=_demand_rows(plan, wishes, rows, labels),
    )


def _demand_rows(
    plan: Plan, wishes: Mapping[UUID, Sequence[Wish]], rows: Sequence[ClassSession], labels: Mapping[str, str]
) -> list[DemandRow]:
    """In the plan's order; a kind that nobody asks for and no session offers has no row."""
    approved, placed = Counter[tuple[TrainingKind, str]](), Counter[tuple[TrainingKind, str]]()
    for each in (wish for own in wishes.values() for wish in own):
        approved[each.kind, each.specialty_code] += 1
        placed[each.kind, each.specialty_code] += each.placed
    offered, free = Counter[tuple[TrainingKind, str]](), Counter[tuple[TrainingKind, str]]()
    for row in rows:
        for own in row.specialties:
            offered[row.training_kind, own.specialty_code] += row.capacity if own.places is None else own.places
            free[row.training_kind, own.specialty_code] += max(free_places(row, own.specialty_code), 0)
    codes = [each.specialty_code for each in plan.specialties] or [NO_SPECIALTY]
    return [
        DemandRow(
            specialty_code=code,
            specialty_label=labels.get(code, code),
            training_kind=kind,
            approved=approved[kind, code],
            placed=placed[kind, code],
            places=offered[kind, code],
            short=max(approved[kind, code] - placed[kind, code] - free[kind, code], 0),
        )
        for code in codes
        for kind in TrainingKind
        if approved[kind, code] or offered[kind, code]
    ]


async def propose(session: AsyncSession, plan_id: UUID, asked: ProposalAsked) -> ProposalRead:
    """Sessions for those who find no place in the ones there are. Raises ``NotFound``."""
    plan = await class_sessions.require_plan(session, plan_id)
    wishes = await repository.wishes_of(session, plan_id)
    rows = await class_sessions_of(session, plan_id)
    people = [person for own in wishes.values() if (person := _person(own)).lacks]
    left = left_over(people, _rooms(rows))
    size = asked.size or max((row.capacity for row in rows), default=USUAL_SIZE)
    calendar = await calendar_of(session)
    held = _held(calendar, plan, rows, asked, divide(left, size))
    labels = await code_names(session)
    first_no = max((row.session_no for row in rows), default=0) + 1
    place = asked.location or (rows[-1].location if rows else "")
    made = [_session(calendar, no, part, days, place, labels) for no, (part, days) in enumerate(held, first_no)]
    return ProposalRead(
        unplaced=len(people),
        fitting=len(people) - len(left),
        sessions=made,
        notes=_notes(await repository.count_in_review(session, plan_id), [days for _, days in held], place, calendar),
    )


def _person(own: Sequence[Wish]) -> Person:
    return Person(own[0].kind, frozenset(each.specialty_code for each in own if not each.placed))


def _rooms(rows: Sequence[ClassSession]) -> list[Room]:
    """Of sessions that can still be chosen."""
    now = now_utc()
    return [
        Room(
            row.training_kind,
            row.remaining,
            {own.specialty_code: free_places(row, own.specialty_code) for own in row.specialties},
        )
        for row in rows
        if closed(row, now) is None and row.results_at is None
    ]


def _held(
    calendar: Calendar, plan: Plan, rows: Sequence[ClassSession], asked: ProposalAsked, parts: Sequence[Part]
) -> list[tuple[Part, Days]]:
    """Each with its days, one after the other."""
    today = beijing_today(now_utc())
    days = asked.days or max(-(-plan.hours // HOURS_A_DAY), 1)
    first = asked.first_day or max(plan.registration_deadline, today) + LEAD
    taken = [Days(row.start_date, row.end_date, row.days) for row in rows]
    held = []
    for part in parts:
        found = next_days(calendar, max(first, today), days, taken)
        taken.append(found)
        held.append((part, found))
    return held


def _session(
    calendar: Calendar, number: int, part: Part, days: Days, place: str, labels: Mapping[str, str]
) -> ProposedSession:
    return ProposedSession(
        session_no=number,
        training_kind=part.kind,
        capacity=part.people,
        location=place,
        start_date=days.start,
        end_date=days.end,
        days=days.days,
        selection_deadline=deadline_for(calendar, days.start, beijing_today(now_utc())),
        specialties=[
            ProposedPlaces(
                specialty_code=code,
                specialty_label=labels.get(code, code),
                places=None if wanted == part.people else wanted,
            )
            for code, wanted in sorted(part.places.items())
        ],
    )


def _notes(in_review: int, days: Sequence[Days], place: str, calendar: Calendar) -> list[str]:
    notes = [f"还有 {in_review} 人待审核，没有计入"] if in_review else []
    if days and not place:
        notes.append("请填写培训地点")
    notes += [
        f"{year} 年的节假日安排尚未公布，只避开了周末和元旦、五一、国庆的法定假日，请公布后核对"
        for year in unknown_years(calendar, days)
    ]
    return notes
