"""How long 100,000 people take to come under new keys (``ops.rekey``: the number encrypted anew, its index made anew), how long it takes to
see that nothing is left, and what a look-up waits meanwhile. The servers are durable ones of its own.
"""

import asyncio
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

from cryptography.fernet import Fernet
from sqlalchemy import insert

from bench.figure import Figure
from ops.migrate import migrate
from ops.rekey import bring
from ops.up.environment import child_environment
from ops.up.servers import embedded_servers
from services.training.people.personnel.models import Person
from services.training.people.personnel.repository import people_of
from shared.db.types import blind_index, field_cipher
from shared.identifiers import new_id
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from shared.settings import platform_settings

PEOPLE = 100_000
AT_ONCE = 5_000


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder) / "var") as servers:
        os.environ.update(child_environment(servers, port=1))
        _forget_keys()
        servers.create_database(Service.TRAINING)
        migrate(Service.TRAINING)
        asyncio.run(_fill())
        for name, new in (
            ("FIELD_KEYS", Fernet.generate_key().decode()),
            ("BLIND_INDEX_KEY", f"2:{secrets.token_hex(32)}"),
        ):
            os.environ[f"PLATFORM_{name}"] = f"{new},{os.environ[f'PLATFORM_{name}']}"
        _forget_keys()
        seconds, waits = asyncio.run(_measure())
        again, _ = asyncio.run(_measure())
    yield Figure("rekey_100000_people_s", seconds, "s")
    yield Figure("rekey_nothing_left_s", again, "s")
    yield Figure("rekey_look_up_meanwhile_p95_ms", quantiles(waits, n=20)[-1] * 1000, "ms")


def _forget_keys() -> None:
    platform_settings.cache_clear()
    field_cipher.cache_clear()


async def _fill() -> None:
    async with open_runtime(Service.TRAINING, pool_size=1, lanes={}) as runtime:
        for first in range(0, PEOPLE, AT_ONCE):
            numbers = [_number(each) for each in range(first, first + AT_ONCE)]
            rows = [{"id": new_id(), "resident_id": each, "id_index": blind_index(each)} for each in numbers]
            async with runtime.database.unit_of_work() as session:
                await session.execute(insert(Person), rows)


def _number(place: int) -> str:
    return f"32{place:016}"


async def _measure() -> tuple[float, list[float]]:
    """Seconds of the whole, and of each look-up meanwhile."""
    async with open_runtime(Service.TRAINING, pool_size=1, lanes={}) as runtime:
        started = time.perf_counter()
        rekeyed = asyncio.create_task(
            asyncio.to_thread(lambda: asyncio.run(bring(Service.TRAINING, platform_settings())))
        )
        waits: list[float] = []
        while not rekeyed.done():
            waits.append(await _look_up(runtime, len(waits)))
            await asyncio.sleep(0.02)
        if not rekeyed.result():
            raise RuntimeError("something was left under the old keys")
        return time.perf_counter() - started, waits


async def _look_up(runtime: Runtime, place: int) -> float:
    started = time.perf_counter()
    number = _number(place * 7919 % PEOPLE)
    async with runtime.database.unit_of_work() as session:
        if number not in await people_of(session, [number]):
            raise RuntimeError("somebody was not found")
    return time.perf_counter() - started
