"""The register of 200,000 certificates: how soon one is found by whoever types what he knows of it, through the whole API in this process,
the 95th of a hundred requests; and its whole sheet as the job that makes it: how long, and by how much this process grows, which is not
with the rows (STAFF-10, BEY-07).
"""

import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
from sqlalchemy import text

from bench.crowd import GIVEN, SURNAMES, settle
from bench.figure import Figure
from bench.stack import adopt
from ops.up.servers import embedded_servers
from services.certificates.issue.models import Certificate
from services.certificates.issue.service import issue_certificate
from services.certificates.jobs.kinds import JOBS
from services.certificates.main import app
from shared.identifiers import new_id
from shared.reference.pinyin import person_initials, person_pieces, search_text
from shared.roles import Grant, Level, permissions_of
from shared.runtime import Runtime
from shared.services import Service
from shared.tasks import job_rows
from shared.tasks.job_runner import JobRun
from shared.web.callers import SessionState, cache_key, token_hash
from tests.conftest import make_actor
from tests.services.certificates.records import published_result

CERTIFICATES, NAMES, PLANS, UNITS = 200_000, 20_000, 2_000, 5_000
REQUESTS, WARM_UP = 100, 5
API = "/api/certificates"
_PAGE = Path("/proc/self/statm")
_SEVERAL = 20_000
_COPIED = """
INSERT INTO certificates ({columns})
SELECT {values} FROM certificates AS one, generate_series(1, :many) AS no, words WHERE words.at = no % :names"""
_MADE = {
    "id": "uuidv7()",
    "number": "'苏职诊2026-' || lpad(no::text, 7, '0')",
    "status": "'valid'",
    "registration_id": "gen_random_uuid()",
    "person_id": "gen_random_uuid()",
    "class_session_id": "gen_random_uuid()",
    "holder_name": "words.name",
    "holder_pieces": "words.pieces",
    "plan_name": "'2026年第' || no % :plans || '期职业病诊断医师培训班'",
    "unit_name": "'第' || no % :units || '职业病防治医院'",
    "region_code": "'32' || lpad((no % 13 + 1)::text, 2, '0') || '02'",
    "issued_on": "date '2022-01-01' + no % 1700",
    "editions": "1",
}


def figures() -> Iterator[Figure]:
    found, (seconds, grown, early) = asyncio.run(_measured())
    for name, p95 in found.items():
        yield Figure(f"register_{name}_p95_ms", p95, "ms", 1000)
    yield Figure("register_sheet_s", seconds, "s")
    yield Figure("register_sheet_memory_mb", grown, "MB", 100)
    yield Figure("register_sheet_memory_first_20000_mb", early, "MB")


async def _measured() -> tuple[dict[str, float], tuple[float, float, float]]:
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder) / "var", durable=False) as servers:
        adopt(servers, Service.CERTIFICATES)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(app.router.lifespan_context(app))
            runtime: Runtime = app.state.runtime
            names = await _fill(runtime)
            client = await _client(stack, runtime)
            found = {name: await _taken(client, asked) for name, asked in _searches(names).items()}
            return found, await _sheet(runtime, client)


async def _fill(runtime: Runtime) -> list[str]:
    draw = random.Random(20261130)
    names = ["".join((draw.choice(SURNAMES), *draw.choices(GIVEN, k=draw.choice((1, 2, 2))))) for _ in range(NAMES)]
    plans = [f"2026年第{no}期职业病诊断医师培训班" for no in range(PLANS)]
    units = [f"第{no}职业病防治医院" for no in range(UNITS)]
    sizes = {"many": CERTIFICATES - 1, "names": NAMES, "plans": PLANS, "units": UNITS}
    async with runtime.database.unit_of_work() as session:
        await issue_certificate(session, published_result())
    async with runtime.database.unit_of_work() as session:
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        await session.execute(text("CREATE TEMP TABLE words (at int, name text, pieces text[])"))
        told = [{"at": at, "name": name, "pieces": person_pieces(name)} for at, name in enumerate(names)]
        await session.execute(text("INSERT INTO words VALUES (:at, :name, :pieces)"), told)
        columns = [each.name for each in Certificate.__table__.columns]
        values = ", ".join(_MADE.get(each, f"one.{each}") for each in columns)
        await session.execute(text(_COPIED.format(columns=", ".join(columns), values=values)), sizes)
        rows = [{"kind": kind, "name": name, "search": search_text(name)} for kind, name in _named(plans, units)]
        await session.execute(
            text("INSERT INTO certificate_names VALUES (:kind, :name, :search) ON CONFLICT DO NOTHING"), rows
        )
    async with runtime.database.unit_of_work() as session:
        await settle(session)
    return names


