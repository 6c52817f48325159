"""The statements that take and free places (BEY-01). Each is guarded, and what it counts is what it really inserted or deleted; nothing is
read first and written after. The order is the same everywhere, so that two transactions never wait for each other: registrations by
id, people by id, seats and placements, the session's row, then its specialty rows by code. A unit's own click is one statement of the
same parts, in ``selection.moving``; those here are for offers and returns.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from psycopg.errors import ExclusionViolation
from sqlalchemy import Date, Executable, delete, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession, SessionSpecialty
from services.training.classes.seats.models import LostPlace, Placement, Seat
from services.training.people.personnel.repository import lock_people as lock_people
from shared.identifiers import new_id

# What these statements change is read again by whoever wants it, not looked for among objects in memory.
_ROWS = {"synchronize_session": False}


class SeatsOverlap(Exception):
    """Somebody sits elsewhere on one of these days; the transaction is as before the attempt."""


@dataclass(frozen=True)
class Bound:
    """A counter after the change; ``limit`` None means that nothing binds here."""

    limit: int | None
    taken: int


async def take_seats(
    session: AsyncSession, row: ClassSession, unit_id: UUID, people: Collection[tuple[UUID, UUID]]
) -> int:
    """One seat for each (registration id, person id) that has none in this session yet; the number really made.
    Raises ``SeatsOverlap``."""
    if not people:
        return 0
    during = func.daterange(literal(row.start_date, Date), literal(row.end_date, Date), "[]")
    values = [
        {
            "id": new_id(),
            "class_session_id": row.id,
            "person_id": person_id,
            "registration_id": registration_id,
            "unit_id": unit_id,
            "during": during,
        }
        for registration_id, person_id in people
    ]
    made = insert(Seat).values(values).on_conflict_do_nothing(index_elements=["class_session_id", "person_id"])
    try:
        async with session.begin_nested():
            return len((await session.scalars(made.returning(Seat.id))).all())
    except IntegrityError as error:
        if isinstance(error.orig, ExclusionViolation):
            raise SeatsOverlap from error
        raise


async def add_placements(
    session: AsyncSession, class_session_id: UUID, specialty_code: str, registration_ids: Collection[UUID]
) -> set[UUID]:
    """The registrations that were placed; one that has this specialty in another session already is not among them."""
    if not registration_ids:
        return set()
    seated = select(Seat.registration_id, literal(specialty_code), Seat.class_session_id, Seat.id, Seat.unit_id).where(
        Seat.class_session_id == class_session_id, Seat.registration_id.in_(registration_ids)
    )
    columns = ["registration_id", "specialty_code", "class_session_id", "seat_id", "unit_id"]
    placed = insert(Placement).from_select(columns, seated).on_conflict_do_nothing()
    return set(await session.scalars(placed.returning(Placement.registration_id)))


async def remove_placements(
    session: AsyncSession, class_session_id: UUID, specialty_code: str, registration_ids: Collection[UUID]
) -> tuple[int, int]:
    """(placements gone, seats gone): a seat goes with the person's last placement there (X11)."""
    if not registration_ids:
        return 0, 0
    gone = delete(Placement).where(
        Placement.class_session_id == class_session_id,
        Placement.specialty_code == specialty_code,
        Placement.registration_id.in_(registration_ids),
    )
    seat_ids = (await session.scalars(gone.returning(Placement.seat_id))).all()
    empty = delete(Seat).where(Seat.id.in_(seat_ids), ~exists().where(Placement.seat_id == Seat.id))
    freed = (await session.scalars(empty.returning(Seat.id), execution_options=_ROWS)).all()
    return len(seat_ids), len(freed)


async def remove_registrations(
    session: AsyncSession, registration_ids: Collection[UUID]
) -> tuple[list[UUID], list[tuple[UUID, str]]]:
    """Everything that these registrations hold: (sessions of their seats, (session, specialty) of their placements), all deleted."""
    gone = delete(Placement).where(Placement.registration_id.in_(registration_ids))
    rows = await session.execute(
        gone.returning(Placement.class_session_id, Placement.specialty_code), execution_options=_ROWS
    )
    placements = sorted((row[0], row[1]) for row in rows)
    freed = delete(Seat).where(Seat.registration_id.in_(registration_ids)).returning(Seat.class_session_id)
    return sorted(await session.scalars(freed, execution_options=_ROWS)), placements


async def count_seats(session: AsyncSession, row: ClassSession, change: int) -> Bound | None:
    """Moves the session's counter; None when the seats do not fit, or when the session itself was changed meanwhile."""
    statement = update(ClassSession).where(
        ClassSession.id == row.id,
        ClassSession.version == row.version,
        ClassSession.taken + change <= ClassSession.capacity,
    )
    return await _moved(
        session,
        statement.values(taken=ClassSession.taken + change).returning(ClassSession.capacity, ClassSession.taken),
    )


