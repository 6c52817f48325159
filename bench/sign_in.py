"""What a warm sign-in of a unit costs over HTTP on an embedded platform, beside the password hash alone on one core: the difference is
everything else (proof, guess, account, session, history).
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from argon2 import PasswordHasher

from bench.figure import Figure
from ops.client import PlatformClient
from services.auth.demo import DEMO_PASSWORD
from services.auth.settings import auth_settings
from tests.stack import running_stack

ROUNDS = 40
WARM_UP = 5


def figures() -> Iterator[Figure]:
    """Medians of ``ROUNDS`` pairs, one after the other: a hash checked, then a sign-in, with a sign-out in between."""
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder) / "var") as stack:
        pairs = asyncio.run(_measure(stack.base_url))
    alone, whole = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    yield Figure("argon2id_ms", alone, "ms", 100)
    yield Figure("sign_in_median_ms", whole, "ms")
    yield Figure(
        "sign_in_beside_argon2id_ms", statistics.median(each - hash_ for hash_, each in pairs) * 1000, "ms", 10
    )


async def _measure(base_url: str) -> list[tuple[float, float]]:
    settings = auth_settings()
    hasher = PasswordHasher(settings.argon2_passes, settings.argon2_memory_kib, parallelism=1)
    hashed = hasher.hash(DEMO_PASSWORD)
    async with PlatformClient(base_url) as client:
        pairs = [(_check(hasher, hashed), await _sign_in(client)) for _ in range(WARM_UP + ROUNDS)]
    return pairs[WARM_UP:]


def _check(hasher: PasswordHasher, hashed: str) -> float:
    started = time.perf_counter()
    hasher.verify(hashed, DEMO_PASSWORD)
    return time.perf_counter() - started


async def _sign_in(client: PlatformClient) -> float:
    """Seconds of the request alone; the proof was solved before."""
    body = {"account": "unit01", "password": DEMO_PASSWORD, "proof": await client.proof(), "take_over": True}
    started = time.perf_counter()
    answer = await client.post("/api/auth/sessions", json=body)
    seconds = time.perf_counter() - started
    await client.request("DELETE", "/api/auth/sessions/current", headers={"Authorization": f"Bearer {answer['token']}"})
    client.http.cookies.clear()
    return seconds
