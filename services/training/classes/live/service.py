"""The seats of a plan as they are, for pages that ask every few seconds (TRN-72): read at most once a second by a process, however many
browsers ask, and most are answered that nothing has changed. Nothing of it decides anything; who takes a place asks the database.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.live.schemas import LiveRow, LiveSeats, LiveSession
from services.training.classes.seats.rules import free_places
from services.training.classes.selection.repository import class_sessions_of, require_plan
from shared.identity import Actor
from shared.runtime import Runtime
from shared.web.snapshots import snapshot

# Old numbers are told no longer than this, in seconds; that a unit has people in the plan is believed for longer.
FRESH, KNOWN = 1.0, 60.0


async def live_seats(runtime: Runtime, *, actor: Actor, plan_id: UUID) -> bytes:
    """A ``LiveSeats`` as JSON. Raises ``NotFound`` when the unit has nobody in the plan."""
    await snapshot(runtime, (actor.organisation_id, plan_id), KNOWN, lambda session: _admit(session, actor, plan_id))
    return await snapshot(runtime, plan_id, FRESH, lambda session: _read(session, plan_id))


async def _admit(session: AsyncSession, actor: Actor, plan_id: UUID) -> None:
    await require_plan(session, actor, plan_id)


async def _read(session: AsyncSession, plan_id: UUID) -> bytes:
    rows = await class_sessions_of(session, plan_id)
    return LiveSeats(class_sessions=[_session(row) for row in rows]).model_dump_json().encode()


def _session(row: ClassSession) -> LiveSession:
    return LiveSession(
        class_session_id=row.id,
        remaining=row.remaining,
        rows=[
            LiveRow(
                specialty_code=own.specialty_code,
                taken=own.taken,
                remaining=max(free_places(row, own.specialty_code), 0),
            )
            for own in row.specialties
        ],
    )
