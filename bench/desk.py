"""What an official waits for at 200,000 registrations, through the whole API in this process: the province's and a city's board, and the
review desk's next record with its neighbours, photo and files left out; the 95th of a hundred requests each, in ms (STAFF-02, STAFF-12).
While the board is read, deltas that nobody has folded lie beside its cells.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
from sqlalchemy import text

from bench.crowd import Size, fill, settle
from bench.figure import Figure
from bench.stack import processor_ms
from ops.migrate import migrate
from ops.up.environment import child_environment
from ops.up.servers import Servers, embedded_servers
from services.training.desk.boards.tasks import fold_board
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
UNFOLDED = 500
SIZE = Size(people=200_000, registrations=200_000, plans=2_000, units=5_000)
API = "/api/training"
BOARD = f"{API}/boards/province"
_TOUCH = text("""
UPDATE registrations SET status = 'approved' WHERE id IN (SELECT id FROM registrations WHERE status = 'submitted' LIMIT :n)""")
Measured = dict[str, tuple[float, float]]


def figures() -> Iterator[Figure]:
    """Milliseconds of each, and the processor time of all that runs for it, which others on the machine change less."""
    for name, (p95, processor) in asyncio.run(_measured()).items():
        yield Figure(f"desk_{name}_p95_ms", p95, "ms", 150)
        yield Figure(f"desk_{name}_processor_ms", processor, "ms")


async def _measured() -> Measured:
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder) / "var", durable=False) as servers:
        os.environ.update(child_environment(servers, port=1))
        platform_settings.cache_clear()
        servers.create_database(Service.TRAINING)
        await asyncio.to_thread(migrate, Service.TRAINING)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(app.router.lifespan_context(app))
            runtime: Runtime = app.state.runtime
            await _fill(runtime)
            province = await _client(stack, runtime, Level.PROVINCE, "320000")
            city = await _client(stack, runtime, Level.CITY, "320100")
            asked = {
                "board_of_province": (province, [BOARD]),
                "board_of_city": (city, [BOARD]),
                "queue": (province, [f"{API}/reviews?status=submitted"]),
                "next_record": (province, await _records(province, {"status": "submitted"})),
                "next_record_of_city": (province, await _records(province, {"region_code": "3205"})),
                "next_record_by_name": (province, await _records(province, {"name": "王"})),
            }
            return {name: await _taken(servers, client, addresses) for name, (client, addresses) in asked.items()}


async def _fill(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as session:
        await fill(session, SIZE)
    await fold_board(runtime)
    async with runtime.database.unit_of_work() as session:
        await settle(session)
        await session.execute(_TOUCH, {"n": UNFOLDED})


async def _records(client: httpx.AsyncClient, filters: dict[str, str]) -> list[str]:
    """The addresses of records that lie one after the other in a queue, each to be opened in it."""
    answer = await client.get(f"{API}/reviews", params={**filters, "limit": "50"})
    query = httpx.QueryParams(filters)
    return [f"{API}/reviews/{row['registration_id']}?{query}" for row in answer.raise_for_status().json()["items"]]


async def _client(stack: AsyncExitStack, runtime: Runtime, level: Level, region: str) -> httpx.AsyncClient:
    actor: Actor = make_actor(*permissions_of([Grant.DISEASE_CONTROL], level), level=level, region=region)
    token = new_id().hex
    await runtime.redis.set(cache_key(token_hash(token)), SessionState(actor=actor).model_dump_json(), ex=3600)
    transport = httpx.ASGITransport(app=app)
    client = httpx.AsyncClient(
        transport=transport, base_url="http://platform", headers={"Authorization": f"Bearer {token}"}, timeout=60
    )
    return await stack.enter_async_context(client)


async def _taken(servers: Servers, client: httpx.AsyncClient, addresses: Sequence[str]) -> tuple[float, float]:
    """(95th percentile, processor time of one), both in ms; the first few are to warm up."""
    taken = []
    before = 0.0
    for number in range(WARM_UP + REQUESTS):
        if number == WARM_UP:
            before = _processor(servers)
        started = time.perf_counter()
        answer = await client.get(addresses[number % len(addresses)])
        taken.append((time.perf_counter() - started) * 1000)
        answer.raise_for_status()
    return statistics.quantiles(taken[-REQUESTS:], n=20)[-1], (_processor(servers) - before) / REQUESTS


def _processor(servers: Servers) -> float:
    """Of this process, in which the API runs, and of the servers."""
    return time.process_time() * 1000 + processor_ms(servers)
