"""改期 and 停办 in the middle of a rush: nobody is left in what is called off, nobody sits on the old days, nothing waits for itself."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest
from fastapi import FastAPI

from services.training.main import app
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.classes.class_sessions.test_scheduling import SESSIONS, day
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule, assert_counters
from tests.services.training.classes.selection.test_race import put
from tests.services.training.classes.waiting.truths import TRUTHS, broken
from tests.services.training.records import add_plan

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
MakeActor = Callable[..., Actor]
ACTS = [
    ("call_off", {"reason": "报名人数不足"}),
    ("put_off", {"reason": "场地维修", "start_date": day(50), "end_date": day(51)}),
]


async def insist(office: httpx.AsyncClient, address: str, body: dict[str, str]) -> httpx.Response:
    """503 says that nothing has happened, and to try again."""
    for _ in range(100):
        answer = await office.post(address, json=body)
        if answer.status_code != 503:
            break
    return answer


@pytest.mark.req("STAFF-14", "BEY-01")
@pytest.mark.parametrize(("action", "body"), ACTS)
async def test_a_session_changes_while_units_choose(
    open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor, action: str, body: dict[str, str]
) -> None:
    runtime, units = await open_app(app), [make_actor(Permission.GROUP_REGISTRATION) for _ in range(12)]
    async with runtime.database.unit_of_work() as session:
        plan = await add_plan(session, "skin")
        row = await add_class(session, await add_schedule(session, plan), {"skin": 20}, capacity=20)
        people = [await add_people(session, unit, plan, 2, "skin") for unit in units]
    clients = [await client_for(app, unit) for unit in units]
    office = await client_for(app, make_actor(Permission.CLASS_SCHEDULING, level=Level.PROVINCE))
    for client, who in zip(clients[:4], people[:4], strict=True):
        assert (await put(client, row, "skin", who))[0] == 200

    async def clicks(at: int) -> set[int]:
        return {(await put(clients[at], row, "skin", people[at][: 2 - each % 3]))[0] for each in range(4)}

    acted, others = await asyncio.gather(
        insist(office, f"{SESSIONS}/{row.id}/{action}", body),
        asyncio.gather(*(clicks(at) for at in range(len(clients)))),
    )
    assert acted.status_code == 200, acted.text
    assert set().union(*others) <= {200, 409}
    async with runtime.database.unit_of_work() as session:
        await assert_counters(session, plan)
        assert await broken(session, plan.id, TRUTHS) == {}
