"""The seats of a plan as they are, for pages that ask every few seconds (TRN-72): read at most once a second by a process, however many
browsers ask, and most are answered that nothing has changed. Nothing of it decides anything; who takes a place asks the database.
"""

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID
from weakref import WeakKeyDictionary

from services.training.classes.live.schemas import LiveRow, LiveSeats, LiveSession
from services.training.classes.seats.rules import free_places
from services.training.classes.selection.repository import class_sessions_of, require_plan
from shared.identity import Actor
from shared.runtime import Runtime

# Old numbers are told no longer than this, in seconds; that a unit has people in the plan is believed for longer.
FRESH, KNOWN = 1.0, 60.0


@dataclass
class Board:
    """What one process has read: the answer by plan, and which units may have it, each until a time of the monotonic clock."""

    answers: dict[UUID, tuple[float, bytes]] = field(default_factory=dict)
    readers: dict[tuple[UUID, UUID], float] = field(default_factory=dict)
    locks: defaultdict[UUID, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def tidy(self, now: float) -> None:
        """What is out of date is not kept."""
        self.readers = {key: until for key, until in self.readers.items() if until > now}
        self.answers = {key: kept for key, kept in self.answers.items() if kept[0] > now}
        for plan_id in [key for key, lock in self.locks.items() if key not in self.answers and not lock.locked()]:
            del self.locks[plan_id]


_BOARDS: WeakKeyDictionary[Runtime, Board] = WeakKeyDictionary()


async def live_seats(runtime: Runtime, *, actor: Actor, plan_id: UUID) -> bytes:
    """A ``LiveSeats`` as JSON. Raises ``NotFound`` when the unit has nobody in the plan."""
    board = _BOARDS.setdefault(runtime, Board())
    await _check_reader(runtime, board, actor, plan_id)
    if (kept := _kept(board, plan_id)) is not None:
        return kept
    async with board.locks[plan_id]:
        if (kept := _kept(board, plan_id)) is not None:
            return kept
        content = await _read(runtime, plan_id)
        now = time.monotonic()
        board.tidy(now)
        board.answers[plan_id] = (now + FRESH, content)
        return content


def _kept(board: Board, plan_id: UUID) -> bytes | None:
    until, content = board.answers.get(plan_id, (0.0, b""))
    return content if until > time.monotonic() else None


async def _check_reader(runtime: Runtime, board: Board, actor: Actor, plan_id: UUID) -> None:
    key = (actor.organisation_id, plan_id)
    if board.readers.get(key, 0.0) > time.monotonic():
        return
    async with runtime.database.unit_of_work() as session:
        await require_plan(session, actor, plan_id)
    board.readers[key] = time.monotonic() + KNOWN


async def _read(runtime: Runtime, plan_id: UUID) -> bytes:
    async with runtime.database.unit_of_work() as session:
        rows = await class_sessions_of(session, plan_id)
    read = LiveSeats(
        class_sessions=[
            LiveSession(
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
            for row in rows
        ]
    )
    return read.model_dump_json().encode()
