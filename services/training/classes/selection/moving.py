"""A unit's click in one row of one session as one statement (BEY-01, TRN-69): its selection, locks, seats, placements and both counters,
all or nothing. The last two steps touch the rows that everybody wants, so that these are held for as short as can be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.seats.repository import Bound
from services.training.classes.waiting.models import SOMEBODY_FITS
from shared.identifiers import new_id

# To be read in the order of its parts, which is the order of the locks of the whole house: each asks how many rows the one before gave.
# ``mine`` makes the unit's selection or takes it one version on, by which another click of the unit sees that it must read again.
# ``held`` waits for a return under way, and then no longer finds the person approved. Who sits there already, for another specialty,
# keeps that seat. While somebody who queues fits into what is free, it is not for who comes now (BEY-02).
_MOVE = text(f"""
WITH mine AS (
  INSERT INTO selections (id, unit_id, plan_id, schedule_id, status, version)
  VALUES (:selection_id, :unit_id, :plan_id, :schedule_id, 'selecting', 1)
  ON CONFLICT (unit_id, plan_id) DO UPDATE SET version = selections.version + 1, updated_at = now()
   WHERE selections.version = :selection_version AND selections.status = 'selecting'
  RETURNING id
), held AS (
  SELECT id, person_id FROM registrations
   WHERE EXISTS (SELECT FROM mine) AND id = ANY(CAST(:changed AS uuid[])) AND unit_id = :unit_id AND plan_id = :plan_id
     AND (status = 'approved' OR id = ANY(CAST(:removed AS uuid[])))
   ORDER BY id FOR NO KEY UPDATE
), person AS (
  SELECT id FROM people WHERE id IN (SELECT person_id FROM held) ORDER BY id FOR NO KEY UPDATE
), gone AS (
  DELETE FROM placements
   WHERE class_session_id = :class_session_id AND specialty_code = :specialty_code
     AND registration_id = ANY(CAST(:removed AS uuid[])) AND waiting_entry_id IS NULL
     AND (SELECT count(*) FROM person) = cardinality(CAST(:changed AS uuid[]))
  RETURNING seat_id
), emptied AS (
  DELETE FROM seats
   WHERE id IN (SELECT seat_id FROM gone)
     AND NOT EXISTS (SELECT FROM placements WHERE seat_id = seats.id AND specialty_code <> :specialty_code)
  RETURNING id
), made AS (
  INSERT INTO seats (id, class_session_id, person_id, registration_id, unit_id, during)
  SELECT wanted.seat_id, class_sessions.id, held.person_id, held.id, :unit_id, daterange(start_date, end_date, '[]')
    FROM unnest(CAST(:added AS uuid[]), CAST(:seat_ids AS uuid[])) AS wanted (id, seat_id)
    JOIN held ON held.id = wanted.id JOIN class_sessions ON class_sessions.id = :class_session_id
   WHERE (SELECT count(*) FROM person) = cardinality(CAST(:changed AS uuid[]))
  ON CONFLICT (class_session_id, person_id) DO NOTHING
  RETURNING id, registration_id
), placed AS (
  INSERT INTO placements (registration_id, specialty_code, class_session_id, seat_id, unit_id)
  SELECT registration_id, :specialty_code, :class_session_id, id, :unit_id FROM made
   UNION ALL
  SELECT registration_id, :specialty_code, class_session_id, id, unit_id FROM seats
   WHERE class_session_id = :class_session_id AND registration_id = ANY(CAST(:added AS uuid[]))
  ON CONFLICT DO NOTHING
  RETURNING registration_id
), settled AS (
  DELETE FROM lost_places WHERE specialty_code = :specialty_code AND registration_id IN (SELECT registration_id FROM placed)
), seated AS (
  UPDATE class_sessions AS c
     SET taken = taken + (SELECT count(*) FROM made) - (SELECT count(*) FROM emptied),
         freed = freed + cardinality(CAST(:removed AS uuid[]))
   WHERE id = :class_session_id AND version = :version
     AND taken + (SELECT count(*) FROM made) - (SELECT count(*) FROM emptied) <= capacity
     AND (SELECT count(*) FROM gone) = cardinality(CAST(:removed AS uuid[]))
     AND (SELECT count(*) FROM placed) = cardinality(CAST(:added AS uuid[]))
     AND (cardinality(CAST(:added AS uuid[])) = 0 OR NOT {SOMEBODY_FITS})
  RETURNING capacity, taken
)
UPDATE session_specialties AS r
   SET taken = r.taken + cardinality(CAST(:added AS uuid[])) - cardinality(CAST(:removed AS uuid[]))
  FROM seated
 WHERE class_session_id = :class_session_id AND specialty_code = :specialty_code
   AND r.taken + cardinality(CAST(:added AS uuid[])) - cardinality(CAST(:removed AS uuid[])) <= coalesce(r.places, 2147483647)
RETURNING seated.capacity, seated.taken, r.places, r.taken""")  # noqa: S608  # a constant, no word of a caller


@dataclass(frozen=True)
class Move:
    """Registrations ``added`` to and ``removed`` from one row of a class session, both as they were read: the session in that
    ``version``, the unit's selection in its own, 0 when it is still to be made."""

    unit_id: UUID
    plan_id: UUID
    schedule_id: UUID
    selection_id: UUID
    selection_version: int
    class_session_id: UUID
    version: int
    specialty_code: str
    added: Sequence[UUID]
    removed: Sequence[UUID]


async def move_places(session: AsyncSession, move: Move) -> tuple[Bound, Bound] | None:
    """(seats of the session, places of the specialty) after the move. None when anything was not as the caller had read it: somebody is
    no longer approved or placed, the session was changed, the seats or places do not suffice, or somebody who queues fits. Raises
    ``IntegrityError`` when a person took a seat on the same days meanwhile. In both cases only a rollback is left to the caller."""
    added, removed = list(move.added), list(move.removed)
    lists = {"added": added, "removed": removed, "changed": added + removed, "seat_ids": [new_id() for _ in added]}
    row = (await session.execute(_MOVE, {**vars(move), **lists})).one_or_none()
    return None if row is None else (Bound(row[0], row[1]), Bound(row[2], row[3]))
