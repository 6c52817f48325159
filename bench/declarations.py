"""Declarations of 300,000 employers over HTTP, one API process on real servers: the 95th of the queue, the lists, one record and one
autosave, and thirty submissions a second for a minute (PLAT-08). Beside it a route that asks the database for nothing, and the
processor time of API, database and cache together: on a machine with other work these say more. ``BENCH_EMPLOYERS`` makes it smaller.
"""

import asyncio
import itertools
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from bench.figure import Figure
from bench.industry import LARGE, fill, settle
from bench.stack import adopt, processes, processor_ms
from ops.up.servers import Servers, embedded_servers
from services.declaration.form.table import VERSION
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from shared.web.callers import SessionState, cache_key, token_hash
from tests.conftest import make_actor

EMPLOYERS = int(os.environ.get("BENCH_EMPLOYERS", LARGE))
REQUESTS = 200
WARM_UP = 20
PER_SECOND = 30
SECONDS = 60
API = "/api/declaration"
Ask = Callable[[int], Awaitable[httpx.Response]]
_OF_LIST = {"status", "employer_name"}
_FILTERS: Sequence[dict[str, str]] = (
    {},
    {"flagged": "true"},
    {"late": "true"},
    {"employer_name": "电镀"},
    {"status": "approved"},
)


@dataclass
class Taken:
    """Milliseconds by what was asked; ``failed`` what was refused of the submissions."""

    ms: dict[str, list[float]] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)
    failed: int = 0

    def p95(self, name: str) -> float:
        return statistics.quantiles(self.ms[name][-REQUESTS:] if name != "submit" else self.ms[name], n=20)[-1]


@dataclass(frozen=True)
class Found:
    """Whoever asks, by what they bear; drafts as (bearer, id)."""

    county: str
    city: str
    province: str
    records: Sequence[UUID]
    drafts: Sequence[tuple[str, UUID]]

    def office(self, number: int) -> str:
        return (self.county, self.city, self.province)[number % 3]


def figures() -> Iterator[Figure]:
    """Of ``EMPLOYERS``; each p95 with its ratio to the plain route."""
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder) / "var", durable=False) as servers:
        environment = adopt(servers, Service.DECLARATION)
        filled, found = asyncio.run(_filled())
        with processes("services.declaration.main:app", 1, environment, servers) as (port,):
            taken = asyncio.run(_measured(servers, f"http://127.0.0.1:{port}", found))
    yield Figure("declarations_fill_s", filled, "s", 600)
    plain = taken.p95("plain")
    yield Figure("declarations_plain_p95_ms", plain, "ms")
    for name, goal in (("queue", 50), ("list", 50), ("regions", 200), ("record", 50), ("review", 50), ("autosave", 20)):
        yield Figure(f"declarations_{name}_p95_ms", taken.p95(name), "ms", goal)
        yield Figure(f"declarations_{name}_median_ms", statistics.median(taken.ms[name]), "ms")
        yield Figure(f"declarations_{name}_p95_to_plain", taken.p95(name) / plain, "x")
        yield Figure(f"declarations_{name}_processor_ms", taken.processor[name], "ms")
    yield Figure("declarations_submit_30_a_second_p95_ms", taken.p95("submit"), "ms", 300)
    yield Figure("declarations_submit_processor_ms", taken.processor["submit"], "ms")
    yield Figure("declarations_submit_failed", taken.failed, f"of {PER_SECOND * SECONDS}", 0)


async def _filled() -> tuple[float, Found]:
    async with open_runtime(Service.DECLARATION, pool_size=2, lanes={}) as runtime:
        started = time.perf_counter()
        async with runtime.database.unit_of_work() as session:
            await fill(session, EMPLOYERS)
        async with runtime.database.unit_of_work() as session:
            await settle(session)
        seconds = time.perf_counter() - started
        return seconds, await _found(runtime)


async def _found(runtime: Runtime) -> Found:
    async with runtime.database.unit_of_work() as session:
        own = await session.execute(
            text("SELECT employer_id, id FROM declarations WHERE status = 'draft' LIMIT :most"),
            {"most": PER_SECOND * SECONDS + REQUESTS},
        )
        drafts = own.all()
        county = await session.scalar(text("SELECT region_code FROM declarations WHERE status = 'pending' LIMIT 1"))
        pending = text("SELECT id FROM declarations WHERE status = 'pending' AND region_code = :county LIMIT 200")
        records = (await session.scalars(pending, {"county": county})).all()
    review, oversee = Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT
    return Found(
        county=await _bearer(runtime, make_actor(review, level=Level.COUNTY, region=county)),
        city=await _bearer(runtime, make_actor(review, oversee, level=Level.CITY, region=f"{county[:4]}00")),
        province=await _bearer(runtime, make_actor(oversee, level=Level.PROVINCE, region="320000")),
        records=records,
        drafts=[(await _bearer(runtime, _employer(employer)), record) for employer, record in drafts],
    )


