"""The public check of certificates under load (BEY-05): 200 look-ups a second, whether the platform keeps up or not, in a table of 100,000
certificates; half by the QR and half by number and name, one in ten a miss. As behind the gateway, each caller has an address of its
own, and is counted in Redis.
"""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bench.figure import Figure
from bench.stack import adopt, processes, processor_ms
from ops.up.servers import Servers, embedded_servers
from services.certificates.issue.tokens import token_of_page
from shared.db.types import field_cipher
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from shared.settings import platform_settings

PROCESSES = 2
CERTIFICATES = 100_000
A_SECOND = 200
SECONDS = 15
CONNECTIONS = 64
CHECKS = "/api/certificates/checks"
NAME = "张三丰"
# A path, and what is sent there.
Asked = tuple[str, bytes]


@dataclass(frozen=True)
class Load:
    """``p95_ms`` and ``worst_ms`` count from when the request was due, ``cpu_ms`` is processor time of everything per request."""

    p95_ms: float
    worst_ms: float
    cpu_ms: float
    per_second: float


def figures() -> Iterator[Figure]:
    """The program's answer, and the page that a phone opens."""
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder)) as servers:
        environment = adopt(servers, Service.CERTIFICATES)
        with processes("services.certificates.main:app", PROCESSES, environment, servers) as ports:
            checks, pages = asyncio.run(_measure(servers, ports))
    yield Figure("check_p95_ms", checks.p95_ms, "ms", 20)
    yield Figure("check_worst_ms", checks.worst_ms, "ms")
    yield Figure("check_answered_per_s", checks.per_second, "1/s", A_SECOND)
    yield Figure("check_processor_ms_a_request", checks.cpu_ms, "ms")
    yield Figure("check_page_p95_ms", pages.p95_ms, "ms", 20)
    yield Figure("check_page_processor_ms_a_request", pages.cpu_ms, "ms")


async def _measure(servers: Servers, ports: Sequence[int]) -> tuple[Load, Load]:
    async with open_runtime(Service.CERTIFICATES, pool_size=2, lanes={}) as runtime:
        async with runtime.database.unit_of_work() as session:
            await _fill(session)
        count = A_SECOND * SECONDS
        asked = await _known(runtime, count)
        key = platform_settings().signing_key
        checks = [_check(key, *each, number) for number, each in enumerate(asked)]
        pages = [(f"/verify/{token_of_page(key, identity, 1)}", b"") for identity, _ in asked]
    await _load(servers, ports, checks[:A_SECOND])  # connections are made, plans are kept
    return await _load(servers, ports, checks), await _load(servers, ports, pages)


def _check(key: tuple[str, ...], identity: UUID, number: str, place: int) -> Asked:
    missed = place % 10 == 9
    if place % 2:
        return f"{CHECKS}/{token_of_page(key, identity, 2 if missed else 1)}", b""
    wrong = place % 20 == 8
    return CHECKS, json.dumps({"number": number, "name": "李四" if wrong else NAME}).encode()


async def _load(servers: Servers, ports: Sequence[int], wanted: Sequence[Asked]) -> Load:
    """Each request has its moment, and what waits for those before it waits on the clock."""
    due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    seconds: list[float] = []

    async def client(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while True:
            moment, request = await due.get()
            writer.write(request)
            await _answer(reader)
            seconds.append(time.perf_counter() - moment)
            due.task_done()

    clients = [asyncio.create_task(client(ports[each % len(ports)])) for each in range(CONNECTIONS)]
    before, started = processor_ms(servers), time.perf_counter()
    for place, asked in enumerate(wanted):
        moment = started + place / A_SECOND
        await asyncio.sleep(max(0.0, moment - time.perf_counter()))
        due.put_nowait((moment, _request(asked, place)))
    ended = asyncio.create_task(due.join())
    await asyncio.wait({ended, *clients}, return_when=asyncio.FIRST_COMPLETED)
    elapsed, spent = time.perf_counter() - started, processor_ms(servers) - before
    for each in clients:
        if each.done():
            each.result()  # raises what stopped it
        each.cancel()
    milliseconds = [each * 1000 for each in seconds]
    p95 = statistics.quantiles(milliseconds, n=20)[-1]
    return Load(p95, max(milliseconds), spent / len(wanted), len(wanted) / elapsed)


def _request(asked: Asked, place: int) -> bytes:
    path, body = asked
    address = f"10.{place // 65536}.{place // 256 % 256}.{place % 256}"
    head = f"{'POST' if body else 'GET'} {path} HTTP/1.1\r\nHost: platform\r\nX-Forwarded-For: {address}\r\n"
    told = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    return f"{head}{told}\r\n".encode() + body


async def _answer(reader: asyncio.StreamReader) -> None:
    """Reads one answer; raises ``RuntimeError`` for anything but an answer or a page of a miss."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next(line for line in lines if line.startswith(b"content-length:")).partition(b":")[2]
    body = await reader.readexactly(int(length))
    if int(head.split(b" ", 2)[1]) != 200:
        raise RuntimeError(f"{head.decode()}{body.decode()[:500]}")


async def _known(runtime: Runtime, count: int) -> list[tuple[UUID, str]]:
    """Ids and numbers from all over the table."""
    async with runtime.database.unit_of_work() as session:
        found = await session.execute(
            text("SELECT id, number FROM certificates ORDER BY md5(number) LIMIT :n"), {"n": count}
        )
        return [(identity, number) for identity, number in found]


async def _fill(session: AsyncSession) -> None:
    await session.execute(text("SET LOCAL statement_timeout = 0"))
    sealed = field_cipher().encrypt("11010519491231002X")
    await session.execute(text(_CERTIFICATES), {"count": CERTIFICATES, "name": NAME, "sealed": sealed})
    await session.execute(text(_EDITIONS))
    await session.execute(text("ANALYZE"))


_CERTIFICATES = """
INSERT INTO certificates (id, version, number, status, registration_id, class_session_id, person_id, holder_name, holder_pieces,
                          resident_id, sex, unit_id, unit_name, region_code, plan_id, plan_type, plan_type_label, plan_name, session_no,
                          training_kind, start_date, end_date, hours, specialties, issued_on, valid_until, issuer, template_version,
                          storage_key, sha256, size, editions)
SELECT uuidv7(), 2, '苏职卫培〔2026〕ZD-0102-' || lpad(no::text, 6, '0'), 'valid', uuidv7(), uuidv7(), uuidv7(), :name,
       ARRAY['张', '三', '丰'], :sealed, '男', uuidv7(), '南京市第一医院', '320102', uuidv7(), 'diagnosis_physician', '职业病诊断医师',
       '2026年江苏省职业病诊断医师培训班', 1, 'initial', date '2026-05-11', date '2026-05-15', 40,
       ARRAY['职业性化学中毒', '职业性皮肤病'], date '2026-06-02', date '2030-06-01', '江苏省疾病预防控制中心', 'certificate/v1',
       'certificates/' || no || '.pdf', sha256(no::text::bytea)::text, 60000, 1
  FROM generate_series(1, (:count)::int) AS no"""
_EDITIONS = """
INSERT INTO certificate_editions (certificate_id, edition, template_version, storage_key, sha256, size)
SELECT id, 1, template_version, storage_key, sha256, size FROM certificates"""
