"""Queries of attendance: who sits in a class session, who was there on which day, and what its plan asks for (BEY-15). An office sees the
people of its region (PLAT-06).
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.class_sessions.workflow import ATTENDED_DAYS
from services.training.classes.seats.models import Seat
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.repository import visible_to
from services.training.people.personnel.models import Person, StaffMember
from services.training.plans.models import Plan
from services.training.results.attendance.models import Attendance
from services.training.results.attendance.workflow import Means
from services.training.results.scores.models import ScoreSheet
from services.training.results.scores.workflow import ScoreSheetStatus
from shared.db.history import History, RecordType
from shared.db.rows import named_rows
from shared.identity import Actor
from shared.reference.pinyin import folded


async def days_attended(session: AsyncSession, class_session_id: UUID) -> dict[UUID, int]:
    """Registration → days on which the person was there; who never came is not among them."""
    counted = select(Attendance.registration_id, func.count()).where(Attendance.class_session_id == class_session_id)
    rows = await session.execute(counted.group_by(Attendance.registration_id))
    return {row[0]: row[1] for row in rows}


async def asked_of(session: AsyncSession, class_session_id: UUID) -> tuple[int | None, int]:
    """(percent of the days that the plan asks for, None when it asks for none; training days of the session, at most as many as
    there are dates)."""
    span = ClassSession.end_date - ClassSession.start_date + 1
    asked = (
        select(Plan.minimum_attendance, func.least(ClassSession.days, span))
        .join(ClassSession, ClassSession.plan_id == Plan.id)
        .where(ClassSession.id == class_session_id)
    )
    percent, days = (await session.execute(asked)).one()
    return percent, days


async def seated_in(session: AsyncSession, class_session_id: UUID) -> set[UUID]:
    """The registrations that have a seat in the session."""
    return set(await session.scalars(select(Seat.registration_id).where(Seat.class_session_id == class_session_id)))


async def get_class_session(session: AsyncSession, class_session_id: UUID) -> tuple[ClassSession, Plan] | None:
    """The class session of a code, with its plan."""
    found = select(ClassSession, Plan).join(Plan, Plan.id == ClassSession.plan_id)
    row = (await session.execute(found.where(ClassSession.id == class_session_id))).unique().one_or_none()
    return None if row is None else (row[0], row[1])


class Bearer(NamedTuple):
    """Somebody with a seat, by name and number; ``id`` is the seat's."""

    id: UUID
    registration_id: UUID
    name: str
    resident_id: str


async def people_called(session: AsyncSession, class_session_id: UUID, name: str) -> list[Bearer]:
    """Those in the session who bear exactly this name."""
    # The folded name is the first line of what a name is searched by.
    exactly = StaffMember.name_search.startswith(f"{folded(name)}\n", autoescape=True)
    found = (
        select(Seat.id, Seat.registration_id, StaffMember.name, Person.resident_id)
        .join(Registration, Registration.id == Seat.registration_id)
        .join(StaffMember, StaffMember.id == Registration.staff_id)
        .join(Person, Person.id == Registration.person_id)
        .where(Seat.class_session_id == class_session_id, exactly)
    )
    return await named_rows(session, found, Bearer)


async def hold_seats(
    session: AsyncSession, class_session_id: UUID, seat_id: UUID | None = None, registration_id: UUID | None = None
) -> set[UUID]:
    """The registrations of these seats, locked in id order: marks of one person are made one after the other, so that each finds its
    place in the person's history. The registrations come first, as for whoever publishes results: no mark is made meanwhile."""
    seated = select(Registration.id).join(Seat, Seat.registration_id == Registration.id)
    seated = seated.where(Seat.class_session_id == class_session_id).order_by(Registration.id)
    held = select(Seat.registration_id).where(Seat.class_session_id == class_session_id).order_by(Seat.id)
    if seat_id is not None:
        seated, held = seated.where(Seat.id == seat_id), held.where(Seat.id == seat_id)
    if registration_id is not None:
        mine = Seat.registration_id == registration_id
        seated, held = seated.where(mine), held.where(mine)
    await session.execute(seated.with_for_update(of=Registration, read=True, key_share=True))
    return set(await session.scalars(held.with_for_update(of=Seat, key_share=True)))


