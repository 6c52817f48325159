"""Two hundred pages of 集体选班 that are open at once and ask for the seats every five seconds, of one API process, while places go
(TRN-72): what share of a core that takes. Beside it the same for the whole page, which the light route stands for.
"""

import asyncio
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy import update

from bench.figure import Figure
from bench.places import new_class, new_clerk
from bench.stack import adopt, processes, processor_ms
from ops.up.servers import Servers, embedded_servers
from services.training.classes.class_sessions.models import ClassSession
from shared.identifiers import new_id
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from shared.web.callers import SessionState, cache_key, token_hash

PAGES = 200
EVERY = 5.0
SECONDS = 20.0
CONNECTIONS = 8
Connections = asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
_ETAG = re.compile(rb"etag: (\S+)", re.IGNORECASE)


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder)) as servers:
        environment = adopt(servers, Service.TRAINING)
        with processes("services.training.main:app", 1, environment, servers) as ports:
            light, whole = asyncio.run(_shares(servers, ports[0]))
    yield Figure("polling_200_pages_core_percent", light, "%", 20)
    yield Figure("polling_200_whole_pages_core_percent", whole, "%")
    yield Figure("polling_light_to_whole", light / whole, "x")


async def _shares(servers: Servers, port: int) -> tuple[float, float]:
    async with open_runtime(Service.TRAINING, pool_size=2, lanes={}) as runtime:
        plan_id, class_session_id, tokens = await _prepare(runtime)
        found = []
        for path in (f"/api/training/selections/{plan_id}/seats", f"/api/training/selections/{plan_id}"):
            await _open(servers, port, path, tokens, EVERY)  # connections are made, plans are kept
            going = asyncio.create_task(_places_go(runtime, class_session_id))
            found.append(await _open(servers, port, path, tokens, SECONDS))
            going.cancel()
        return found[0], found[1]


async def _prepare(runtime: Runtime) -> tuple[UUID, UUID, list[str]]:
    async with runtime.database.unit_of_work() as session:
        plan, row = await new_class(session)
        clerks = [await new_clerk(session, plan, 1) for _ in range(PAGES)]
    tokens = [new_id().hex for _ in clerks]
    for token, (actor, _) in zip(tokens, clerks, strict=True):
        await runtime.redis.set(cache_key(token_hash(token)), SessionState(actor=actor).model_dump_json(), ex=600)
    return plan.id, row.id, tokens


async def _places_go(runtime: Runtime, class_session_id: UUID) -> None:
    """One a second."""
    while True:
        async with runtime.database.unit_of_work() as session:
            taken = update(ClassSession).where(ClassSession.id == class_session_id)
            await session.execute(taken.values(taken=ClassSession.taken + 1))
        await asyncio.sleep(1)


async def _open(servers: Servers, port: int, path: str, tokens: Sequence[str], seconds: float) -> float:
    """Percent of a core that API and servers took while every page asked each five seconds, their first questions spread. As a gateway
    does, all share a few connections."""
    connections: Connections = asyncio.Queue()
    for _ in range(CONNECTIONS):
        connections.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    before, started = processor_ms(servers), time.perf_counter()
    ends = started + seconds
    pages = (_page(connections, path, token, at * EVERY / PAGES, ends) for at, token in enumerate(tokens))
    await asyncio.gather(*pages)
    return (processor_ms(servers) - before) / ((time.perf_counter() - started) * 1000) * 100


async def _page(connections: Connections, path: str, token: str, first: float, ends: float) -> None:
    etag = b""
    await asyncio.sleep(first)
    while time.perf_counter() < ends:
        head = f"GET {path} HTTP/1.1\r\nHost: platform\r\nAuthorization: Bearer {token}\r\n".encode()
        reader, writer = await connections.get()
        writer.write(head + (b"If-None-Match: " + etag + b"\r\n" if etag else b"") + b"\r\n")
        etag = await _answer(reader)
        connections.put_nowait((reader, writer))
        await asyncio.sleep(EVERY)


async def _answer(reader: asyncio.StreamReader) -> bytes:
    """The ETag of a whole answer. Raises ``RuntimeError`` for one that is neither 200 nor 304."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    await reader.readexactly(int(length[1]) if length and status == 200 else 0)
    if status not in {200, 304}:
        raise RuntimeError(f"{status}")
    found = _ETAG.search(head)
    return found[1] if found else b""
