"""Free places go to the first of the queue whom they hold as a whole (BEY-02, docs/adr/0008). Everything is read from rows, one entry a
transaction: a sweep that is killed loses nothing, and the next one goes on where it stood.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.seats import repository as seats
from services.training.classes.seats.rules import called_off, read_time, specialty_row
from services.training.classes.waiting import queue_repository, repository, rules
from services.training.classes.waiting.models import WaitingEntry
from services.training.classes.waiting.service import end, move
from services.training.classes.waiting.workflow import WAITING, WaitingAction
from services.training.enrolment.registrations.models import Registration
from services.training.settings import training_settings
from shared.clock import end_of_beijing_day, is_past
from shared.errors import Conflict
from shared.events.log import record as record_event
from shared.events.training_selection import SeatOffered
from shared.identity import SYSTEM


class Step(Enum):
    """What one look at a session's queue came to; after ``AGAIN`` others were faster, and it is worth another look."""

    NOBODY = auto()
    OFFERED = auto()
    LAPSED = auto()
    AGAIN = auto()


class PlacesGone(Conflict):
    """The places were taken between the look and the grasp; nothing of the transaction stays."""

    code = "class_is_full"


async def offer_next(session: AsyncSession, class_session_id: UUID, now: datetime) -> Step:
    """Gives places to the first entry that fits, or ends it when its people cannot sit there any more. Raises ``PlacesGone``."""
    first = await queue_repository.first_that_fits(session, class_session_id, now)
    if first is None:
        return Step.NOBODY
    entry, people = await repository.lock_entry(session, first)
    if await queue_repository.first_that_fits(session, class_session_id, now) != entry.id:
        return Step.AGAIN
    if why := await _hindrance(session, entry, people):
        await end(session, entry, WaitingAction.LAPSE, why)
        return Step.LAPSED
    await _take(session, entry, people)
    await _offer(session, entry, people, now)
    return Step.OFFERED


async def _hindrance(session: AsyncSession, entry: WaitingEntry, people: Sequence[Registration]) -> str | None:
    """Why the group cannot sit there any more, naming its people; one is enough, because it goes as a whole or not at all."""
    row, ids = entry.class_session, [each.id for each in people]
    if specialty_row(row, entry.specialty_code) is None:
        return rules.GONE_SPECIALTY.reason
    placed = await repository.placed_among(session, ids, entry.specialty_code)
    _, elsewhere = await repository.seats_of(session, row, [each.person_id for each in people])
    said = [
        f"{each.staff.name}：{refusal.reason}"
        for each in people
        if (refusal := rules.cannot_sit(each, row, entry.specialty_code, placed, elsewhere))
    ]
    return "；".join(said) or None


async def _take(session: AsyncSession, entry: WaitingEntry, people: Sequence[Registration]) -> None:
    """An offered place is a taken place: the same rows, constraints and counters as for a place chosen directly (BEY-01)."""
    row, ids = entry.class_session, {each.id for each in people}
    made = await seats.take_seats(session, row, entry.unit_id, [(each.id, each.person_id) for each in people])
    if await seats.add_placements(session, row.id, entry.specialty_code, ids) != ids:
        raise PlacesGone
    await seats.settle_lost(session, ids, entry.specialty_code)
    await seats.hold_places(session, entry.id, row.id, entry.specialty_code, ids)
    if await seats.count_seats(session, row, made) is None:
        raise PlacesGone
    if await seats.count_places(session, row.id, entry.specialty_code, len(ids)) is None:
        raise PlacesGone


async def _offer(session: AsyncSession, entry: WaitingEntry, people: Sequence[Registration], now: datetime) -> None:
    row = entry.class_session
    until = now + timedelta(hours=training_settings().offer_hours)
    entry.offered_at = now
    entry.offered_until = min(until, end_of_beijing_day(row.selection_deadline))
    await move(session, entry, WaitingAction.OFFER, SYSTEM)
    record_event(
        session,
        SeatOffered(
            entry_id=entry.id,
            plan_id=entry.plan_id,
            plan_name=await repository.plan_name(session, entry.plan_id),
            class_session_id=row.id,
            session_no=row.session_no,
            unit_id=entry.unit_id,
            people="、".join(each.staff.name for each in people),
            until=read_time(entry.offered_until),
        ),
    )


async def end_one(session: AsyncSession, entry_id: UUID, now: datetime) -> None:
    """Ends an entry that ``list_ended`` found, unless its unit was faster; its places are free in the same transaction."""
    entry, _ = await repository.lock_entry(session, entry_id)
    if not entry.status.is_open:
        return
    row = entry.class_session
    waits = entry.status is WAITING.initial
    if refusal := called_off(row.status, row.session_no):
        await end(session, entry, WaitingAction.LAPSE, refusal.reason)
    elif not waits and entry.offered_until is not None and entry.offered_until <= now:
        said = f"名额保留至 {read_time(entry.offered_until)}，逾期未确认，已转给后面排队的人员"
        await end(session, entry, WaitingAction.EXPIRE, said)
    elif is_past(row.selection_deadline, now):
        said = f"第{row.session_no}期选班已于 {row.selection_deadline} 截止"
        await end(session, entry, WaitingAction.LAPSE, f"{said}，候补未等到名额" if waits else said)
    elif not waits and not await repository.offered_to(session, entry.id):
        await end(session, entry, WaitingAction.LAPSE, "保留的名额已由本单位在选班中取消")
