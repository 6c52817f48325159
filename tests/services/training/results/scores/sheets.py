"""A session with people in it, as tests of scores need it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from fastapi import FastAPI
from sqlalchemy import select, update

from services.training.classes.class_sessions.models import ClassSession
from services.training.enrolment.registrations.models import Registration
from services.training.main import app
from services.training.plans.models import Plan, PlanSpecialty
from shared.events.log import EventRow
from shared.events.training import ResultPublished
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule
from tests.services.training.records import add_plan

APP: FastAPI = app
# Sessions of tests are still to come.
EARLY = {"reason": "课程已提前结束"}
# Who lacks attendance gets no certificate, and that is meant.
MEANT = {**EARLY, "leave_uncertified": True}
E = TypeVar("E", bound=ResultPublished)


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


async def group(runtime: Runtime, seated: Seated, *codes: str, number: int | None = 1) -> None:
    """Puts specialties of the plan into one 考核组, or apart again (X30)."""
    async with runtime.database.unit_of_work() as session:
        mine = (PlanSpecialty.plan_id == seated.plan.id) & PlanSpecialty.specialty_code.in_(codes)
        await session.execute(update(PlanSpecialty).where(mine).values(exam_group=number))


async def place(seated: Seated, code: str, *people: int) -> None:
    """Exactly these of the unit's people have a place in that specialty."""
    body = {"class_session_id": str(seated.row.id), "specialty_code": code}
    ids = [str(seated.people[at].id) for at in people]
    path = f"/api/training/selections/{seated.plan.id}/placements"
    answer = await seated.own.put(path, json={**body, "registration_ids": ids})
    assert answer.status_code == 200, answer.text


async def grid(seated: Seated) -> dict[str, Any]:
    answer = await seated.office.get(seated.sheet)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def enter(seated: Seated, marks: Mapping[tuple[str, str], float]) -> None:
    """(name, code that names the row) → score."""
    rows = (await grid(seated))["results"]
    entries = [
        {"result_id": row["result_id"], "score": marks[key]}
        for row in rows
        if (key := (row["name"], row["specialty_code"])) in marks
    ]
    assert len(entries) == len(marks)
    answer = await save(seated, entries)
    assert answer.status_code == 200, answer.text


def seen(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


async def save(seated: Seated, entries: list[dict[str, Any]], version: int | None = None) -> httpx.Response:
    """Entered by somebody who has read that version of the sheet; the present one, unless told otherwise."""
    version = (await grid(seated))["version"] if version is None else version
    return await seated.office.patch(f"{seated.sheet}/results", json=entries, headers=seen(version))


async def publish(seated: Seated, marks: Mapping[tuple[str, str], float] | None = None) -> dict[str, Any]:
    """The sheet entered and published; its grid."""
    if marks:
        await enter(seated, marks)
    answer = await seated.office.post(f"{seated.sheet}/publish", json=MEANT)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def told(runtime: Runtime, seated: Seated, kind: type[E]) -> list[E]:
    """The events of that kind about this session, in the order of the log."""
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(select(EventRow).where(EventRow.type == kind.type).order_by(EventRow.seq))
        events = [kind(**row.payload) for row in rows]
    return [event for event in events if event.class_session_id == seated.row.id]
