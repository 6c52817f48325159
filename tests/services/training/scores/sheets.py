"""A session with people in it, as tests of scores need it."""

from dataclasses import dataclass

import httpx
from fastapi import FastAPI

from services.training.class_sessions.models import ClassSession
from services.training.main import app
from services.training.plans.models import Plan
from services.training.registrations.models import Registration
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.training.records import add_plan
from tests.services.training.selection.classes import add_class, add_people, add_schedule

APP: FastAPI = app


@dataclass(frozen=True)
class Seated:
    unit: Actor
    plan: Plan
    row: ClassSession
    people: list[Registration]
    office: httpx.AsyncClient
    own: httpx.AsyncClient

    @property
    def sheet(self) -> str:
        return f"/api/training/score-sheets/{self.row.id}"


async def seat_people(
    runtime: Runtime, client_for: ClientFor, count: int, *specialties: str, start_in: int = 20
) -> Seated:
    """``count`` people of one unit, placed through the API in every specialty of one session."""
    unit = make_actor(Permission.GROUP_REGISTRATION)
    async with runtime.database.unit_of_work() as session:
        plan = await add_plan(session, *specialties)
        taught: dict[str, int | None] = dict.fromkeys(specialties)
        row = await add_class(session, await add_schedule(session, plan), taught, capacity=count, start_in=start_in)
        people = await add_people(session, unit, plan, count, *specialties)
    own = await client_for(app, unit)
    for code in specialties or ("none",):
        ids = [str(each.id) for each in people]
        body = {"class_session_id": str(row.id), "specialty_code": code, "registration_ids": ids}
        answer = await own.put(f"/api/training/selections/{plan.id}/placements", json=body)
        assert answer.status_code == 200, answer.text
    office = await client_for(app, make_actor(Permission.SCORE_ENTRY, level=Level.PROVINCE))
    return Seated(unit, plan, row, people, office, own)