async def noted_since(session: AsyncSession, record: RecordType, record_id: UUID, action: str, since: datetime) -> int:
    """How often this stands in the history of a record; who holds the row that it is kept under sees all of it."""
    noted = select(func.count()).where(
        History.record_type == record.name,
        History.record_id == record_id,
        History.action == action,
        History.at >= since,
    )
    return (await session.execute(noted)).scalar_one()


async def mark(session: AsyncSession, registration_ids: Collection[UUID], **values: object) -> set[UUID]:
    """The registrations that were not there before on that day; ``values`` are the other columns."""
    if not registration_ids:
        return set()
    rows = [{"registration_id": each, **values} for each in registration_ids]
    made = insert(Attendance).values(rows).on_conflict_do_nothing()
    return set(await session.scalars(made.returning(Attendance.registration_id)))


async def unmark_list(session: AsyncSession, class_session_id: UUID, day: date, keep: Collection[UUID]) -> set[UUID]:
    """The registrations whose list mark of that day is gone; those in ``keep`` and those who used the code stay."""
    gone = delete(Attendance).where(
        Attendance.class_session_id == class_session_id,
        Attendance.day == day,
        Attendance.means == Means.LIST,
        Attendance.registration_id.not_in(keep),
    )
    gone = gone.execution_options(synchronize_session=False)
    return set(await session.scalars(gone.returning(Attendance.registration_id)))


async def unmark_listed(session: AsyncSession, class_session_id: UUID, day: date, registration_id: UUID) -> set[UUID]:
    """The registration, if its list mark of that day is gone now; one that used the code stays."""
    gone = delete(Attendance).where(
        Attendance.class_session_id == class_session_id,
        Attendance.day == day,
        Attendance.means == Means.LIST,
        Attendance.registration_id == registration_id,
    )
    gone = gone.execution_options(synchronize_session=False)
    return set(await session.scalars(gone.returning(Attendance.registration_id)))


async def unmark(session: AsyncSession, registration_id: UUID, *, class_session_id: UUID, day: date) -> bool:
    """Takes away the person's mark of that day, however it came about; False when there is none."""
    gone = delete(Attendance).where(
        Attendance.class_session_id == class_session_id,
        Attendance.day == day,
        Attendance.registration_id == registration_id,
    )
    gone = gone.execution_options(synchronize_session=False)
    return await session.scalar(gone.returning(Attendance.registration_id)) is not None


class Attendant(NamedTuple):
    registration_id: UUID
    name: str
    unit_name: str


async def people_of(session: AsyncSession, actor: Actor, class_session_id: UUID) -> list[Attendant]:
    """Those who sit in the session and whom the actor may see, by unit and name."""
    found = (
        select(Registration.id, StaffMember.name, Registration.unit_name)
        .join(Seat, Seat.registration_id == Registration.id)
        .join(StaffMember, StaffMember.id == Registration.staff_id)
        .where(Seat.class_session_id == class_session_id, visible_to(actor))
        .order_by(Registration.unit_name, StaffMember.name_key, Registration.id)
    )
    return await named_rows(session, found, Attendant)


async def marks_of(session: AsyncSession, class_session_id: UUID) -> Sequence[Attendance]:
    """Every mark of the session, by day."""
    found = select(Attendance).where(Attendance.class_session_id == class_session_id).order_by(Attendance.day)
    return (await session.scalars(found.execution_options(populate_existing=True))).all()


async def results_are_out(session: AsyncSession, class_session_id: UUID) -> bool:
    """Whether the session's results are published, and its certificates decided."""
    published = ScoreSheet.status.in_(ScoreSheetStatus.is_out)
    return bool(await session.scalar(select(exists().where(ScoreSheet.id == class_session_id, published))))


@ATTENDED_DAYS.answer
async def attended_days(session: AsyncSession, class_session_id: UUID) -> tuple[date, date] | None:
    """First and last day on which somebody was there; None when nobody has been (STAFF-14)."""
    days = select(func.min(Attendance.day), func.max(Attendance.day))
    first, last = (await session.execute(days.where(Attendance.class_session_id == class_session_id))).one()
    return None if first is None else (first, last)
