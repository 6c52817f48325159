"""The reminders before a plan's registration ends (FAQ-M8, BEY-03): each once, whatever happens to the worker. Who is told by which
channel is the business of notifications.
"""

from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.registrations import repository
from services.training.plans.models import Plan
from services.training.plans.repository import claim_reminders
from shared.clock import beijing_today, end_of_beijing_day, now_utc
from shared.events.log import record as record_event
from shared.events.training import RegistrationClosing

# (which reminder of a plan it is, hours before the end of the deadline day). The later one first: a plan that was published in its last
# day is reminded of once.
REMINDERS = ((2, 24), (1, 72))


def last_day_within(hours: int, now: datetime) -> date:
    """The latest deadline day that is over, in Beijing, ``hours`` from now at most."""
    return beijing_today(now + timedelta(hours=hours)) - timedelta(days=1)


async def remind_of_deadlines(session: AsyncSession, now: datetime | None = None) -> None:
    """Emits ``RegistrationClosing`` for each plan whose turn it is, unless no unit has anybody who is 未报名 or 已退回."""
    now = now or now_utc()
    for number, hours in REMINDERS:
        last_day = last_day_within(hours, now)
        for plan in await claim_reminders(session, last_day, beijing_today(now), number):
            await _tell(session, plan, now)
    await session.flush()


async def _tell(session: AsyncSession, plan: Plan, now: datetime) -> None:
    """With the hours that are really left: the deadline may have been set, or the worker be back, only since."""
    left = end_of_beijing_day(plan.registration_deadline) - now
    unit_ids = await repository.units_unfinished(session, plan.id)
    if unit_ids:
        record_event(
            session,
            RegistrationClosing(
                plan_id=plan.id,
                plan_name=plan.name,
                registration_deadline=plan.registration_deadline,
                hours_left=max(1, left // timedelta(hours=1)),
                unit_ids=unit_ids,
            ),
        )
