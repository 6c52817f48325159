"""What is true of seats, places and queues at every moment, whoever did what in which order (BEY-01, BEY-02). Each statement
finds what breaks one of these truths in a plan; nothing is found when all is well.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

TRUTHS = {
    "a session's counter is the number of its seats, and within its capacity": """
SELECT c.id, c.taken, c.capacity, (SELECT count(*) FROM seats s WHERE s.class_session_id = c.id) AS sitting FROM class_sessions c
 WHERE c.plan_id = :plan AND (c.taken <> (SELECT count(*) FROM seats s WHERE s.class_session_id = c.id) OR c.taken > c.capacity)""",
    "a specialty's counter is the number of its placements, and within 限制人数": """
SELECT r.class_session_id, r.specialty_code, r.taken, r.places FROM session_specialties r JOIN class_sessions c ON c.id = r.class_session_id
 WHERE c.plan_id = :plan AND (r.taken > r.places OR r.taken <> (SELECT count(*) FROM placements p
   WHERE p.class_session_id = r.class_session_id AND p.specialty_code = r.specialty_code))""",
    "a seat has a placement of the same person, and a placement its own seat": """
SELECT s.id FROM seats s JOIN class_sessions c ON c.id = s.class_session_id
 WHERE c.plan_id = :plan AND NOT EXISTS (SELECT 1 FROM placements p WHERE p.seat_id = s.id)
 UNION ALL
SELECT p.registration_id FROM placements p JOIN seats s ON s.id = p.seat_id JOIN class_sessions c ON c.id = p.class_session_id
 WHERE c.plan_id = :plan AND (s.class_session_id, s.registration_id) <> (p.class_session_id, p.registration_id)""",
    "nobody sits in two places on one day": """
SELECT a.person_id, a.class_session_id, b.class_session_id FROM seats a JOIN seats b ON a.person_id = b.person_id AND a.id < b.id
  JOIN class_sessions c ON c.id = a.class_session_id
  JOIN class_sessions d ON d.id = b.class_session_id
 WHERE c.plan_id = :plan AND daterange(c.start_date, c.end_date, '[]') && daterange(d.start_date, d.end_date, '[]')""",
    "a seat holds the days of its session": """
SELECT s.id, s.during FROM seats s JOIN class_sessions c ON c.id = s.class_session_id
 WHERE c.plan_id = :plan AND s.during <> daterange(c.start_date, c.end_date, '[]')""",
    "what is called off is empty": """
SELECT c.id FROM class_sessions c JOIN seats s ON s.class_session_id = c.id WHERE c.plan_id = :plan AND c.status = 'called_off'""",
    "who holds a place has lost none": """
SELECT l.registration_id, l.specialty_code FROM lost_places l JOIN placements p USING (registration_id, specialty_code)
  JOIN class_sessions c ON c.id = p.class_session_id WHERE c.plan_id = :plan""",
    "only approved people hold places": """
SELECT r.id, r.status FROM registrations r JOIN placements p ON p.registration_id = r.id
 WHERE r.plan_id = :plan AND r.status <> 'approved'""",
    "only approved people queue": """
SELECT r.id, r.status, e.status FROM registrations r JOIN waiting_people w ON w.registration_id = r.id
  JOIN waiting_entries e ON e.id = w.entry_id
 WHERE r.plan_id = :plan AND r.status <> 'approved' AND w.open""",
    "a held place belongs to an offer of the same people, session and specialty, and never to two": """
SELECT p.registration_id, e.id, e.status FROM placements p JOIN waiting_entries e ON e.id = p.waiting_entry_id
 WHERE e.plan_id = :plan AND (e.status <> 'offered'
    OR (e.class_session_id, e.specialty_code) <> (p.class_session_id, p.specialty_code)
    OR NOT EXISTS (SELECT 1 FROM waiting_people w WHERE w.entry_id = e.id AND w.registration_id = p.registration_id))""",
    "an offer holds no more places than it has people, and its size is theirs": """
SELECT e.id, e.status, e.size FROM waiting_entries e
 WHERE e.plan_id = :plan AND (e.size <> (SELECT count(*) FROM waiting_people w WHERE w.entry_id = e.id)
    OR (SELECT count(*) FROM placements p WHERE p.waiting_entry_id = e.id) > e.size)""",
    "people are open in an entry as long as it waits or is offered": """
SELECT e.id, e.status, w.registration_id, w.open FROM waiting_entries e JOIN waiting_people w ON w.entry_id = e.id
 WHERE e.plan_id = :plan AND (w.open <> (e.status IN ('waiting', 'offered')) OR w.specialty_code <> e.specialty_code)""",
}
# After a sweep: nobody who fits is left waiting, and nothing stands that is over.
AFTER_A_SWEEP = {
    "whoever fits has been served": """
SELECT e.id, e.queue_no, e.size, c.taken, c.capacity FROM waiting_entries e JOIN class_sessions c ON c.id = e.class_session_id
  LEFT JOIN session_specialties r ON r.class_session_id = c.id AND r.specialty_code = e.specialty_code
 WHERE e.plan_id = :plan AND e.status = 'waiting' AND (r.places IS NULL OR r.taken + e.size <= r.places)
   AND c.capacity >= c.taken + (SELECT count(*) FROM waiting_people w WHERE w.entry_id = e.id AND NOT EXISTS (
         SELECT 1 FROM seats s WHERE s.registration_id = w.registration_id AND s.class_session_id = c.id))""",
    "no offer stands longer than it was made for": """
SELECT e.id, e.offered_until FROM waiting_entries e
 WHERE e.plan_id = :plan AND e.status = 'offered'
   AND (e.offered_until <= now() OR NOT EXISTS (SELECT 1 FROM placements p WHERE p.waiting_entry_id = e.id))""",
    "nobody queues for what is called off": """
SELECT e.id, e.status FROM waiting_entries e JOIN class_sessions c ON c.id = e.class_session_id
 WHERE e.plan_id = :plan AND e.status IN ('waiting', 'offered') AND c.status = 'called_off'""",
    "nothing is open after the deadline": """
SELECT e.id, e.status FROM waiting_entries e JOIN class_sessions c ON c.id = e.class_session_id
 WHERE e.plan_id = :plan AND e.status IN ('waiting', 'offered') AND c.selection_deadline < (now() AT TIME ZONE 'Asia/Shanghai')::date""",
}


async def broken(session: AsyncSession, plan_id: UUID, truths: dict[str, str]) -> dict[str, list[Any]]:
    """What breaks which truth; nothing when all is well."""
    found = {}
    for said, statement in truths.items():
        rows = (await session.execute(text(statement), {"plan": plan_id})).all()
        if rows:
            found[said] = [tuple(row) for row in rows]
    return found
