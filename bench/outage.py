"""How soon a caller hears that PostgreSQL is away: killed, and frozen so that it accepts connections and never answers."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from bench.figure import Figure
from tests.stack import Stack, running_stack

PROBE = "/api/training/readyz"
SERVER = r"pginstall/bin/postgres |^postgres: "


def figures() -> Iterator[Figure]:
    """Seconds from the request to its 503."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_stack(Path(folder) / "var") as stack,
        httpx.Client(base_url=stack.base_url, timeout=30) as client,
    ):
        yield Figure("postgres_frozen_answer_s", _frozen(stack, client), "s", 2)
        yield Figure("postgres_back_after_kill_s", _killed(stack, client), "s")


def _frozen(stack: Stack, client: httpx.Client) -> float:
    pids = stack.pids(SERVER)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        started = time.perf_counter()
        answer = client.get(PROBE)
        waited = time.perf_counter() - started
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    if answer.status_code != 503:
        raise RuntimeError(f"{answer.status_code} {answer.text}")
    return waited


def _killed(stack: Stack, client: httpx.Client) -> float:
    while client.get(PROBE).status_code != 200:
        time.sleep(0.05)
    os.kill(stack.pids(r"pginstall/bin/postgres ")[0], signal.SIGKILL)
    started = time.perf_counter()
    time.sleep(0.2)
    while client.get(PROBE).status_code != 200:
        time.sleep(0.05)
    return time.perf_counter() - started