def _employer(employer: UUID) -> Actor:
    return make_actor(Permission.HAZARD_DECLARATION, organisation_id=employer)


async def _bearer(runtime: Runtime, actor: Actor) -> str:
    token = new_id().hex
    await runtime.redis.set(cache_key(token_hash(token)), SessionState(actor=actor).model_dump_json(), ex=7200)
    return token


async def _measured(servers: Servers, base_url: str, found: Found) -> Taken:
    taken, draw = Taken(), random.Random(7)
    async with AsyncExitStack() as stack:
        limits = httpx.Limits(max_connections=64)
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=base_url, timeout=60, limits=limits, trust_env=False)
        )
        asked = _asked(client, found, draw)
        for name, ask in asked.items():
            for number in range(WARM_UP):
                await ask(number)
            before = processor_ms(servers)
            for number in range(REQUESTS):
                await _take(taken, name, ask(WARM_UP + number))
            taken.processor[name] = (processor_ms(servers) - before) / REQUESTS
        await _autosaves(taken, servers, client, found)
        before = processor_ms(servers)
        await _submissions(taken, client, found.drafts[REQUESTS:])
        taken.processor["submit"] = (processor_ms(servers) - before) / len(taken.ms["submit"])
    return taken


def _asked(client: httpx.AsyncClient, found: Found, draw: random.Random) -> dict[str, Ask]:
    """What is read, with changing callers and filters."""

    def queue(number: int) -> Awaitable[httpx.Response]:
        return client.get(f"{API}/reviews", params=_FILTERS[number % len(_FILTERS)], headers=_by(found.office(number)))

    def listed(number: int) -> Awaitable[httpx.Response]:
        wanted = {key: value for key, value in _FILTERS[number % len(_FILTERS)].items() if key in _OF_LIST}
        return client.get(f"{API}/declarations", params=wanted, headers=_by(found.office(number)))

    def one(path: str) -> Ask:
        return lambda _: client.get(f"{API}/{path}/{draw.choice(found.records)}", headers=_by(found.county))

    return {
        "plain": lambda _: client.get("/healthz"),
        "queue": queue,
        "list": listed,
        "regions": lambda _: client.get(f"{API}/reviews/regions", headers=_by(found.province)),
        "record": one("declarations"),
        "review": one("reviews"),
    }


async def _autosaves(taken: Taken, servers: Servers, client: httpx.AsyncClient, found: Found) -> None:
    """Processor time with the reading that goes before each."""
    before = processor_ms(servers)
    for number, (own, draft) in enumerate(found.drafts[:REQUESTS]):
        await _autosave(taken, client, own, draft, number)
    taken.processor["autosave"] = (processor_ms(servers) - before) / REQUESTS


def _by(bearer: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {bearer}"}


async def _take(taken: Taken, name: str, asking: Awaitable[httpx.Response]) -> httpx.Response:
    started = time.perf_counter()
    answer = await asking
    taken.ms.setdefault(name, []).append((time.perf_counter() - started) * 1000)
    answer.raise_for_status()
    return answer


async def _autosave(taken: Taken, client: httpx.AsyncClient, own: str, draft: UUID, number: int) -> None:
    seen = await client.get(f"{API}/declarations/{draft}", headers=_by(own))
    assert seen.json()["form_version"] == VERSION
    headers = {**_by(own), "If-Match": seen.headers["etag"]}
    body = {"staff_count": 100 + number, "hazards": _without_labels(seen.json()["hazards"])}
    await _take(taken, "autosave", client.patch(f"{API}/declarations/{draft}", json=body, headers=headers))


def _without_labels(hazards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sent = ("factor_code", "own_name", "exposed_count")
    return [
        {
            "class_code": each["class_code"],
            "exposed_count": each["exposed_count"],
            "factors": [{name: factor[name] for name in sent} for factor in each["factors"]],
        }
        for each in hazards
    ]


async def _submissions(taken: Taken, client: httpx.AsyncClient, drafts: Sequence[tuple[str, UUID]]) -> None:
    """Each at its own moment, whatever became of those before it."""
    begun = time.perf_counter()
    wanted = list(itertools.islice(drafts, PER_SECOND * SECONDS))
    async with asyncio.TaskGroup() as group:
        for number, (own, draft) in enumerate(wanted):
            await asyncio.sleep(max(0.0, begun + number / PER_SECOND - time.perf_counter()))
            group.create_task(_submit(taken, client, own, draft))


async def _submit(taken: Taken, client: httpx.AsyncClient, own: str, draft: UUID) -> None:
    started = time.perf_counter()
    try:
        (await client.post(f"{API}/declarations/{draft}/submit", headers=_by(own))).raise_for_status()
    except httpx.HTTPError:
        taken.failed += 1
    taken.ms.setdefault("submit", []).append((time.perf_counter() - started) * 1000)
