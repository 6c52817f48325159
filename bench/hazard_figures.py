"""The figures of 300,000 employers (STAFF-12): the first count of all of them, a recount, one fold, and the figures over HTTP by everything
that they can be told apart by, of today and of past days, as province, city and county ask. ``BENCH_EMPLOYERS`` makes it smaller.
"""

import asyncio
import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
from sqlalchemy import text

from bench.figure import Figure
from bench.industry import LARGE, fill, settle
from bench.stack import adopt, processes
from ops.up.servers import embedded_servers
from services.declaration.figures import repository, runs, tasks
from services.declaration.figures.models import FigureRun
from shared.clock import beijing_today, now_utc
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
URL = "/api/declaration/figures"
# Industries, sizes and factors as a province has them, where the generator gives all employers the same.
_SPREAD = (
    """
UPDATE declarations AS d SET industry = 'C' || (13 + ('x' || substr(md5(d.id::text), 1, 4))::bit(16)::integer % 31)::text,
       size = (1 + ('x' || substr(md5(d.id::text), 5, 4))::bit(16)::integer % 4)::text WHERE industry IS NOT NULL""",
    """
UPDATE declared_factors SET factor_code = 'A' || lpad((6 + ('x' || substr(md5(declaration_id::text), 1, 4))::bit(16)::integer % 40)::text,
                                               3, '0') WHERE factor_code = 'A003'""",
)


@dataclass
class Taken:
    seconds: dict[str, float] = field(default_factory=dict)
    ms: dict[str, list[float]] = field(default_factory=dict)
    drifted: int = 0


def figures() -> Iterator[Figure]:
    """Each p95 over all callers; the goal is that of STAFF-12's issue."""
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder) / "var", durable=False) as servers:
        environment = adopt(servers, Service.DECLARATION)
        taken, bearers = asyncio.run(_filled())
        with processes("services.declaration.main:app", 1, environment, servers) as (port,):
            asyncio.run(_measured(taken, f"http://127.0.0.1:{port}", bearers))
    for name, goal in (("first_count", 3600.0), ("recount", 600.0), ("fold", 5.0)):
        yield Figure(f"hazard_figures_{name}_s", taken.seconds[name], "s", goal)
    for name, values in taken.ms.items():
        p95 = statistics.quantiles(values, n=20)[-1]
        yield Figure(f"hazard_figures_{name}_p95_ms", p95, "ms", None if name == "plain" else 200)
        yield Figure(f"hazard_figures_{name}_median_ms", statistics.median(values), "ms")
    yield Figure("hazard_figures_drifted", taken.drifted, "cells", 0)


async def _filled() -> tuple[Taken, list[str]]:
    taken = Taken()
    async with open_runtime(Service.DECLARATION, pool_size=4, lanes={}) as runtime:
        async with runtime.database.unit_of_work() as session:
            await fill(session, EMPLOYERS)
            for statement in _SPREAD:
                await session.execute(text(statement))
        async with runtime.database.unit_of_work() as session:
            await settle(session)
        begun = time.perf_counter()
        await tasks.keep_all(runtime, await _run(runtime))
        async with runtime.database.unit_of_work() as session:
            await repository.rebuild(session)
        taken.seconds["first_count"] = time.perf_counter() - begun
        begun = time.perf_counter()
        async with runtime.database.unit_of_work() as session:
            await repository.take_time(session)
            taken.drifted = len(await repository.drift(session, ""))
        taken.seconds["recount"] = time.perf_counter() - begun
        await _a_busy_second(runtime, taken)
        async with runtime.database.unit_of_work() as session:
            await settle(session)
        review, oversee = Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT
        actors = (
            make_actor(oversee, level=Level.PROVINCE, region="320000"),
            make_actor(review, oversee, level=Level.CITY, region="320100"),
            make_actor(review, level=Level.COUNTY, region="320102"),
        )
        return taken, [await _bearer(runtime, each) for each in actors]


async def _run(runtime: Runtime) -> FigureRun:
    async with runtime.database.unit_of_work() as session:
        run = await runs.claim_run(session, now_utc())
    assert run is not None
    return run


async def _a_busy_second(runtime: Runtime, taken: Taken) -> None:
    """A thousand units change, which is more than three seconds of the busiest day bring; then they are folded."""
    async with runtime.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE employers SET active = false WHERE id IN (SELECT id FROM employers LIMIT 1000)")
        )
        ids = list(await session.scalars(text("SELECT id FROM employers WHERE NOT active")))
        await repository.keep(session, ids, beijing_today(now_utc()))
    begun = time.perf_counter()
    await tasks.fold_figures(runtime)
    taken.seconds["fold"] = time.perf_counter() - begun


async def _bearer(runtime: Runtime, actor: Actor) -> str:
    token = new_id().hex
    await runtime.redis.set(cache_key(token_hash(token)), SessionState(actor=actor).model_dump_json(), ex=7200)
    return token


async def _measured(taken: Taken, base_url: str, bearers: list[str]) -> None:
    today = beijing_today(now_utc())
    days = itertools.cycle((today - timedelta(days=each)).isoformat() for each in (1, 17, 45, 133, 290))
    narrowed = itertools.cycle(({}, {"industry": "C"}, {"factor": "dust"}, {"size": "3"}, {"factor": "C001"}))
    async with httpx.AsyncClient(base_url=base_url, timeout=60, trust_env=False) as client:
        for name in ("plain", "region", "industry", "factor", "size", "year", "past"):
            for number in range(WARM_UP + REQUESTS):
                headers = {"Authorization": f"Bearer {bearers[number % len(bearers)]}"}
                asked = (
                    {"dimension": name, **next(narrowed)} if name != "past" else {"day": next(days), **next(narrowed)}
                )
                started = time.perf_counter()
                answer = await client.get("/healthz" if name == "plain" else URL, params=asked, headers=headers)
                answer.raise_for_status()
                if number >= WARM_UP:
                    taken.ms.setdefault(name, []).append((time.perf_counter() - started) * 1000)
