"""How long a page of every list of training takes, at a million people and at a thousand, through the whole API in this process: the 95th
of a hundred requests with changing filters, in ms, and how much slower the large province is (PLAT-08).
"""

import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from bench.crowd import LARGE, SMALL, Size, fill, settle
from bench.figure import Figure
from ops.migrate import migrate
from ops.up.environment import child_environment
from ops.up.servers import embedded_servers
from services.training.main import app
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Grant, Level, permissions_of
from shared.runtime import Runtime
from shared.services import Service
from shared.settings import platform_settings
from shared.web.callers import SessionState, cache_key, token_hash
from tests.conftest import make_actor

REQUESTS = 100
WARM_UP = 5
API = "/api/training"
Found = dict[str, list[Any]]

# (what it is, who asks, path with {plan} or {session} to fill in, filters of which one is drawn each time)
LISTS: tuple[tuple[str, str, str, tuple[dict[str, str], ...]], ...] = (
    ("personnel_of_unit", "unit", "/personnel", ({}, {"name": "王"}, {"name": "w"}, {"status": "left"})),
    ("personnel_of_province", "province", "/personnel", ({}, {"name": "王建国"}, {"name": "wjg"}, {"name": "建"})),
    ("expiring_of_unit", "unit", "/expiring-qualifications", ({}, {"status": "ending"}, {"days": "365"})),
    (
        "expiring_of_province",
        "province",
        "/expiring-qualifications",
        ({}, {"status": "ending"}, {"name": "王建国"}, {"days": "30"}),
    ),
    ("plans", "province", "/plans", ({}, {"name": "12"}, {"status": "published"})),
    (
        "group_registrations",
        "unit",
        "/group-registrations",
        ({}, {"closed": "true"}, {"mine": "true"}, {"status": "not_registered"}, {"name": "99"}),
    ),
    ("group_registration", "unit", "/group-registrations/{plan}", ({},)),
    ("candidates", "unit", "/group-registrations/{plan}/candidates", ({}, {"name": "李"})),
    (
        "reviews",
        "province",
        "/reviews",
        (
            {},
            {"region_code": "3201"},
            {"name": "王"},
            {"name": "wjg"},
            {"unit_name": "第77"},
            {"training_kind": "initial"},
            {"status": "approved"},
        ),
    ),
    ("reviews_of_plan", "province", "/reviews?plan_id={plan}", ({}, {"status": "approved"})),
    ("class_sessions", "province", "/class-sessions", ({},)),
    ("class_sessions_of_plan", "province", "/class-sessions?plan_id={plan}", ({},)),
    ("schedules", "province", "/schedules", ({},)),
    ("selections", "unit", "/selections", ({}, {"name": "1"}, {"status": "selecting"})),
    ("score_sheets", "province", "/score-sheets", ({}, {"status": "entering"})),
    ("results", "unit", "/results", ({"start_from": "2020-01-01", "start_to": "2030-01-01"}, {})),
    ("waiting_entries", "unit", "/waiting-entries", ({},)),
    ("late_entries", "province", "/late-entries", ({},)),
    ("transfers", "unit", "/transfers", ({},)),
    ("board_of_province", "province", "/boards/province", ({},)),
    ("board_of_unit", "unit", "/boards/unit", ({},)),
)


def figures() -> Iterator[Figure]:
    """Milliseconds of each list, large, and its ratio to small."""
    small, large = asyncio.run(_measured(SMALL)), asyncio.run(_measured(LARGE))
    for name, value in large.items():
        yield Figure(f"list_{name}_p95_ms", value, "ms", 50)
        yield Figure(f"list_{name}_to_thousand", value / small[name], "x", 2)


async def _measured(size: Size) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder) / "var", durable=False) as servers:
        os.environ.update(child_environment(servers, port=1))
        platform_settings.cache_clear()
        servers.create_database(Service.TRAINING)
        await asyncio.to_thread(migrate, Service.TRAINING)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(app.router.lifespan_context(app))
            runtime: Runtime = app.state.runtime
            async with runtime.database.unit_of_work() as session:
                await fill(session, size)
            async with runtime.database.unit_of_work() as session:
                await settle(session)
            found = await _found(runtime)
            clients = {who: await _client(stack, runtime, who, found) for who in ("unit", "province")}
            return {name: await _p95(clients[who], path, filters, found) for name, who, path, filters in LISTS}


async def _found(runtime: Runtime) -> Found:
    async with runtime.database.unit_of_work() as session:
        units = list(await session.scalars(text("SELECT unit_id FROM registrations GROUP BY 1 LIMIT 20")))
        plans = list(
            await session.scalars(
                text("SELECT plan_id FROM registrations WHERE unit_id = :u LIMIT 20"), {"u": units[0]}
            )
        )
    return {"unit": units, "plan": plans}


async def _client(stack: AsyncExitStack, runtime: Runtime, who: str, found: Found) -> httpx.AsyncClient:
    actor = _actor(who, found["unit"][0])
    token = new_id().hex
    await runtime.redis.set(cache_key(token_hash(token)), SessionState(actor=actor).model_dump_json(), ex=3600)
    transport = httpx.ASGITransport(app=app)
    client = httpx.AsyncClient(
        transport=transport, base_url="http://platform", headers={"Authorization": f"Bearer {token}"}, timeout=60
    )
    return await stack.enter_async_context(client)


def _actor(who: str, unit: UUID) -> Actor:
    if who == "unit":
        return make_actor(*permissions_of([Grant.GROUP_REGISTRATION], Level.UNIT), organisation_id=unit)
    granted = permissions_of([Grant.DISEASE_CONTROL], Level.PROVINCE)
    return make_actor(*granted, level=Level.PROVINCE, region="320000")


async def _p95(client: httpx.AsyncClient, path: str, filters: tuple[dict[str, str], ...], found: Found) -> float:
    draw = random.Random(7)
    taken = []
    for number in range(WARM_UP * len(filters) + REQUESTS):
        where = API + path.format(plan=draw.choice(found["plan"]))
        started = time.perf_counter()
        answer = await client.get(httpx.URL(where).copy_merge_params(filters[number % len(filters)]))
        taken.append((time.perf_counter() - started) * 1000)
        answer.raise_for_status()
    return statistics.quantiles(taken[-REQUESTS:], n=20)[-1]
