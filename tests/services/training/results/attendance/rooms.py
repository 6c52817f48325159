"""A session that is going on today, with people who have been placed there, as tests of attendance and rosters need it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import update

from services.training.classes.class_sessions.models import ClassSession
from services.training.enrolment.registrations.models import Registration
from services.training.main import app
from services.training.plans.models import Plan
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule
from tests.services.training.classes.selection.test_placing import put
from tests.services.training.records import add_plan, today

CLASS_SESSIONS = "/api/training/class-sessions"


@dataclass(frozen=True)
class Room:
    plan: Plan
    row: ClassSession
    people: list[Registration]
    office: httpx.AsyncClient
    units: list[Actor] = field(default_factory=list)

    def address(self, what: str) -> str:
        return f"{CLASS_SESSIONS}/{self.row.id}/{what}"


async def open_room(
    runtime: Runtime,
    client_for: ClientFor,
    count: int = 2,
    *,
    regions: tuple[str, ...] = ("320102",),
    specialties: tuple[str, ...] = (),
    days: int = 3,
    **changes: Any,
) -> Room:
    """``count`` people of a unit in each region sit in a session of ``days`` days; today is its second day. ``changes`` are the plan's;
    it asks for 60 % unless told otherwise."""
    units = [make_actor(Permission.GROUP_REGISTRATION, region=region) for region in regions]
    people: list[Registration] = []
    async with runtime.database.unit_of_work() as session:
        plan = await add_plan(session, *specialties, **{"minimum_attendance": 60, **changes})
        taught: dict[str, int | None] = dict.fromkeys(specialties)
        schedule = await add_schedule(session, plan)
        row = await add_class(session, schedule, taught, capacity=1000, days=days, start_in=20)
        for unit in units:
            people += await add_people(session, unit, plan, count, *specialties)
    for at, unit in enumerate(units):
        client = await client_for(app, unit)
        for code in (specialties or ("none",)) if count else ():
            assert (await put(client, row, code, people[at * count : (at + 1) * count]))[0] == 200
    start = today() - timedelta(days=1)
    async with runtime.database.unit_of_work() as session:
        values = {"start_date": start, "end_date": start + timedelta(days=days - 1)}
        past = {**values, "selection_deadline": start - timedelta(days=3)}
        await session.execute(update(ClassSession).where(ClassSession.id == row.id).values(past))
        row = await session.get_one(ClassSession, row.id, populate_existing=True)
    office = await client_for(app, make_actor(Permission.CLASS_SCHEDULING, level=Level.PROVINCE))
    return Room(plan, row, people, office, units)