def _named(plans: list[str], units: list[str]) -> Iterator[tuple[str, str]]:
    yield from (("plan", each) for each in plans)
    yield from (("unit", each) for each in units)


def _searches(names: list[str]) -> dict[str, Callable[[int], dict[str, str]]]:
    """By what people know of a certificate, another one each time."""
    return {
        "number": lambda at: {"q": f"苏职诊2026-{at * 1999 % CERTIFICATES + 1:07}"},
        "beginning_of_number": lambda at: {"q": f"苏职诊2026-{at % 20:03}"},
        "name": lambda at: {"q": names[at * 199 % NAMES]},
        "part_of_name": lambda at: {"q": names[at * 199 % NAMES][1:]},
        "initials": lambda at: {"q": person_initials(names[at * 199 % NAMES])[0]},
        "plan": lambda at: {"q": f"第{at * 19 % PLANS}期"},
        "unit": lambda at: {"unit_name": f"第{at * 49 % UNITS}职业"},
        "nothing": lambda at: {"q": f"没有此人{at}"},
        "whole_list": lambda at: {},
    }


async def _client(stack: AsyncExitStack, runtime: Runtime) -> httpx.AsyncClient:
    permissions = permissions_of({Grant.DISEASE_CONTROL}, Level.PROVINCE)
    actor = make_actor(*permissions, level=Level.PROVINCE, region="320000")
    token = new_id().hex
    await runtime.redis.set(cache_key(token_hash(token)), SessionState(actor=actor).model_dump_json(), ex=3600)
    transport, headers = httpx.ASGITransport(app=app), {"Authorization": f"Bearer {token}"}
    client = httpx.AsyncClient(transport=transport, base_url="http://platform", headers=headers, timeout=60)
    return await stack.enter_async_context(client)


async def _taken(client: httpx.AsyncClient, asked: Callable[[int], dict[str, str]]) -> float:
    taken = []
    for at in range(WARM_UP + REQUESTS):
        started = time.perf_counter()
        answer = await client.get(f"{API}/certificates", params=asked(at))
        taken.append((time.perf_counter() - started) * 1000)
        answer.raise_for_status()
    return statistics.quantiles(taken[-REQUESTS:], n=20)[-1]


async def _sheet(runtime: Runtime, client: httpx.AsyncClient) -> tuple[float, float, float]:
    """Seconds of the whole job; MB that this process grew by at most, and by the first rows."""
    answer = await client.get(f"{API}/exports/certificates.xlsx")
    if answer.status_code != 202:
        raise RuntimeError(f"the sheet was no job: {answer.status_code}")
    async with runtime.database.unit_of_work() as session:
        job = await job_rows.claim_job(session, JOBS)
    if job is None:
        raise RuntimeError("no job was begun")
    run, before, started = JobRun(runtime, JOBS, job), _memory_mb(), time.perf_counter()
    await run.open()
    most = early = 0.0
    while await run.step():
        most = max(most, _memory_mb() - before)
        if run.progress.position <= _SEVERAL:
            early = most
    most = max(most, _memory_mb() - before)
    if run.progress.done != CERTIFICATES:
        raise RuntimeError(f"only {run.progress.done} rows")
    await run.close()
    return time.perf_counter() - started, most, early


def _memory_mb() -> float:
    return int(_PAGE.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024
