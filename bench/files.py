"""What strangers' files cost whoever does something else: the attack files of the tests, one after another, at one API process, while
somebody else asks it for a record without end and a third puts up an ordinary scan; and what the bounded process adds to such a scan.
"""

import asyncio
import io
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from PIL import Image
from redis.asyncio import Redis

from bench.figure import Figure
from bench.stack import adopt, processes
from ops.up.servers import embedded_servers
from shared.cleaning.pictures import clean_picture
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import open_runtime
from shared.services import Service
from shared.uploads import SCANS, check_upload
from shared.web.callers import SessionState, cache_key, token_hash
from tests.conftest import make_actor
from tests.services.training.records import add_filing, add_institution
from tests.shared import attacks

FILES, SHEETS = "/api/training/attachments", "/api/training/personnel-import"
ROUNDS = 20
PATIENCE = 120


@dataclass
class Seen:
    """Seconds of each of the others' requests, and of each ordinary scan; how many scans were told to come again."""

    others: list[float] = field(default_factory=list)
    scans: list[float] = field(default_factory=list)
    busy: int = 0


def figures() -> Iterator[Figure]:
    """``bounded_extra_ms`` is the median of a scan of 2 MB in the bounded process, less that of the same work in this one."""
    scan = _scan()
    inside, apart = asyncio.run(_overhead(scan))
    yield Figure("bounded_scan_of_2_mb_ms", apart * 1000, "ms")
    yield Figure("bounded_extra_ms", (apart - inside) * 1000, "ms", 50)
    made = {name: make() for name, make in {**attacks.SCANS, **attacks.SHEETS}.items()}
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder)) as servers:
        environment = adopt(servers, Service.TRAINING)
        with processes("services.training.main:app", 1, environment, servers) as (port,):
            seen = asyncio.run(_measure(port, made, scan))
    yield Figure("attacked_others_median_ms", statistics.median(seen.others) * 1000, "ms")
    yield Figure("attacked_others_worst_ms", max(seen.others) * 1000, "ms", 1000)
    yield Figure("attacked_scan_worst_s", max(seen.scans), "s")
    yield Figure("attacked_scans_told_to_come_again", seen.busy, f"of {len(seen.scans)}")


def _scan() -> bytes:
    """A page of A4 at 200 dpi as a scanner makes it, of some 2 MB."""
    page = Image.effect_noise((1654, 2339), 40).convert("RGB")
    out = io.BytesIO()
    page.save(out, "JPEG", quality=88)
    return out.getvalue()


async def _overhead(scan: bytes) -> tuple[float, float]:
    await check_upload(scan, name="a.jpg", kinds=SCANS)  # the nursery is there from now on
    inside, apart = [], []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        await asyncio.to_thread(clean_picture, scan, form="JPEG")
        between = time.perf_counter()
        await check_upload(scan, name="a.jpg", kinds=SCANS)
        inside.append(between - started)
        apart.append(time.perf_counter() - between)
    return statistics.median(inside), statistics.median(apart)


async def _measure(port: int, made: dict[str, bytes], scan: bytes) -> Seen:
    actor = make_actor(Permission.INSTITUTION_FILING, Permission.GROUP_REGISTRATION)
    async with open_runtime(Service.TRAINING, pool_size=1, lanes={}) as runtime:
        async with runtime.database.unit_of_work() as session:
            await add_institution(session, actor)
            await session.flush()
            await add_filing(session, actor)
        headers = await _signed_in(runtime.redis, actor)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=PATIENCE) as client:
        return await _attacked(client, made, scan)


async def _signed_in(redis: "Redis", actor: Actor) -> dict[str, str]:
    token = new_id().hex
    await redis.set(cache_key(token_hash(token)), SessionState(actor=actor).model_dump_json(), ex=3600)
    return {"Authorization": f"Bearer {token}"}


async def _attacked(client: httpx.AsyncClient, made: dict[str, bytes], scan: bytes) -> Seen:
    seen, over = Seen(), asyncio.Event()
    await client.post(FILES, files={"file": ("a.jpg", scan)})
    asking = asyncio.create_task(_ask(client, seen, over))
    for name, data in made.items():
        path = FILES if name in attacks.SCANS else SHEETS
        attack = asyncio.create_task(client.post(path, files={"file": (name, data)}))
        await asyncio.sleep(0.2)
        started = time.perf_counter()
        answer = await client.post(FILES, files={"file": ("a.jpg", scan)})
        seen.scans.append(time.perf_counter() - started)
        seen.busy += answer.status_code == 503
        await _good(await attack, {201, 413, 422})
        await _good(answer, {201, 503})
    over.set()
    await asking
    return seen


async def _ask(client: httpx.AsyncClient, seen: Seen, over: asyncio.Event) -> None:
    """For a record that is not there: a look into Redis, a connection, a statement."""
    while not over.is_set():
        started = time.perf_counter()
        await _good(await client.get(f"{FILES}/{new_id()}"), {404})
        seen.others.append(time.perf_counter() - started)
        await asyncio.sleep(0.005)


async def _good(answer: httpx.Response, wanted: set[int]) -> None:
    if answer.status_code not in wanted:
        raise RuntimeError(f"{answer.request.url} {answer.status_code}: {answer.text[:300]}")
