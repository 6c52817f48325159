"""Class sessions as tests need them, put straight into the tables, and the counters held against the rows they count."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession, Schedule, SessionSpecialty
from services.training.classes.class_sessions.workflow import ScheduleStatus
from services.training.classes.seats.models import Placement, Seat
from services.training.enrolment.registrations.models import Registration
from services.training.plans.choices import TrainingKind
from services.training.plans.models import NO_SPECIALTY, Plan
from shared.identity import Actor
from tests.services.training.records import add_institution, add_registration, add_staff, today


async def add_schedule(session: AsyncSession, plan: Plan, status: ScheduleStatus = ScheduleStatus.OPEN) -> Schedule:
    """The plan's schedule, open for selection unless said otherwise."""
    schedule = Schedule(plan_id=plan.id, status=status)
    session.add(schedule)
    await session.flush()
    return schedule


async def add_class(
    session: AsyncSession,
    schedule: Schedule,
    specialties: dict[str, int | None] | None = None,
    *,
    start_in: int = 20,
    days: int = 3,
    **changes: Any,
) -> ClassSession:
    """A session of five seats that starts in ``start_in`` days; ``specialties`` maps codes to 限制人数."""
    start = today() + timedelta(days=start_in)
    values: dict[str, Any] = {
        "schedule_id": schedule.id,
        "plan_id": schedule.plan_id,
        "session_no": 1,
        "training_kind": TrainingKind.INITIAL,
        "capacity": 5,
        "location": "南京",
        "start_date": start,
        "end_date": start + timedelta(days=days - 1),
        "days": days,
        "selection_deadline": today() + timedelta(days=5),
    }
    rows = specialties or {NO_SPECIALTY: None}
    row = ClassSession(
        **{**values, **changes},
        specialties=[SessionSpecialty(specialty_code=code, places=places) for code, places in rows.items()],
    )
    session.add(row)
    await session.flush()
    return row


async def add_people(
    session: AsyncSession, actor: Actor, plan: Plan, count: int, *specialties: str, **changes: Any
) -> list[Registration]:
    """``count`` approved people of the actor's unit, named 甲0, 甲1 …"""
    await add_institution(session, actor)
    return [
        await add_registration(
            session, actor, plan, await add_staff(session, actor, f"甲{at}"), *specialties, **changes
        )
        for at in range(count)
    ]


async def assert_counters(session: AsyncSession, plan: Plan) -> None:
    """Every counter of the plan's sessions says what the rows say."""
    for row in await session.scalars(select(ClassSession).where(ClassSession.plan_id == plan.id)):
        await session.refresh(row)
        seats = await session.scalar(select(func.count()).where(Seat.class_session_id == row.id))
        assert row.taken == seats
        for each in row.specialties:
            await session.refresh(each)
            placed = select(func.count()).where(
                Placement.class_session_id == row.id, Placement.specialty_code == each.specialty_code
            )
            assert each.taken == await session.scalar(placed)
