"""All that decides about a click in one row of one session, read in one statement: most clicks in a rush are answered by it alone.
Nothing of it is a guard; what is written afterwards asks again by itself.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.workflow import ClassSessionStatus, ScheduleStatus
from services.training.classes.selection.workflow import SelectionStatus
from services.training.classes.waiting.models import SOMEBODY_FITS
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.workflow import EmploymentStatus
from services.training.plans.choices import TrainingKind
from shared.clock import beijing_today
from shared.errors import NotFound
from shared.identity import Actor

# ``mine`` waits for another click of the same unit, and ``seen`` is the row from before that wait: when they differ, all of it is old.
# People are those asked for and those who hold a place in this row. Where else there is room is of use only to who is refused.
_READ = text(f"""
WITH mine AS (
  SELECT id, version, status FROM selections WHERE unit_id = :unit_id AND plan_id = :plan_id FOR NO KEY UPDATE
)
SELECT schedules.id AS schedule_id, schedules.status AS schedule_status, schedules.opens_at AS plan_opens_at,
       mine.id AS selection_id, mine.version AS selection_version, mine.status AS selection_status,
       mine.version IS DISTINCT FROM seen.version AS outdated,
       c.id AS class_session_id, c.version, c.session_no, c.status, c.training_kind, c.capacity, c.taken, c.start_date, c.end_date,
       c.selection_deadline, c.opens_at, r.places, r.taken AS placed, s.label AS specialty_label,
       EXISTS (SELECT FROM score_sheets WHERE class_session_id = c.id AND status = 'published') AS results_are_out,
       {SOMEBODY_FITS} AS queue_first,
       (SELECT json_agg(json_build_array(registrations.id, registrations.person_id, staff_members.name, registrations.status,
               registrations.training_kind, staff_members.status, registered.specialty_code IS NOT NULL,
               placements.class_session_id, at.session_no, at.start_date, at.end_date, placements.waiting_entry_id IS NOT NULL,
               EXISTS (SELECT FROM seats WHERE registration_id = registrations.id AND class_session_id = c.id),
               EXISTS (SELECT FROM placements AS other WHERE other.registration_id = registrations.id
                  AND other.class_session_id = c.id AND other.specialty_code <> :specialty_code),
               EXISTS (SELECT FROM seats WHERE seats.person_id = registrations.person_id AND class_session_id <> c.id
                  AND during && daterange(c.start_date, c.end_date, '[]'))) ORDER BY registrations.id)
          FROM registrations JOIN staff_members ON staff_members.id = registrations.staff_id
          LEFT JOIN registration_specialties AS registered
                 ON registered.registration_id = registrations.id AND registered.specialty_code = :specialty_code
          LEFT JOIN placements
                 ON placements.registration_id = registrations.id AND placements.specialty_code = :specialty_code
          LEFT JOIN class_sessions AS at ON at.id = placements.class_session_id
         WHERE registrations.unit_id = :unit_id AND registrations.plan_id = plans.id
           AND (registrations.id = ANY(CAST(:asked AS uuid[])) OR placements.class_session_id = c.id)) AS people,
       (SELECT json_agg(json_build_array(o.id, o.session_no, o.start_date, o.end_date,
               least(o.capacity - o.taken, coalesce(q.places, o.capacity) - q.taken)) ORDER BY o.session_no)
          FROM class_sessions AS o JOIN session_specialties AS q ON q.class_session_id = o.id
         WHERE o.plan_id = plans.id AND o.id <> c.id AND o.training_kind = c.training_kind
           AND q.specialty_code = :specialty_code AND o.selection_deadline >= :today AND coalesce(o.opens_at <= :now, true)
           AND o.status = 'scheduled'
           AND o.taken < o.capacity AND q.taken < coalesce(q.places, o.capacity)) AS elsewhere
  FROM plans
  LEFT JOIN schedules ON schedules.plan_id = plans.id
  LEFT JOIN mine ON true
  LEFT JOIN selections AS seen ON seen.id = mine.id
  LEFT JOIN class_sessions AS c ON c.plan_id = plans.id AND c.id = :class_session_id
  LEFT JOIN session_specialties AS r ON r.class_session_id = c.id AND r.specialty_code = :specialty_code
  LEFT JOIN specialties AS s ON s.code = r.specialty_code
 WHERE plans.id = :plan_id AND EXISTS (SELECT FROM registrations WHERE unit_id = :unit_id AND plan_id = plans.id)""")  # noqa: S608  # a constant, no word of a caller
_KINDS = {each.value: each for each in TrainingKind}
_TAKING_PLACE = {each.value: each for each in ClassSessionStatus}
_EMPLOYMENT = {each.value: each for each in EmploymentStatus}
_STATUSES = {each.value: each for each in RegistrationStatus}
_SELECTION = {each.value: each for each in SelectionStatus}


@dataclass(frozen=True)
class Asked:
    """One person of the unit. ``at`` is where this specialty is placed already, ``offered`` that it is only offered there; ``seated``
    means a seat in this session, ``stays`` one that other specialties keep, ``clashes`` a seat elsewhere on one of the days."""

    id: UUID
    person_id: UUID
    name: str
    status: RegistrationStatus
    kind: TrainingKind
    employment: EmploymentStatus
    registered: bool
    at: "Elsewhere | None"
    offered: bool
    seated: bool
    stays: bool
    clashes: bool


@dataclass(frozen=True)
class Elsewhere:
    """Another session of the plan; ``free`` places of the specialty, where that was asked."""

    id: UUID
    session_no: int
    start_date: date
    end_date: date
    free: int = 0


@dataclass(frozen=True)
class Row:
    """The session and its row of the specialty; ``places`` empty means that the capacity alone binds. ``queue_first``: somebody who
    queues fits into what is free."""

    id: UUID
    version: int
    session_no: int
    status: ClassSessionStatus
    training_kind: TrainingKind
    capacity: int
    taken: int
    start_date: date
    end_date: date
    selection_deadline: date
    opens_at: datetime | None
    specialty_label: str | None
    places: int | None
    placed: int
    results_are_out: bool
    queue_first: bool


@dataclass(frozen=True)
class Situation:
    """``row`` is None when the plan has no such session, its ``specialty_label`` None when that does not teach the specialty."""

    schedule_id: UUID | None
    is_open: bool
    opens_at: datetime | None
    selection_id: UUID | None
    selection_version: int
    selection_status: SelectionStatus | None
    row: Row | None
    people: Sequence[Asked]
    elsewhere: Sequence[Elsewhere]


async def read_situation(
    session: AsyncSession,
    actor: Actor,
    plan_id: UUID,
    class_session_id: UUID,
    specialty_code: str,
    asked: Collection[UUID],
    now: datetime,
) -> Situation:
    """As it is now; the unit's selection, where there is one, stays locked. Raises ``NotFound`` when the unit has nobody in the plan."""
    parameters = {
        "unit_id": actor.organisation_id,
        "plan_id": plan_id,
        "class_session_id": class_session_id,
        "specialty_code": specialty_code,
        "asked": list(asked),
        "today": beijing_today(now),
        "now": now,
    }
    found = (await session.execute(_READ, parameters)).one_or_none()
    if found is not None and found.outdated:
        found = (await session.execute(_READ, parameters)).one_or_none()
    if found is None:
        raise NotFound
    return Situation(
        schedule_id=found.schedule_id,
        is_open=found.schedule_status in ScheduleStatus.is_open,
        opens_at=found.plan_opens_at,
        selection_id=found.selection_id,
        selection_version=found.selection_version or 0,
        selection_status=_SELECTION[found.selection_status] if found.selection_status else None,
        row=_row(found) if found.class_session_id else None,
        people=[_asked(*each) for each in found.people or ()],
        elsewhere=[_elsewhere(*each) for each in found.elsewhere or ()],
    )


