"""What open inboxes cost the API's process: a thousand streams, each of an account of its own, beside what it holds without them; and how
long it takes to stop with all of them open.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

from bench.events import adopt_environment
from bench.figure import Figure
from shared.identifiers import new_id
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from shared.web.callers import SessionState, cache_key, token_hash
from tests.conftest import make_actor
from tests.stack import Stack, running_stack

STREAMS, WARM = 1000, 50
_ASK = "GET /api/notifications/messages/stream HTTP/1.1\r\nHost: platform\r\nAuthorization: Bearer {}\r\n\r\n"
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def figures() -> Iterator[Figure]:
    """Resident memory of the process that serves all five APIs, before and after."""
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder) / "var") as stack:
        adopt_environment(stack)
        kilobytes, seconds = asyncio.run(_measure(stack))
    yield Figure("inboxes_open_kb_each", kilobytes, "kB", 60)
    yield Figure("inboxes_api_stop_s", seconds, "s", 4)


async def _measure(stack: Stack) -> tuple[float, float]:
    pid = _api_of(stack)
    async with open_runtime(Service.NOTIFICATIONS, pool_size=1, lanes={}) as runtime:
        # Modules and pools that come with the first.
        await asyncio.gather(*(_open(stack, runtime) for _ in range(WARM)))
        before = _resident_kb(pid)
        streams: list[Stream] = []
        for _ in range((STREAMS - WARM) // WARM):
            streams += await asyncio.gather(*(_open(stack, runtime) for _ in range(WARM)))
        each = (_resident_kb(pid) - before) / len(streams)
        began = time.monotonic()
        os.kill(pid, 15)
        async with AsyncExitStack() as ends:
            for reader, writer in streams:
                await reader.read()
                ends.callback(writer.close)
        await asyncio.to_thread(_wait_for_end, pid)
        return each, time.monotonic() - began


async def _open(stack: Stack, runtime: Runtime) -> Stream:
    """One more, when it has said its first word."""
    token = new_id().hex
    state = SessionState(actor=make_actor()).model_dump_json()
    await runtime.redis.set(cache_key(token_hash(token)), state, ex=600)
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(stack.base_url).port)
    writer.write(_ASK.format(token).encode())
    await reader.readuntil(b"event: inbox")
    return reader, writer


def _api_of(stack: Stack) -> int:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words, state = (folder / "cmdline").read_bytes(), (folder / "stat").read_text()
        except OSError:
            continue
        if b"ops.up.asgi:app" in words and int(state.rpartition(")")[2].split()[1]) == stack.process.pid:
            return int(folder.name)
    raise LookupError("the API's process")


def _wait_for_end(pid: int) -> None:
    """Nothing runs there any more, whether its parent has noticed or not."""
    words = Path(f"/proc/{pid}/cmdline")
    while words.exists() and words.read_bytes():
        time.sleep(0.05)


def _resident_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0])
