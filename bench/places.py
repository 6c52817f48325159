"""A rush for places over HTTP (BEY-01): 100 seats, 400 units, 32 requests at once, four API processes on real servers; then groups of
seven. Beside it a plain route that only adds one to a row, under the same rush: the ratio is what caller, exactness, history and
answer cost.
"""

import asyncio
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from bench.figure import Figure
from bench.stack import adopt, processes, processor_ms
from ops.up.servers import Servers, embedded_servers
from services.training.classes.class_sessions.models import ClassSession, Schedule, SessionSpecialty
from services.training.classes.class_sessions.workflow import ScheduleStatus
from services.training.plans.choices import TrainingKind
from services.training.plans.models import Plan
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from shared.settings import platform_settings
from shared.web.callers import SessionState, cache_key, token_hash
from tests.conftest import make_actor
from tests.services.training.records import add_institution, add_plan, add_registration, add_staff, resident_id, today

PROCESSES = 4
AT_ONCE = 32
SEATS = 100
UNITS = 400
GROUP = 7
_DAYS = itertools.count()  # nobody shares a birthday, so that no two resident ids are alike

plain = FastAPI()


@dataclass(frozen=True)
class Queue:
    """What is asked, one request per unit, for the seats of one session."""

    plan: Plan
    class_session: ClassSession
    requests: list[bytes]


@dataclass(frozen=True)
class Rush:
    """``cpu_ms`` is processor time of APIs, PostgreSQL and Valkey per request; ``taken`` the session's seats in the end."""

    per_second: float
    p95_ms: float
    cpu_ms: float
    taken: int


def figures() -> Iterator[Figure]:
    """One person each of 400 units; sixty groups of seven, and then single people for what those leave; the plain route."""
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder)) as servers:
        environment = adopt(servers, Service.TRAINING)
        with processes("services.training.main:app", PROCESSES, environment, servers) as ports:
            single, groups, filled = asyncio.run(_places(servers, ports))
        with processes("bench.places:plain", PROCESSES, environment, servers) as ports:
            counter = asyncio.run(_counter(servers, ports))
    yield Figure("places_per_s", single.per_second, "1/s", 300)
    yield Figure("places_p95_ms", single.p95_ms, "ms", 200)
    yield Figure("places_processor_ms_a_request", single.cpu_ms, "ms")
    yield Figure("places_taken", single.taken, f"of {SEATS}", SEATS)
    yield Figure("places_groups_per_s", groups.per_second, "1/s")
    yield Figure("places_taken_by_groups_of_seven", groups.taken, f"of {SEATS}", SEATS // GROUP * GROUP)
    yield Figure("places_taken_after_small_groups", filled.taken, f"of {SEATS}", SEATS)
    yield Figure("places_plain_route_per_s", counter.per_second, "1/s")
    yield Figure("places_plain_route_processor_ms", counter.cpu_ms, "ms")
    yield Figure("places_to_plain_route", single.per_second / counter.per_second, "x")


@plain.put("/plain/{class_session_id}")
async def add_one(class_session_id: UUID) -> dict[str, int | None]:
    """What a counter alone costs: one guarded statement in a transaction, and nothing that says who did it."""
    if not hasattr(plain.state, "sessions"):
        engine = create_async_engine(platform_settings().database_of(Service.TRAINING), pool_size=5, max_overflow=0)
        plain.state.sessions = async_sessionmaker(engine)
    async with plain.state.sessions() as session, session.begin():
        moved = update(ClassSession).where(ClassSession.id == class_session_id, ClassSession.taken < SEATS)
        return {"taken": await session.scalar(moved.values(taken=ClassSession.taken + 1).returning(ClassSession.taken))}


async def _places(servers: Servers, ports: Sequence[int]) -> tuple[Rush, Rush, Rush]:
    async with open_runtime(Service.TRAINING, pool_size=2, lanes={}) as runtime:
        await _rush(runtime, servers, ports, await _prepare(runtime, 1, UNITS))  # connections are made, plans are kept
        single = await _rush(runtime, servers, ports, await _prepare(runtime, 1, UNITS))
        sevens = await _prepare(runtime, GROUP, 60)
        groups = await _rush(runtime, servers, ports, sevens)
        return single, groups, await _rush(runtime, servers, ports, await _prepare(runtime, 1, 60, sevens))


async def _counter(servers: Servers, ports: Sequence[int]) -> Rush:
    async with open_runtime(Service.TRAINING, pool_size=2, lanes={}) as runtime:
        for _ in range(2):  # the first to warm
            queue = await _prepare(runtime, 1, 1)
            request = _request(f"/plain/{queue.class_session.id}", "", {})
            rush = await _rush(runtime, servers, ports, replace(queue, requests=[request] * UNITS))
        return rush


async def _prepare(runtime: Runtime, size: int, units: int, behind: Queue | None = None) -> Queue:
    """``units`` units with ``size`` approved people each, signed in, for a new session or for that of ``behind``."""
    async with runtime.database.unit_of_work() as session:
        plan, row = (behind.plan, behind.class_session) if behind else await new_class(session)
        clerks = [await new_clerk(session, plan, size) for _ in range(units)]
    requests = []
    for actor, people in clerks:
        token = new_id().hex
        await runtime.redis.set(cache_key(token_hash(token)), SessionState(actor=actor).model_dump_json(), ex=600)
        body = {"class_session_id": str(row.id), "specialty_code": "skin", "registration_ids": people}
        requests.append(_request(f"/api/training/selections/{plan.id}/placements", token, body))
    return Queue(plan, row, requests)


async def new_class(session: AsyncSession) -> tuple[Plan, ClassSession]:
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
        capacity=SEATS,
        location="南京",
        start_date=start,
        end_date=start + timedelta(days=2),
        days=3,
        selection_deadline=start,
        specialties=[SessionSpecialty(specialty_code="skin", places=None)],
    )
    session.add(row)
    await session.flush()
    return plan, row