async def count_places(session: AsyncSession, class_session_id: UUID, specialty_code: str, change: int) -> Bound | None:
    """Moves a specialty's counter; None when 限制人数 does not allow it."""
    taken = SessionSpecialty.taken + change
    statement = update(SessionSpecialty).where(
        SessionSpecialty.class_session_id == class_session_id,
        SessionSpecialty.specialty_code == specialty_code,
        or_(SessionSpecialty.places.is_(None), taken <= SessionSpecialty.places),
    )
    return await _moved(
        session, statement.values(taken=taken).returning(SessionSpecialty.places, SessionSpecialty.taken)
    )


async def _moved(session: AsyncSession, statement: Executable) -> Bound | None:
    found = (await session.execute(statement, execution_options=_ROWS)).one_or_none()
    return None if found is None else Bound(found[0], found[1])


async def free(
    session: AsyncSession, class_session_ids: Sequence[UUID], placements: Sequence[tuple[UUID, str]]
) -> None:
    """Takes freed seats and places off the counters, session by session in id order; each place given up is counted (BEY-02)."""
    for each in sorted({*class_session_ids, *(placed for placed, _ in placements)}):
        codes = Counter(code for placed, code in placements if placed == each)
        less = {
            "taken": ClassSession.taken - class_session_ids.count(each),
            "freed": ClassSession.freed + codes.total(),
        }
        await session.execute(update(ClassSession).where(ClassSession.id == each).values(less), execution_options=_ROWS)
        for code in sorted(codes):
            row = (SessionSpecialty.class_session_id == each) & (SessionSpecialty.specialty_code == code)
            fewer = update(SessionSpecialty).where(row).values(taken=SessionSpecialty.taken - codes[code])
            await session.execute(fewer, execution_options=_ROWS)


async def hold_places(
    session: AsyncSession,
    entry_id: UUID,
    class_session_id: UUID,
    specialty_code: str,
    registration_ids: Collection[UUID],
) -> None:
    """The places that these people were just given are the waiting entry's until it is accepted."""
    held = update(Placement).where(
        Placement.registration_id.in_(registration_ids),
        Placement.specialty_code == specialty_code,
        Placement.class_session_id == class_session_id,
    )
    await session.execute(held.values(waiting_entry_id=entry_id), execution_options=_ROWS)


async def keep_places(session: AsyncSession, entry_id: UUID) -> int:
    """The waiting entry's places are like any other from now on; how many there are."""
    kept = update(Placement).where(Placement.waiting_entry_id == entry_id).values(waiting_entry_id=None)
    return len((await session.scalars(kept.returning(Placement.registration_id), execution_options=_ROWS)).all())


async def change_unit(session: AsyncSession, registration_ids: Collection[UUID], unit_id: UUID) -> None:
    """Seats and places of these registrations are the unit's from now on (BEY-14)."""
    for model in (Seat, Placement):
        moved = update(model).where(model.registration_id.in_(registration_ids)).values(unit_id=unit_id)
        await session.execute(moved, execution_options=_ROWS)


async def note_lost(session: AsyncSession, class_session_id: UUID, registration_ids: Collection[UUID]) -> None:
    """What these people hold in the session is about to be lost, by no doing of theirs (STAFF-14)."""
    held = select(Placement.registration_id, Placement.specialty_code).where(
        Placement.class_session_id == class_session_id, Placement.registration_id.in_(registration_ids)
    )
    noted = insert(LostPlace).from_select(["registration_id", "specialty_code"], held)
    await session.execute(noted.on_conflict_do_nothing())


async def lost_among(session: AsyncSession, registration_ids: Collection[UUID], specialty_code: str) -> set[UUID]:
    """Those of them who lost a place for that specialty and have had none since."""
    found = select(LostPlace.registration_id).where(
        LostPlace.registration_id.in_(registration_ids), LostPlace.specialty_code == specialty_code
    )
    return set(await session.scalars(found))


async def settle_lost(session: AsyncSession, registration_ids: Collection[UUID], specialty_code: str) -> None:
    """A place was given to them again; a unit's own click does the same within its statement."""
    gone = delete(LostPlace).where(
        LostPlace.registration_id.in_(registration_ids), LostPlace.specialty_code == specialty_code
    )
    await session.execute(gone, execution_options=_ROWS)


async def remove_people(session: AsyncSession, class_session_id: UUID, registration_ids: Collection[UUID]) -> None:
    """All that these people hold in the session, taken off its counters."""
    if not registration_ids:
        return
    gone = delete(Placement).where(
        Placement.class_session_id == class_session_id, Placement.registration_id.in_(registration_ids)
    )
    codes = (await session.scalars(gone.returning(Placement.specialty_code), execution_options=_ROWS)).all()
    empty = delete(Seat).where(Seat.class_session_id == class_session_id, Seat.registration_id.in_(registration_ids))
    freed = (await session.scalars(empty.returning(Seat.id), execution_options=_ROWS)).all()
    await free(session, [class_session_id] * len(freed), [(class_session_id, code) for code in codes])


async def move_days(session: AsyncSession, class_session_id: UUID, start: date, end: date) -> None:
    """The seats of the session hold these days from now on; nobody of them sits elsewhere then."""
    during = func.daterange(literal(start, Date), literal(end, Date), "[]")
    moved = update(Seat).where(Seat.class_session_id == class_session_id).values(during=during)
    await session.execute(moved, execution_options=_ROWS)
