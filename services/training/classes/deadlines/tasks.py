"""The task that keeps the selection's times, every minute. One row that fails is told of in the log and holds up no other."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.deadlines import service
from shared.clock import now_utc
from shared.logging import get_logger
from shared.runtime import Runtime

log = get_logger(__name__)
Due = Callable[[AsyncSession, datetime], Awaitable[list[UUID]]]
Act = Callable[[AsyncSession, UUID, datetime], Awaitable[None]]


async def keep_deadlines(runtime: Runtime) -> None:
    """Opens, reminds and closes what is due (STAFF-06, FAQ-M7)."""
    now = now_utc()
    await _each(runtime, now, service.openings_due, service.open_on_time)
    await _each(runtime, now, service.reminders_due, service.remind)
    await _each(runtime, now, service.closings_due, service.close, before=_finish)
    await _each(runtime, now, service.left_open, _nothing, before=_finish_left)


async def _each(
    runtime: Runtime,
    now: datetime,
    due: Due,
    act: Act,
    before: Callable[[Runtime, UUID], Awaitable[None]] | None = None,
) -> None:
    async with runtime.database.unit_of_work() as session:
        found = await due(session, now)
    for each in found:
        try:
            if before is not None:
                await before(runtime, each)
            async with runtime.database.unit_of_work() as session:
                await act(session, each, now)
        except Exception as error:
            log.error("deadline_failed", step=act.__name__, record_id=str(each), error=repr(error))


async def _nothing(_session: AsyncSession, _plan_id: UUID, _now: datetime) -> None:
    """A plan that was finished is what it was."""


async def _finish(runtime: Runtime, class_session_id: UUID) -> None:
    await _until_none(runtime, service.finish_with, class_session_id)


async def _finish_left(runtime: Runtime, plan_id: UUID) -> None:
    await _until_none(runtime, service.finish_left, plan_id)


async def _until_none(runtime: Runtime, finish: Callable[[AsyncSession, UUID], Awaitable[int]], of: UUID) -> None:
    more = 1
    while more:
        async with runtime.database.unit_of_work() as session:
            more = await finish(session, of)
