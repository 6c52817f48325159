"""What happens by itself around the selection's times (STAFF-06, FAQ-M7): opening at the set time, telling units the day before a deadline,
and closing when it is over. Each function is one unit of work; what choosing, opening and finishing mean is decided where they belong.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.repository import note_times
from services.training.classes.class_sessions.service import let_opening_lapse
from services.training.classes.class_sessions.workflow import SCHEDULE, ScheduleAction
from services.training.classes.deadlines import repository
from services.training.classes.selection import service as selection
from shared.clock import beijing_today
from shared.events.log import record
from shared.events.training_selection import SelectionClosing
from shared.identity import SYSTEM
from shared.workflow.apply import ActionRefused, apply


async def openings_due(session: AsyncSession, now: datetime) -> list[UUID]:
    """Schedules whose 选班开放时间 has come."""
    return await repository.schedules_to_open(session, now)


async def open_on_time(session: AsyncSession, schedule_id: UUID, now: datetime) -> None:
    """Opens the selection and tells the units, as the province's own opening does (STAFF-06). What cannot be opened, because its
    sessions were all deleted, loses its set time: it shall not open by surprise with the next session that is added."""
    schedule = await repository.hold_schedule(session, schedule_id, now)
    if schedule is None:
        return
    try:
        await apply(session, SCHEDULE, schedule, ScheduleAction.OPEN_ON_TIME, actor=SYSTEM, now=now)
    except ActionRefused as refusal:
        let_opening_lapse(session, schedule, refusal.detail)


async def reminders_due(session: AsyncSession, now: datetime) -> list[UUID]:
    """Class sessions whose selection closes tomorrow, by Beijing's calendar (X23)."""
    return await repository.sessions_to_remind_of(session, beijing_today(now) + timedelta(days=1))


async def remind(session: AsyncSession, class_session_id: UUID, now: datetime) -> None:
    """Tells the units with approved people that have not submitted, once for each deadline (STAFF-06, FAQ-M7)."""
    row = await repository.hold_to_remind(session, class_session_id, beijing_today(now) + timedelta(days=1))
    if row is None:
        return
    await note_times(session, row.id, reminded_at=now)
    if units := await repository.units_still_choosing(session, row.plan_id):
        record(
            session,
            SelectionClosing(
                plan_id=row.plan_id,
                plan_name=await repository.plan_name(session, row.plan_id),
                class_session_id=row.id,
                session_no=row.session_no,
                selection_deadline=row.selection_deadline,
                unit_ids=units,
            ),
        )


async def closings_due(session: AsyncSession, now: datetime) -> list[UUID]:
    """Class sessions whose deadline day is over (X23)."""
    return await repository.sessions_to_close(session, beijing_today(now))


async def finish_with(session: AsyncSession, class_session_id: UUID) -> int:
    """When this is the plan's last open session, finishes the selections of some units; how many. Called until it gives 0, and only
    then is the session closed: a worker that dies in between leaves it open, and the next one goes on."""
    plan_id = await repository.plan_closed_with(session, class_session_id)
    return await selection.finish_selections(session, plan_id) if plan_id else 0


async def left_open(session: AsyncSession, _now: datetime) -> list[UUID]:
    """Plans in which nothing is left to choose, because the last open session was called off."""
    return await repository.plans_left_open(session)


async def finish_left(session: AsyncSession, plan_id: UUID) -> int:
    """Finishes selections as the last deadline would have; whose people lost their places waits for another session. Called until it gives
    0."""
    return await selection.finish_selections(session, plan_id, but_lost=True)


async def close(session: AsyncSession, class_session_id: UUID, now: datetime) -> None:
    """The held places of the session are final from now on (STAFF-06)."""
    row = await repository.hold_to_close(session, class_session_id, beijing_today(now))
    if row is not None:
        await note_times(session, row.id, closed_at=now)