def _row(found: Any) -> Row:
    return Row(
        id=found.class_session_id,
        version=found.version,
        session_no=found.session_no,
        status=_TAKING_PLACE[found.status],
        training_kind=_KINDS[found.training_kind],
        capacity=found.capacity,
        taken=found.taken,
        start_date=found.start_date,
        end_date=found.end_date,
        selection_deadline=found.selection_deadline,
        opens_at=found.opens_at,
        specialty_label=found.specialty_label,
        places=found.places,
        placed=found.placed or 0,
        results_are_out=found.results_are_out,
        queue_first=found.queue_first,
    )


def _asked(
    registration_id: str,
    person_id: str,
    name: str,
    status: str,
    kind: str,
    employment: str,
    registered: bool,
    at: str | None,
    session_no: int,
    start: str,
    end: str,
    *facts: bool,
) -> Asked:
    offered, seated, stays, clashes = facts
    return Asked(
        id=UUID(registration_id),
        person_id=UUID(person_id),
        name=name,
        status=_STATUSES[status],
        kind=_KINDS[kind],
        employment=_EMPLOYMENT[employment],
        registered=registered,
        at=_elsewhere(at, session_no, start, end) if at else None,
        offered=offered,
        seated=seated,
        stays=stays,
        clashes=clashes,
    )


def _elsewhere(class_session_id: str, session_no: int, start: str, end: str, free: int = 0) -> Elsewhere:
    return Elsewhere(UUID(class_session_id), session_no, date.fromisoformat(start), date.fromisoformat(end), free)