async def new_clerk(session: AsyncSession, plan: Plan, size: int) -> tuple[Actor, list[str]]:
    actor = make_actor(Permission.GROUP_REGISTRATION)
    await add_institution(session, actor)
    births = [date(1960, 1, 1) + timedelta(days=next(_DAYS)) for _ in range(size)]
    staff = [await add_staff(session, actor, "甲", resident_id=resident_id(each), birth_date=each) for each in births]
    return actor, [str((await add_registration(session, actor, plan, each, "skin")).id) for each in staff]


def _request(path: str, token: str, body: Mapping[str, object]) -> bytes:
    """Ready to send: what the client itself costs is not measured."""
    content = json.dumps(body).encode()
    head = (
        f"PUT {path} HTTP/1.1\r\nHost: platform\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    )
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


async def _rush(runtime: Runtime, servers: Servers, ports: Sequence[int], queue: Queue) -> Rush:
    waiting, seconds = list(queue.requests), []

    async def client(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while waiting:
            request, started = waiting.pop(), time.perf_counter()
            writer.write(request)
            await _answer(reader)
            seconds.append(time.perf_counter() - started)
        writer.close()

    before, started = processor_ms(servers), time.perf_counter()
    await asyncio.gather(*(client(ports[number % len(ports)]) for number in range(AT_ONCE)))
    elapsed, spent = time.perf_counter() - started, processor_ms(servers) - before
    async with runtime.database.unit_of_work() as session:
        taken = (await session.get_one(ClassSession, queue.class_session.id)).taken
    count = len(queue.requests)
    return Rush(count / elapsed, statistics.quantiles(seconds, n=20)[-1] * 1000, spent / count, taken)


async def _answer(reader: asyncio.StreamReader) -> None:
    """Reads one answer; raises ``RuntimeError`` for one that neither places nor says that the class is full."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")).partition(b":")[
        2
    ]
    body = await reader.readexactly(int(length))
    status = int(head.split(b" ", 2)[1])
    if status != 200 and not (status == 409 and json.loads(body)["code"] == "class_is_full"):
        raise RuntimeError(f"{status} {body.decode()}")
