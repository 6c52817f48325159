"""How long one request can hold another up (PLAT-17): one API process with all services, hostile requests of less than 10 MB to every
operation that takes JSON and to an upload, and beside them somebody who asks for nothing but ``/healthz``. The figure is the longest that
this one waited, and the name of what he waited for stands in it.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from bench.figure import Figure
from bench.stack import adopt, processes
from ops.docs import openapi
from ops.up.servers import embedded_servers
from shared.identifiers import new_id
from shared.identity import SYSTEM
from shared.roles import Permission
from shared.runtime import open_runtime
from shared.services import Service
from shared.web.bodies import MAX_BODY, MAX_KEYS, MAX_VALUES
from shared.web.callers import SessionState, cache_key, token_hash

GOAL_MS = 1000
TOKEN = new_id().hex
UPLOAD = "/api/auth/cases/attachments"
MB = 1_000_000
_PART = b'--X\r\nContent-Disposition: form-data; name="%s"; filename="a"\r\n\r\n'
Attack = tuple[str, bytes]


def figures() -> Iterator[Figure]:
    """The worst of each kind."""
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder)) as servers:
        environment = [adopt(servers, service) for service in Service][-1]
        with processes("ops.up.asgi:app", 1, environment, servers) as ports:
            waits = asyncio.run(_measure(ports[0]))
    for kind in dict.fromkeys(name.partition(" ")[0] for name in waits):
        worst = max((name for name in waits if name.partition(" ")[0] == kind), key=waits.__getitem__)
        yield Figure(f"held_up_by_{worst.replace(' ', '_')}_ms", waits[worst], "ms", GOAL_MS)


async def _measure(port: int) -> dict[str, float]:
    async with open_runtime(Service.AUTH, pool_size=1, lanes={}) as runtime:
        actor = SessionState(actor=SYSTEM.__class__(**{**vars(SYSTEM), "permissions": frozenset(Permission)}))
        await runtime.redis.set(cache_key(token_hash(TOKEN)), actor.model_dump_json(), ex=3600)
    return {name: await _wait_beside(port, request) for name, request in attacks()}


async def _wait_beside(port: int, request: bytes) -> float:
    """The longest that ``/healthz`` took, in ms, from the first byte of ``request`` until its answer is there."""
    ended = asyncio.Event()
    watching = asyncio.create_task(_watch(port, ended))
    await asyncio.sleep(0.02)
    try:
        await _ask(port, request)
    finally:
        ended.set()
    return await watching


async def _watch(port: int, ended: asyncio.Event) -> float:
    longest = 0.0
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while not ended.is_set():
        started = time.perf_counter()
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: platform\r\n\r\n")
        await reader.readuntil(b'"ok"}')
        longest = max(longest, time.perf_counter() - started)
    writer.close()
    return longest * 1000


async def _ask(port: int, request: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        await writer.drain()
        async with asyncio.timeout(60):
            await reader.read()
    except ConnectionError:
        pass  # it has refused and hung up
    finally:
        writer.close()


def _request(method: str, path: str, kind: str, body: bytes, *more: str) -> bytes:
    length = () if "Transfer-Encoding: chunked" in more else (f"Content-Length: {len(body)}",)
    said = (
        "Host: platform",
        "Connection: close",
        f"Authorization: Bearer {TOKEN}",
        f"Content-Type: {kind}",
        *length,
        *more,
    )
    return f"{method} {path} HTTP/1.1\r\n".encode() + "\r\n".join(said).encode() + b"\r\n\r\n" + body


def attacks() -> Iterator[Attack]:
    """(kind and place, whole request)."""
    for path, operations in openapi()["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                for name, body in _bodies(content["application/json"]["schema"]):
                    request = _request(method.upper(), _filled(path), "application/json", body, 'If-Match: "1"')
                    yield f"json-{name} {method} {path}", request
    yield from _forms()
    for name, body in {"keys": b"a&" * 5 * MB, "percent": b"%41" * 3 * MB}.items():
        yield f"urlencoded {name}", _request("POST", UPLOAD, "application/x-www-form-urlencoded", body)
    yield "address parameters", _request("GET", "/api/training/plans?" + "&" * 7_000, "", b"")
    yield "headers many", _request("GET", "/api/training/plans", "", b"", *(f"x-{n}: y" for n in range(400_000)))
    yield "headers long", _request("GET", "/api/training/plans", "", b"", "x: " + "y" * 9 * MB)
    bits = b"1\r\n \r\n" * 1_500_000 + b"0\r\n\r\n"
    yield (
        "chunks of-one",
        _request("POST", "/api/auth/sessions", "application/json", bits, "Transfer-Encoding: chunked"),
    )


def _filled(path: str) -> str:
    return "/".join(str(new_id()) if part.startswith("{") else part for part in path.split("/"))


def _bodies(schema: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    known = _properties(schema)
    keys = {f"k{n}": 1 for n in range(MAX_KEYS - len(known))}
    full = {name: _full(part) for name, part in known.items()}
    share = (MAX_BODY - 60_000) // max(1, len(known)) // 4
    texts = ("ﷺ" * (share * 4 // 9), "0" * share, "a" * share, " \t" * share)
    yield "keys", _fitting(keys)
    yield "lists", _fitting(full)
    yield "rows", _fitting([dict(list(keys.items())[:100])] * (MAX_VALUES // 110))
    yield "values", _fitting(dict.fromkeys(known or ["a"], [[]] * (MAX_VALUES // max(1, len(known)) - 2)))
    for number, text in enumerate(texts):
        yield f"text{number}", _fitting(dict.fromkeys(known or ["a"], text))


def _fitting(body: object) -> bytes:
    data = json.dumps(body, ensure_ascii=False).encode()
    return (
        data
        if len(data) <= MAX_BODY
        else json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()[:MAX_BODY]
    )


@lru_cache(maxsize=1)
def _schemas() -> Any:
    return openapi()["components"]["schemas"]


def _properties(schema: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in (schema, *schema.get("anyOf", ())):
        if "$ref" in part:
            part = _schemas()[part["$ref"].rpartition("/")[2]]
        found |= part.get("properties", {})
    return found


def _full(schema: Mapping[str, Any]) -> object:
    """As many wrong items as the list may have."""
    for part in (schema, *schema.get("anyOf", ())):
        if part.get("type") == "array":
            return [0] * min(part["maxItems"], MAX_VALUES // 10)
    return {}


def _forms() -> Iterator[Attack]:
    head, end = _PART % b"file", b"\r\n--X--\r\n"
    bodies = {
        "breaks": head + b"\r\n" * (9 * MB // 2) + end,
        "almost": head + b"\r\n--" * (9 * MB // 4) + end,
        "parts": (_PART % b"f" + b"\r\n") * (9 * MB // 70),
        "headers": b"--X\r\n" + b"a: b\r\n" * (9 * MB // 6),
        "header": b"--X\r\n" + b"a" * 9 * MB,
        "field": b'--X\r\nContent-Disposition: form-data; name="proof"\r\n\r\n' + b"x" * 9 * MB + end,
        "name": b'--X\r\nContent-Disposition: form-data; name="' + b"x;" * 2000 + b'"\r\n\r\n' + end,
    }
    for name, body in bodies.items():
        yield f"form {name}", _request("POST", UPLOAD, "multipart/form-data; boundary=X", body)
