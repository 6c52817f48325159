"""How long 10,000 people take from an uploaded sheet to their files, as a job of the real slow worker of an embedded platform, with half of
them changed by a second sheet; what that takes of its memory; and how long their list takes as xlsx.
"""

import asyncio
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx

from bench.events import adopt_environment
from bench.figure import Figure
from shared.identifiers import new_id
from shared.roles import Permission
from shared.runtime import open_runtime
from shared.services import Service
from shared.web.callers import SessionState, cache_key, token_hash
from tests.conftest import make_actor
from tests.services.training.people.personnel.forms import IMPORT, XLSX, line, workbook
from tests.services.training.records import add_filing, add_institution, resident_id
from tests.stack import Stack, running_stack

PEOPLE = 10_000
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚慧玲华红建文斌波辉丹"
POLL_SECONDS = 0.2


def figures() -> Iterator[Figure]:
    """Seconds from the request to 已完成; memory is the peak of the slow worker beyond what it had at its peak before."""
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder) / "var") as stack:
        adopt_environment(stack)
        measured = asyncio.run(_measure(stack))
    yield Figure("import_10000_people_s", measured["new"], "s", 20)
    yield Figure("import_10000_people_again_s", measured["again"], "s")
    yield Figure("import_10000_people_half_changed_s", measured["changed"], "s")
    yield Figure("import_10000_people_memory_mb", measured["memory"], "MB")
    yield Figure("export_10000_people_s", measured["export"], "s")


def _lines() -> list[dict[str, str]]:
    first = date(1965, 1, 1)
    return [
        line(
            resident_id=resident_id(first + timedelta(days=at)),
            name=SURNAMES[at % 30] + GIVEN[at // 30 % 30] + GIVEN[at // 900 % 30],
        )
        for at in range(PEOPLE)
    ]


async def _measure(stack: Stack) -> dict[str, float]:
    actor, lines = make_actor(Permission.INSTITUTION_FILING), _lines()
    async with open_runtime(Service.TRAINING, pool_size=2, lanes={}) as runtime:
        async with runtime.database.unit_of_work() as session:
            await add_institution(session, actor)
            await session.flush()
            await add_filing(session, actor)
        token = new_id().hex
        await runtime.redis.set(cache_key(token_hash(token)), SessionState(actor=actor).model_dump_json(), ex=3600)
    headers = {"Authorization": f"Bearer {token}"}
    before, measured = peak_mb(stack), {}
    async with httpx.AsyncClient(base_url=stack.base_url, timeout=300, headers=headers) as client:
        measured["new"] = await _import(client, lines, created=PEOPLE)
        measured["again"] = await _import(client, lines, unchanged=PEOPLE)
        for each in lines[::2]:
            each["address"] = "南京市玄武区珠江路9号"
        measured["changed"] = await _import(client, lines, updated=PEOPLE // 2)
        measured["memory"] = peak_mb(stack) - before
        started = time.perf_counter()
        answer = await client.get("/api/training/exports/personnel.xlsx")
        answer.raise_for_status()
        measured["export"] = time.perf_counter() - started
    return measured


async def _import(client: httpx.AsyncClient, lines: Sequence[dict[str, str]], **expected: int) -> float:
    data = workbook(lines)
    started = time.perf_counter()
    answer = await client.post(IMPORT, params={"mode": "all"}, files={"file": ("人员.xlsx", data, XLSX)})
    answer.raise_for_status()
    job: dict[str, Any] = answer.json()
    while job["ended_at"] is None:
        await asyncio.sleep(POLL_SECONDS)
        job = (await client.get(answer.headers["Location"])).json()
    assert {name: job["result"][name] for name in expected} == expected, job
    return time.perf_counter() - started


def peak_mb(stack: Stack) -> float:
    """The most that a process of the slow worker that is there now has ever had; 0 while it is being replaced."""
    found = [
        re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text()) for pid in stack.pids("ops.up.slow")
    ]
    return max((int(match[1]) for match in found if match), default=0) / 1024
