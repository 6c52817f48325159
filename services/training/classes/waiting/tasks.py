"""The sweep of the waiting list: ends what is over, then offers what is free, one entry a unit of work (BEY-02, PLAT-11)."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.waiting import offering, queue_repository
from services.training.classes.waiting.offering import PlacesGone, Step
from shared.clock import now_utc
from shared.logging import get_logger
from shared.runtime import Runtime

# Losing so often in a row means a busy moment; the next sweep is seconds away.
TRIES = 5
log = get_logger(__name__)

Look = Callable[[AsyncSession], Awaitable[Sequence[UUID]]]


async def offer_places(runtime: Runtime) -> None:
    """Offers end first, so that their places are given on in the same run."""
    now = now_utc()
    for entry_id in await _looked_up(runtime, lambda session: queue_repository.list_ended(session, now)):
        await _end(runtime, entry_id, now)
    for each in await _looked_up(runtime, lambda session: queue_repository.class_sessions_with_a_turn(session, now)):
        await _offer_in(runtime, each, now)


async def _looked_up(runtime: Runtime, look: Look) -> Sequence[UUID]:
    async with runtime.database.unit_of_work() as session:
        return await look(session)


async def _end(runtime: Runtime, entry_id: UUID, now: datetime) -> None:
    try:
        async with runtime.database.unit_of_work() as session:
            await offering.end_one(session, entry_id, now)
    except Exception as error:
        # One entry that cannot be ended now must not keep the others from their places; it is found again.
        log.warning("waiting_entry_not_ended", entry_id=str(entry_id), error=repr(error), exc_info=True)


async def _offer_in(runtime: Runtime, class_session_id: UUID, now: datetime) -> None:
    lost = 0
    while lost < TRIES:
        try:
            async with runtime.database.unit_of_work() as session:
                step = await offering.offer_next(session, class_session_id, now)
        except PlacesGone:
            step = Step.AGAIN
        except Exception as error:
            # The order of the queue is kept: nobody behind is served before the next sweep has tried again.
            log.warning("places_not_offered", class_session_id=str(class_session_id), error=repr(error), exc_info=True)
            return
        if step is Step.NOBODY:
            return
        lost = lost + 1 if step is Step.AGAIN else 0
